package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.fhir.Element;
import io.emrgateway.mappings.fhir.Primitives;
import io.emrgateway.mappings.fhir.Primitives.Kind;
import io.emrgateway.mappings.hl7.Part;
import java.util.Locale;

/**
 * Which code system a code of the message belongs to.
 *
 * <p>A standard system is only named when we are sure: its HL7 name is in the table {@code CodingSystem}, or it is an
 * HL7 table of ours that really has the code. Everything else stays what it is, a code of this hospital: its system
 * lies in the site's namespace, under the name the hospital uses or, when it uses none, under the field's name.
 */
final class Codes {
  private Codes() {}

  /** Writes one (code, name, system) triple as a Coding; false when there is no usable code or name. */
  static boolean coding(Element coding, Call call, Part code, Part name, Part system, Part version) {
    String c = code.text();
    String display = name.text();
    if (c == null || !Primitives.valid(Kind.CODE, c)) {
      c = null;
      if (display == null) {
        return false;
      }
    }
    if (c == null) {
      return false; // A name alone is text, not a coding.
    }
    Table.Target target = system(call, c, system.text());
    coding.with("system", target.system());
    coding.with("version", target.version() != null ? target.version() : version.text());
    coding.with("code", target.code() != null ? target.code() : c);
    if (target.display() != null && !target.display().isEmpty()) {
      coding.with("display", target.display());
    } else if (display != null) {
      coding.with("display", display);
    }
    return true;
  }

  /** The system of a code as a hospital names it, with our own display when the code is one of an HL7 table. */
  static Table.Target system(Call call, String code, String named) {
    RuleSet rules = call.run().rules();
    Site site = call.site();
    String name = named == null ? call.row().system() : named;
    if (name == null || name.equals("L") || name.equalsIgnoreCase("LOCAL") || name.startsWith("99")) {
      String field = call.segment().name() + "-" + call.field();
      return new Table.Target(site.system("codes", field), null, null, null);
    }
    Table known = rules.table("CodingSystem");
    Table.Target target = known.of(name);
    if (target != null) {
      return new Table.Target(target.code(), target.version(), null, null);
    }
    String upper = name.toUpperCase(Locale.ROOT);
    String number = upper.startsWith("HL7") ? upper.substring(3) : upper;
    if (number.length() == 4 && isDigits(number)) {
      CodeTable table = rules.codes("v2-" + number);
      if (table != null && table.has(code)) {
        return new Table.Target(table.system(), null, null, table.names().get(code));
      }
      return new Table.Target(site.system("codes", "HL7" + number), null, null, null);
    }
    if ((name.startsWith("http://") || name.startsWith("https://") || name.startsWith("urn:"))
        && Primitives.valid(Kind.URI, name)) {
      return new Table.Target(name, null, null, null);
    }
    if (isOid(name)) {
      return new Table.Target("urn:oid:" + name, null, null, null);
    }
    return new Table.Target(site.system("codes", name), null, null, null);
  }

  private static boolean isDigits(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!Character.isDigit(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /**
   * The system of an entity's number told by reference (EI): its universal id, else its namespace in the hospital's own.
   *
   * @param kind of number at the hospital, e.g. {@code order}
   */
  static String numbering(Site site, Part ei, String kind) {
    String universal = ei.component(3).text();
    if (universal != null && isOid(universal)) {
      return "urn:oid:" + universal;
    }
    String name = ei.component(2).text();
    return site.system(kind, name == null ? universal : name);
  }

  /** Whether the text is an object identifier such as 2.16.156.10011.1.3. */
  static boolean isOid(String text) {
    // Two arcs, such as 1.4, are a version more often than an OID, and the validator refuses them.
    if (text.length() < 5 || text.indexOf('.', 2) < 0 || text.charAt(0) < '0' || text.charAt(0) > '2' || text.charAt(1) != '.') {
      return false;
    }
    char before = '.';
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean leadingZero = before == '.' && c == '0' && i + 1 < text.length() && text.charAt(i + 1) != '.';
      if (c != '.' && (c < '0' || c > '9') || c == '.' && before == '.' || leadingZero) {
        return false;
      }
      before = c;
    }
    return before != '.';
  }
}
