package io.emrgateway.routes.camel;

import io.emrgateway.mappings.Mapped;
import io.emrgateway.mappings.Mapping;
import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.reminders.Reading;
import io.emrgateway.routes.core.lookup.Headroom;
import io.emrgateway.routes.core.lookup.LookupRequest.Scope;
import io.emrgateway.routes.core.lookup.LookupRequest.Sought;
import io.emrgateway.routes.core.lookup.Section;
import io.emrgateway.routes.core.lookup.Window;
import io.emrgateway.routes.core.records.Identifier;
import io.emrgateway.routes.core.reminders.Facts;
import io.emrgateway.routes.core.reminders.Order;
import io.emrgateway.routes.core.reminders.Reminder;
import io.emrgateway.routes.core.reminders.Rules;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/**
 * A patient at another hospital, told by that hospital's HL7 v2 messages, and what a doctor here orders: the whole way from
 * message to reminder but for the network.
 */
final class Ward {
  static final Instant NOW = OffsetDateTime.parse("2026-11-28T10:00:00+08:00").toInstant();
  static final LocalDate TODAY = LocalDate.of(2026, 11, 28);
  static final Sought PATIENT = new Sought(List.of(new Identifier("urn:oid:2.16.156.10011.1.3", "11010519491231002X")), "合成", null);
  static final String HERE = "H-0104";
  static final String THERE = "H-0105";
  private static final String PID = "PID|1||0001^^^RM^PI~11010519491231002X^^^GA^NI||合成^^^^^^L||19491231|F\r";
  private static final Mapping MAPPING = Mapping.shipped();
  private static final Reading TABLES = Reading.shipped();
  private static final Hospitals HOSPITALS = new Hospitals(org -> org.equals(THERE) ? "合成二院" : "合成一院", (org, why) -> {
    throw new AssertionError(why);
  });
  private static final FoundInRecords FOUND = new FoundInRecords(HERE, null, HOSPITALS, Optional.empty(), Headroom.ofHeap(64 << 20));
  private static final FactsInBundles READER = new FactsInBundles(HERE, HOSPITALS, () -> TABLES);

  private final List<byte[]> bundles = new ArrayList<>();
  private int number;

  /** @param facts in the words of {@code labelled.tsv} */
  static Ward of(String facts) {
    Ward ward = new Ward();
    for (String fact : facts.split(" & ")) {
      if (!fact.isBlank()) {
        ward.knows(fact.strip());
      }
    }
    return ward;
  }

  private static String day(int offset) {
    return TODAY.plusDays(offset).format(DateTimeFormatter.BASIC_ISO_DATE);
  }

  private void knows(String fact) {
    String[] f = (fact.substring(fact.indexOf('=') + 1) + "| | | | | | | | | ").split("\\|", -1);
    number++;
    if (fact.startsWith("IAM|") || fact.startsWith("AL1|")) {
      message("ADT^A60", "", fact);
    } else if (fact.startsWith("过敏=")) {
      message("ADT^A08", "PV1|1|O\r", "AL1|1|DA|^" + f[0] + "||" + f[1].strip() + "|" + f[2].strip().replace("-", ""));
    } else if (fact.startsWith("药=")) {
      String state = f[4].strip();
      boolean needed = state.equals("必要时");
      String control = state.equals("取消") ? "CA" : state.equals("停") ? "DC" : "NW";
      order(control, Integer.parseInt(f[2]), "L" + number + "^" + f[0] + "^L", "||||||", f[1],
          "TQ1|1||" + (needed ? "PRN^必要时" : "QD") + "|||" + f[3] + "^天");
      if (state.equals("发")) {
        message("RDS^O13", "", "ORC|RE|O1^HIS\rRXD|1|L1^" + f[0] + "^L|" + day(Integer.parseInt(f[2])) + "|10|片|||D" + number);
      }
    } else if (fact.startsWith("方=")) {
      String text = f[0] + (f[1].isBlank() ? "" : " " + f[1]);
      order("NW", Integer.parseInt(f[8]), "L" + number + "^" + f[0] + "^L^^^^^^" + text,
          "|" + f[2] + "||" + f[3] + "|||||" + f[5].strip() + "|" + f[6].strip(), f[7], "TQ1|1||" + f[4]);
    } else if (fact.startsWith("果=")) {
      String[] item = f[1].split("\\^", -1);
      String loinc = item.length > 1 && !item[1].isEmpty() ? "^" + item[1] + "^" + item[0] + "^LN" : f[0].equals("HR") ? "^L" + number + "00^" + item[0] + "^HR" : "";
      String marked = f[0].equals("HR") && loinc.endsWith("^LN") ? "ZHR" : "";
      result(f, "OBR|1|P" + number + "^HIS|F" + number + "^LIS|J" + number + "^检验^L|||" + day(Integer.parseInt(f[4])) + "080000||||||||||||||||||"
          + f[5] + "\rOBX|1|NM|I" + number + "^" + item[0] + "^L" + loinc + "||" + f[2] + "|" + f[3] + "|||||" + f[5] + "|||"
          + day(Integer.parseInt(f[4])) + "080000", marked);
    } else {
      String hr = f[0].equals("HR") ? "^H" + number + "00^" + f[1] + "^HR" : "";
      result(f, "OBR|1|P" + number + "^HIS|F" + number + "^LIS|R" + number + "^" + f[1] + "^L" + hr + "|||" + day(Integer.parseInt(f[2]))
          + "080000|||||||||||||||" + day(Integer.parseInt(f[2])) + "090000|||" + f[3] + "\rOBX|1|ST|A" + number + "^所见^L||未见异常||||||" + f[3], "");
    }
  }

  private void result(String[] f, String segments, String marked) {
    message("ORU^R01", "", "ORC|RE|P" + number + "^HIS|F" + number + "^LIS\r" + segments);
    if (!marked.isEmpty()) {
      mark();
    }
  }

  /** What a site's own row writes of a mark that HL7 has no field for. */
  private void mark() {
    String bundle = new String(bundles.remove(bundles.size() - 1), StandardCharsets.UTF_8);
    bundles.add(bundle.replace("\"resourceType\":\"Observation\",", "\"resourceType\":\"Observation\",\"extension\":[{\"url\":"
        + "\"urn:emr-gateway:extension:mutual-recognition\",\"valueString\":\"HR\"}],").getBytes(StandardCharsets.UTF_8));
  }

  private void order(String control, int begins, String drug, String amounts, String route, String timing) {
    message("RDE^O11", "", "ORC|" + control + "|O" + number + "^HIS|||||||" + day(begins) + "080000\rRXE||" + drug + amounts + "\rRXR|^" + route + "\r" + timing);
  }

  private void message(String type, String visit, String segments) {
    Mapped mapped = MAPPING.map("MSH|^~\\&|HIS|RM|G|E|20261128080000||" + type + "|C" + bundles.size() + "|P|2.4\r" + PID + visit + segments + "\r",
        Site.standard(THERE), "b" + bundles.size());
    if (!mapped.converted()) {
      throw new AssertionError(type + " has no bundle");
    }
    bundles.add(mapped.bundle());
  }

  Facts facts() {
    Scope scope = new Scope(EnumSet.allOf(Section.class), TODAY.minusMonths(3), TODAY);
    return READER.facts(THERE, FOUND.there(THERE, bundles, PATIENT, scope, Window.of(NOW, scope)));
  }

  /** A draft as a CDS Hooks client writes one. */
  static List<Order> order(String said) {
    String[] f = (said.substring(2) + "| | ").split("\\|", -1);
    String[] code = (f[0] + "^^^^^").split("\\^", -1);
    String resource;
    if (said.startsWith("检=")) {
      resource = "{\"resourceType\":\"ServiceRequest\",\"id\":\"1\",\"status\":\"draft\",\"intent\":\"order\",\"code\":{\"text\":\"" + f[0] + "\"}}";
    } else {
      String coding = code[3].isEmpty() ? "\"text\":\"" + f[0] + "\"" : "\"coding\":[{\"system\":\"urn:local\",\"code\":\"" + code[0] + "\",\"display\":\"" + code[1]
          + "\"},{\"system\":\"http://www.whocc.no/atc\",\"code\":\"" + code[3] + "\"}]";
      String dosage = f[1].isBlank() ? "" : ",\"dosageInstruction\":[{\"route\":{\"text\":\"" + f[1] + "\"},\"asNeededBoolean\":" + f[2].equals("必要时") + "}]";
      resource = "{\"resourceType\":\"MedicationRequest\",\"id\":\"1\",\"status\":\"draft\",\"intent\":\"order\",\"medicationCodeableConcept\":{" + coding + "}" + dosage + "}";
    }
    return READER.orders(("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":" + resource + "}]}").getBytes(StandardCharsets.UTF_8));
  }

  List<Reminder> reminders(String order) {
    return Rules.reminders(facts(), order(order), "", HERE, NOW);
  }
}
