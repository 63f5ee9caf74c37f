package io.emrgateway.mappings.queries;

import io.emrgateway.mappings.About;
import io.emrgateway.mappings.Mapped;
import io.emrgateway.mappings.Mapping;
import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.hl7.Hl7Message.Delimiters;
import io.emrgateway.mappings.records.Tree;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Numbers of patients between HL7 v2 and FHIR. */
public final class Identifiers {
  private Identifiers() {}

  /**
   * The identifiers that a patient's numbers are in our records: read by the very rules that read PID-3, the site's own
   * included. A number that says nothing of itself may be a resident ID too, as at every door.
   */
  public static List<About.Identifier> of(Query query, Mapping mapping, Site site) {
    Pen pen = new Pen(new Delimiters('|', '^', '~', '\\', '&'), StandardCharsets.UTF_8.newEncoder());
    List<String> numbers = query.numbers().stream().map(one -> cx(one, pen)).toList();
    Mapped mapped = mapping.map("MSH|^~\\&|||||20000101000000||ADT^A31^ADT_A05|1|P|2.5\rEVN|A31|20000101000000\r"
        + pen.segment("PID", "1", "", pen.repetitions(numbers)) + "\rPV1|1|N\r", site, "urn:emr-gateway:query");
    List<About.Identifier> found = new ArrayList<>();
    mapped.about().patients().forEach(one -> one.identifiers().stream()
        .filter(identifier -> query.numbers().stream().anyMatch(number -> identifier.value().equalsIgnoreCase(number.value())))
        .forEach(found::add));
    query.numbers().stream().filter(one -> one.authority() == null && one.universal() == null && one.type() == null)
        .flatMap(one -> site.patientNumbers(null, one.value()).stream()).filter(one -> !found.contains(one)).forEach(found::add);
    return found;
  }

  static String cx(Query.Number number, Pen pen) {
    return pen.components(pen.text(number.value()), "", "",
        pen.subcomponents(pen.text(number.authority()), pen.text(number.universal()), pen.text(number.universalType())),
        pen.text(number.type()));
  }

  /** A FHIR Identifier as CX. */
  static String cx(Map<String, Object> identifier, Pen pen) {
    String system = Tree.text(identifier, "system");
    return pen.components(pen.text(Tree.text(identifier, "value")), "", "", system == null ? ""
        : system.startsWith("urn:oid:") ? pen.subcomponents("", pen.text(system.substring("urn:oid:".length())), "ISO")
        : pen.subcomponents("", pen.text(system), "URI"), pen.text(Concepts.codeIn(identifier.get("type"), Concepts.TABLE + "0203")));
  }
}
