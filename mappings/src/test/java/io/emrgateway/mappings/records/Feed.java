package io.emrgateway.mappings.records;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.mappings.About.Identifier;
import io.emrgateway.mappings.Mapped;
import io.emrgateway.mappings.Samples;
import io.emrgateway.mappings.Site;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/** A hospital that sends HL7 v2 messages, and the records they become through the shipped mapping. */
public final class Feed {
  public static final Identifier RESIDENT = new Identifier("urn:oid:2.16.156.10011.1.3", "11010519491231002X");
  public static final Person OUYANG = new Person("0001234567", "11010519491231002X", "欧阳锋", "19491231", "2");
  static final Person ZHANG = new Person("0007654321", "", "张无忌", "19800515", "1");

  /** @param residentId may be empty */
  public record Person(String number, String residentId, String name, String born, String sex) {
    public String pid() {
      return "PID|1||" + number + "^^^RMYY^PI" + (residentId.isEmpty() ? "" : "~" + residentId + "^^^GA^NNCHN")
          + "||" + name + "^^^^^^L||" + born + "|" + sex;
    }

    Identifier identifier(String hospital) {
      return new Identifier("urn:emr-gateway:" + hospital + ":patient:RMYY", number);
    }
  }

  public final Hospital hospital;
  final PatientRecords records;
  final List<byte[]> bundles = new ArrayList<>();
  private final Site site;
  private int sent;
  String now = "20261120080000";

  public Feed(String id, String name) {
    this.hospital = new Hospital(id, name);
    this.records = new PatientRecords(hospital);
    this.site = Site.standard(id);
  }

  static Feed ofThisHospital() {
    return new Feed("H-0104", "北京大学人民医院");
  }

  /** @param segments behind MSH */
  public Feed sends(String type, String... segments) {
    return sendsText("MSH|^~\\&|HIS|RMYY|G|E|" + now + "||" + type + "|" + hospital.id() + "-" + ++sent + "|P|2.5\r"
        + String.join("\r", segments) + "\r");
  }

  Feed sendsText(String message) {
    Mapped mapped = Samples.MAPPING.map(message, site, "b-" + ++sent);
    assertThat(mapped.converted()).as(mapped.diagnostics().toString()).isTrue();
    bundles.add(mapped.bundle());
    records.take(mapped.bundle());
    return this;
  }

  /** The visit segment. @param kind I, O or E; times may be empty */
  public static String pv1(String kind, String visit, String begins, String ends) {
    String[] fields = new String[46];
    java.util.Arrays.fill(fields, "");
    fields[0] = "PV1";
    fields[1] = "1";
    fields[2] = kind;
    fields[3] = "N03^301^02";
    fields[7] = "D1001^李明";
    fields[10] = "0301^心血管内科";
    fields[19] = visit + "^^^RMYY^VN";
    fields[44] = begins;
    fields[45] = ends;
    return String.join("|", fields);
  }

  public Answer answer(Asked asked) {
    return records.answer(asked);
  }

  public static Asked about(Identifier identifier, String day) {
    return Asked.all(List.of(identifier), Window.lastThreeMonths(LocalDate.parse(day)));
  }

  public static Asked about(Identifier identifier, String day, Section first, Section... more) {
    return new Asked(List.of(identifier), Window.lastThreeMonths(LocalDate.parse(day)), EnumSet.of(first, more), false);
  }

  static Asked withdrawnToo(Asked asked) {
    return new Asked(asked.identifiers(), asked.window(), asked.sections(), true);
  }

  /** All resources of an answer, in order. */
  @SuppressWarnings("unchecked")
  static List<Map<String, Object>> resources(Answer answer) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (byte[] bundle : answer.bundles()) {
      for (Map<String, Object> entry : Samples.entries((Map<String, Object>) Samples.json(bundle))) {
        all.add((Map<String, Object>) entry.get("resource"));
      }
    }
    return all;
  }

  static List<Map<String, Object>> resources(Answer answer, String type) {
    return resources(answer).stream().filter(one -> type.equals(one.get("resourceType"))).toList();
  }

  static List<String> types(Answer answer) {
    return resources(answer).stream().map(one -> (String) one.get("resourceType")).toList();
  }

  static String text(byte[] bundle) {
    return new String(bundle, StandardCharsets.UTF_8);
  }

  static String text(Answer answer) {
    StringBuilder text = new StringBuilder();
    answer.bundles().forEach(bundle -> text.append(text(bundle)));
    return text.toString();
  }
}
