package io.emrgateway.viewer;

import io.emrgateway.mappings.Mapped;
import io.emrgateway.mappings.Mapping;
import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.records.Hospital;
import io.emrgateway.mappings.records.PatientRecords;
import io.emrgateway.mappings.records.Asked;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A hospital whose HIS sends HL7 v2 messages about one patient, and the bundles that it would answer with. */
final class Feed {
  private static final Mapping MAPPING = Mapping.shipped();
  private static final String PID = "PID|1||%s^^^HIS^PI~11010519491231002X^^^GA^NNCHN||欧阳锋^^^^^^L||19491231|2";

  final Hospital hospital;
  private final String number;
  private final Site site;
  private final PatientRecords records;
  private int sent;

  Feed(String id, String name, String number) {
    this.hospital = new Hospital(id, name);
    this.number = number;
    this.site = Site.standard(id);
    this.records = new PatientRecords(hospital);
  }

  /** @param segments behind PID */
  Feed sends(String type, String at, String... segments) {
    List<String> message = new ArrayList<>(List.of(
        "MSH|^~\\&|HIS|X|G|E|" + at + "||" + type + "|" + hospital.id() + "-" + sent + "|P|2.5.1", PID.formatted(number)));
    message.addAll(Arrays.asList(segments));
    Mapped mapped = MAPPING.map(String.join("\r", message) + "\r", site, "b-" + sent);
    if (!mapped.converted()) {
      throw new AssertionError(mapped.diagnostics().toString());
    }
    sent++;
    records.take(mapped.bundle());
    return this;
  }

  /** @param kind I, O or E; times may be empty */
  static String pv1(String kind, String visit, String department, String begins, String ends) {
    String[] fields = new String[46];
    Arrays.fill(fields, "");
    fields[0] = "PV1";
    fields[1] = "1";
    fields[2] = kind;
    fields[7] = "D1001^李明";
    fields[10] = "D^" + department;
    fields[19] = visit + "^^^HIS^VN";
    fields[44] = begins;
    fields[45] = ends;
    return String.join("|", fields);
  }

  /** A numeric result of an item that has a LOINC code. */
  static String obx(int n, String local, String name, String loinc, String value, String unit, String range, String flag, String at) {
    return "OBX|" + n + "|NM|" + local + "^" + name + "^LOCAL" + (loinc.isEmpty() ? "" : "^" + loinc + "^" + name + "^LN") + "||" + value + "|"
        + unit + "|" + range + "|" + flag + "|||F|||" + at;
  }

  static String obr(String order, String code, String name, String at) {
    return "OBR|1|" + order + "^HIS|R" + order + "^LIS|" + code + "^" + name + "^LOCAL|||" + at + "||||||||BLD&血|D3002^周医||||||" + at + "||LAB|F";
  }

  List<byte[]> bundles(Asked asked) {
    return records.answer(asked).bundles();
  }
}
