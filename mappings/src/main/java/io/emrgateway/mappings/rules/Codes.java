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
 * HL7 table of ours that really has the code. A row's {@code system} stands in for a name the sender left out.
 * Everything else stays what it is, a code of this hospital: its system lies in the site's namespace, under the name
 * the hospital uses or, when it uses none, under the field's name.
 */
final class Codes {
  private static final String NATIONAL_DRUG = "urn:emr-gateway:codes:national-drug-code";

  private Codes() {}

  /** Writes one (code, name, system) triple as a Coding; false when there is no usable code or name. */
  static boolean coding(Element coding, Call call, Part code, Part name, Part system, Part version) {
    String c = code.text();
    if (Absent.says(c) || !Primitives.valid(Kind.CODE, c)) {
      return false; // A name alone is text, not a coding.
    }
    String display = Absent.says(name.text()) ? null : name.text();
    Table.Target target = edition(call, c, system.text(), version.text());
    target = target != null ? target : system(call, c, system.text());
    boolean named = target.display() != null && !target.display().isEmpty();
    Concepts.fill(coding, target.system(), target.version() != null ? target.version() : version.text(),
        target.code() != null ? target.code() : c, named ? target.display() : display);
    return true;
  }

  /**
   * The classification of a diagnosis or an operation and its edition, where the sender says it in Chinese or leaves it to
   * DG1-2 or PR1-2; null for every other code.
   */
  private static Table.Target edition(Call call, String code, String named, String version) {
    String segment = call.segment().name();
    boolean classified = call.field() == 3 && (segment.equals("DG1") || segment.equals("PR1"));
    String method = classified ? call.segment().field(2).text() : null;
    if (named == null && version == null && method == null) {
      return null;
    }
    Table.Target known = call.run().rules().table("CodingSystem").of(named == null ? method : named);
    if (known != null && known.version() != null) {
      Table.Target closer = version == null && method == null ? null : Editions.of(segment, code, version, method);
      return new Table.Target(known.code(), closer == null ? known.version() : closer.version(), null, null);
    }
    boolean other = known != null ? !known.code().startsWith("http://hl7.org/fhir/sid/icd-")
        : named != null && isAscii(named) && !named.startsWith("GB");
    if (other) {
      return null; // LN, HL70078, a local list: there is nothing to read in most codes of most messages.
    }
    Table.Target edition = Editions.of(segment, code, named, version, method);
    return edition != null || known == null || named != null ? edition
        : new Table.Target(known.code(), null, null, null);
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 127) {
        return false;
      }
    }
    return true;
  }

  /** The system of a code as a hospital names it, with our own display when the code is one of an HL7 table. */
  static Table.Target system(Call call, String code, String named) {
    RuleSet rules = call.run().rules();
    Site site = call.site();
    String name = named == null ? call.system() : named;
    // HL7's own numbers (0023: 1 is "physician referral") are others than those a hospital counts by.
    if (name == null || isLocal(name) || named == null && !isWord(code)) {
      return ofField(call);
    }
    Table known = rules.table("CodingSystem");
    Table.Target target = known.of(name);
    if (target == null && name.startsWith("GB")) {
      target = standard(known, name);
    }
    if (target != null && !(NATIONAL_DRUG.equals(target.code()) && !isNationalDrug(code))) {
      return new Table.Target(target.code(), target.version(), null, null);
    }
    String upper = name.toUpperCase(Locale.ROOT);
    String number = upper.startsWith("HL7") ? upper.substring(3) : upper;
    if (number.length() == 4 && isDigits(number)) {
      CodeTable table = rules.codes("v2-" + number);
      if (table != null && table.has(code)) {
        return new Table.Target(table.system(), null, null, table.names().get(code));
      }
      return named == null ? ofField(call) : new Table.Target(site.system("codes", "HL7" + number), null, null, null);
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

  /** A national standard by its name as people write it: {@code GB/T 2261.1-2003}, {@code GBT2261.1}; its year is the edition. */
  private static Table.Target standard(Table known, String name) {
    int dash = name.indexOf('-');
    String number = (dash < 0 ? name : name.substring(0, dash)).substring(2).replace("/", "").replace("T", "").replace(" ", "");
    Table.Target target = known.of("GB" + number);
    return target == null ? null : new Table.Target(target.code(),
        dash < 0 ? target.version() : name.substring(dash + 1), null, null);
  }

  /** Whether a sender says that a code is one of a published system that we know. */
  static boolean isStandard(Call call, String named) {
    return named != null && !isLocal(named) && call.run().rules().table("CodingSystem").of(named) != null;
  }

  private static boolean isLocal(String named) {
    return named.equals("L") || named.equalsIgnoreCase("LOCAL") || named.startsWith("99");
  }

  /**
   * Whether a code has the form of the national drug code (本位码): 14 digits, 86, category, company, product, check digit.
   * The rule of the check digit has not been published in a form we could verify, so it is not checked.
   */
  private static boolean isNationalDrug(String code) {
    return code.length() == 14 && code.startsWith("86") && isDigits(code);
  }

  private static Table.Target ofField(Call call) {
    return new Table.Target(
        call.site().system("codes", call.segment().name() + "-" + call.field()), null, null, null);
  }

  private static boolean isWord(String code) {
    return !code.isEmpty() && Character.isLetter(code.charAt(0));
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
   * The system of an entity's number (EI), the same wherever the number stands: its universal id where that is an OID
   * and EI-4 does not call it something else (1.2.3.4 may be a host), else its namespace in the hospital's own.
   *
   * @param kind of number at the hospital, e.g. {@code order}
   */
  static String numbering(Site site, Part ei, String kind) {
    String universal = ei.component(3).text();
    String type = ei.component(4).text();
    if (universal != null && (type == null || type.equals("ISO")) && isOid(universal)) {
      return "urn:oid:" + universal;
    }
    String name = ei.component(2).text();
    // Some senders repeat the number where its namespace belongs: that is no numbering of its own.
    return site.system(kind, name == null ? universal : name.equals(ei.component(1).text()) ? null : name);
  }

  /** Whether the text is an object identifier such as 2.16.156.10011.1.3. */
  static boolean isOid(String text) {
    // Short ones, such as 1.4 and 1.2.3, are a version more often than an OID, and the validator refuses them.
    if (text.lastIndexOf('.') < 5 || text.charAt(0) < '0' || text.charAt(0) > '2' || text.charAt(1) != '.') {
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
