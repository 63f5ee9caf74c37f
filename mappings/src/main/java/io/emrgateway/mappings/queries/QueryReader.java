package io.emrgateway.mappings.queries;

import io.emrgateway.mappings.hl7.Hl7Message;
import io.emrgateway.mappings.hl7.Part;
import io.emrgateway.mappings.hl7.Segment;
import io.emrgateway.mappings.queries.Query.Emergency;
import io.emrgateway.mappings.queries.Query.Number;
import io.emrgateway.mappings.queries.Query.Staff;
import io.emrgateway.mappings.queries.QueryRefused.Reason;
import io.emrgateway.mappings.records.Section;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a query. Whatever is wrong with it is said with its place. */
final class QueryReader {
  /** QPD-1 of a {@link Kind#Q11}: the name of our conformance statement. */
  static final String LOOKUP = "ZEMRGW";

  private static final int NUMBERS_MAX = 10;
  /** More than anybody reads. */
  private static final int LIMIT_MAX = 100_000;
  private static final Pattern TIME =
      Pattern.compile("(\\d{4})(\\d{2})(\\d{2})(?:(\\d{2})(\\d{2})(?:(\\d{2})(?:\\.\\d{1,4})?)?)?([+-]\\d{4})?");
  /** The fields of QRF-5; what they are for says mappings/QUERIES.md. */
  private static final Set<String> WORDS =
      Set.of("doctor", "doctor-name", "department", "visit", "confirmed", "reason", "second", "second-name");
  /** What HL7 table 0048 has for no section in particular. */
  private static final Set<String> EVERYTHING = Set.of("DEM", "OTH", "ALL");

  private final Kind kind;
  private final ZoneId zone;
  private final Hl7Message message;

  private QueryReader(Kind kind, ZoneId zone, Hl7Message message) {
    this.kind = kind;
    this.zone = zone;
    this.message = message;
  }

  /**
   * Reads a query.
   *
   * @param zone of times that name none
   * @throws QueryRefused for the first thing that is wrong with it
   */
  static Query read(Kind kind, Hl7Message message, ZoneId zone) {
    QueryReader reader = new QueryReader(kind, zone, message);
    return kind.isByParameter() ? reader.byParameter() : reader.byFilter();
  }

  // ---- QRY: QRD, QRF ----

  private Query byFilter() {
    Segment qrd = segment("QRD");
    oneOf(qrd, 2, "R");
    oneOf(qrd, 3, "I");
    String tag = text(qrd, 4);
    List<Number> numbers = new ArrayList<>();
    for (Part one : repetitions(qrd, 8)) {
      if (one.component(1).text() != null) {
        numbers.add(number(one.component(1), one.component(9), one.component(13)));
      }
    }
    Segment qrf = segment("QRF");
    Map<String, String> words = words(qrf);
    Emergency emergency = words.get("reason") == null && words.get("second") == null ? null
        : new Emergency(words.get("reason"), new Staff(words.get("second"), words.get("second-name")));
    return new Query(kind, tag, counted(numbers, "QRD-8"), null, null,
        new Staff(word(words, "doctor"), word(words, "doctor-name")), word(words, "department"), word(words, "visit"),
        moment(words.get("confirmed"), "QRF-5", "confirmed="), emergency, sections(qrd, 9), isNamed(qrd, 9),
        day(qrf, 2), day(qrf, 3), limit(qrd, 7), pointer());
  }

  private static Map<String, String> words(Segment qrf) {
    Map<String, String> words = new HashMap<>();
    int n = 0;
    for (Part one : qrf.field(5).eachRepetition()) {
      n++;
      String said = one.whole();
      if (said == null) {
        continue;
      }
      int is = said.indexOf('=');
      if (is < 0 || !WORDS.contains(said.substring(0, is).strip())) {
        // What stands there may be anything: it is named by its number.
        throw new QueryRefused(Reason.CODE_UNKNOWN, "QRF-5", "(" + n + ")");
      }
      String value = said.substring(is + 1).strip();
      if (!value.isEmpty()) {
        words.put(said.substring(0, is).strip(), value);
      }
    }
    return words;
  }

  private static String word(Map<String, String> words, String name) {
    if (words.get(name) == null) {
      throw new QueryRefused(Reason.FIELD_MISSING, "QRF-5", name + "=");
    }
    return words.get(name);
  }

  // ---- QBP: QPD, RCP ----

  private Query byParameter() {
    Segment qpd = segment("QPD");
    String name = text(qpd, 1);
    if (kind == Kind.Q11 && !name.equals(LOOKUP)) {
      throw new QueryRefused(Reason.CODE_UNKNOWN, "QPD-1");
    }
    String tag = text(qpd, 2);
    Segment rcp = segment("RCP");
    oneOf(rcp, 1, "I");
    List<Number> numbers = new ArrayList<>();
    String family = null;
    LocalDate birthDate = null;
    if (kind != Kind.Q22) {
      for (Part one : repetitions(qpd, 3)) {
        if (one.component(1).text() != null) {
          numbers.add(number(one.component(1), one.component(4), one.component(5)));
        }
      }
    } else {
      Demographics sought = demographics(qpd);
      numbers = sought.numbers;
      family = sought.name;
      birthDate = sought.birthDate;
      if (family == null && birthDate == null) {
        throw new QueryRefused(Reason.FIELD_MISSING, "QPD-3");
      }
    }
    boolean everything = kind == Kind.Q11;
    return new Query(kind, tag, counted(numbers, "QPD-3"), family, birthDate, staff(qpd, 9), text(qpd, 10), text(qpd, 11),
        moment(qpd.field(12).text(), "QPD-12", ""), emergency(qpd), everything ? sections(qpd, 4) : kind.sections,
        !everything || isNamed(qpd, 4), everything ? day(qpd, 5) : null, everything ? day(qpd, 6) : null, limit(rcp, 2), pointer());
  }

  private Emergency emergency(Segment qpd) {
    boolean said = qpd.field(13).isValued() || qpd.field(14).isValued();
    Part second = qpd.field(14);
    return said ? new Emergency(qpd.field(13).whole(), new Staff(second.component(1).text(), name(second))) : null;
  }

  private record Demographics(List<Number> numbers, String name, LocalDate birthDate) {}

  /** QPD-3 of "find candidates": pairs such as {@code @PID.3.1^0001}, of which those of PID-3 make up one number. */
  private Demographics demographics(Segment qpd) {
    Map<String, String> said = new TreeMap<>();
    for (Part one : repetitions(qpd, 3)) {
      String field = one.component(1).text();
      String value = one.component(2).text();
      if (field != null && value != null && said.put(field.toUpperCase(java.util.Locale.ROOT), value) != null) {
        throw new QueryRefused(Reason.FIELD_UNUSABLE, "QPD-3");
      }
    }
    String value = first(said, "@PID.3.1", "@PID.3");
    String authority = first(said, "@PID.3.4.1", "@PID.3.4");
    String universal = first(said, "@PID.3.4.2");
    String universalType = first(said, "@PID.3.4.3");
    String type = first(said, "@PID.3.5");
    String family = first(said, "@PID.5.1.1", "@PID.5.1", "@PID.5");
    String given = first(said, "@PID.5.2");
    String born = first(said, "@PID.7.1", "@PID.7");
    if (!said.isEmpty()) {
      // A candidate that was not compared by everything that was asked would not be one.
      throw new QueryRefused(Reason.CODE_UNKNOWN, "QPD-3");
    }
    List<Number> numbers = value == null ? List.of() : List.of(new Number(value, authority, universal, universalType, type));
    String name = family == null && given == null ? null : (family == null ? "" : family) + (given == null ? "" : given);
    return new Demographics(numbers, name, born == null ? null : day(born, "QPD-3"));
  }

  private static String first(Map<String, String> said, String... names) {
    String found = null;
    for (String name : names) {
      String value = said.remove(name);
      found = found == null ? value : found;
    }
    return found;
  }

  private static Staff staff(Segment segment, int field) {
    String name = name(segment.field(field));
    if (name == null) {
      throw new QueryRefused(Reason.FIELD_MISSING, segment.name() + "-" + field);
    }
    return new Staff(text(segment, field), name);
  }

  /** Family and given name of an XCN, as Chinese names are written. */
  private static String name(Part xcn) {
    String family = xcn.component(2).text();
    String given = xcn.component(3).text();
    return family == null && given == null ? null : (family == null ? "" : family) + (given == null ? "" : given);
  }

  // ---- both ----

  private Segment segment(String name) {
    Segment found = message.first(name);
    if (found == null) {
      throw new QueryRefused(Reason.FIELD_MISSING, name);
    }
    return found;
  }

  private static String text(Segment segment, int field) {
    String text = segment.field(field).text();
    if (text == null) {
      throw new QueryRefused(Reason.FIELD_MISSING, segment.name() + "-" + field);
    }
    return text;
  }

  private static void oneOf(Segment segment, int field, String only) {
    String text = segment.field(field).text();
    if (text != null && !text.equals(only)) {
      throw new QueryRefused(Reason.FIELD_UNUSABLE, segment.name() + "-" + field);
    }
  }

  private static List<Part> repetitions(Segment segment, int field) {
    List<Part> all = segment.field(field).eachRepetition();
    if (all.size() > 2 * NUMBERS_MAX) {
      throw new QueryRefused(Reason.FIELD_UNUSABLE, segment.name() + "-" + field);
    }
    return all;
  }

  private static Number number(Part value, Part authority, Part type) {
    return new Number(value.text(), authority.subcomponent(1).text(), authority.subcomponent(2).text(),
        authority.subcomponent(3).text(), type.text());
  }

  private static List<Number> counted(List<Number> numbers, String place) {
    if (numbers.isEmpty() || numbers.size() > NUMBERS_MAX) {
      throw new QueryRefused(numbers.isEmpty() ? Reason.FIELD_MISSING : Reason.FIELD_UNUSABLE, place);
    }
    return numbers;
  }

  /** Sections by their names, or what HL7 table 0048 has for one; everything the answer can hold when nothing is said. */
  private Set<Section> sections(Segment segment, int field) {
    Set<Section> named = EnumSet.noneOf(Section.class);
    for (Part one : repetitions(segment, field)) {
      String code = one.component(1).text();
      if (code != null) {
        named.addAll(sections(code, segment.name() + "-" + field));
      }
    }
    return named.isEmpty() ? kind.sections : named;
  }

  /** Whether a field says which sections, and not just: all of them. */
  private boolean isNamed(Segment segment, int field) {
    return repetitions(segment, field).stream().map(one -> one.component(1).text()).anyMatch(code -> code != null && !EVERYTHING.contains(code));
  }

  private Set<Section> sections(String code, String place) {
    if (EVERYTHING.contains(code)) {
      return kind.sections;
    }
    Set<Section> meant;
    switch (code) {
      case "RES" -> meant = EnumSet.of(Section.RESULTS, Section.REPORTS);
      case "PRB" -> meant = EnumSet.of(Section.DIAGNOSES);
      case "PRO" -> meant = EnumSet.of(Section.PROCEDURES);
      default -> {
        try {
          meant = EnumSet.of(Section.of(code));
        } catch (IllegalArgumentException unknown) {
          throw new QueryRefused(Reason.CODE_UNKNOWN, place);
        }
      }
    }
    if (!kind.sections.containsAll(meant)) {
      throw new QueryRefused(Reason.NOT_IN_THIS_ANSWER, place);
    }
    return meant;
  }

  private static int limit(Segment segment, int field) {
    String quantity = segment.field(field).component(1).text();
    String unit = segment.field(field).component(2).text();
    if (quantity == null) {
      return 0;
    }
    if (!quantity.matches("[1-9]\\d{0,5}") || Integer.parseInt(quantity) > LIMIT_MAX || unit != null && !unit.equals("RD")) {
      throw new QueryRefused(Reason.FIELD_UNUSABLE, segment.name() + "-" + field);
    }
    return Integer.parseInt(quantity);
  }

  private String pointer() {
    Segment dsc = message.first("DSC");
    return dsc == null ? null : dsc.field(1).text();
  }

  private static LocalDate day(Segment segment, int field) {
    String text = segment.field(field).text();
    return text == null ? null : day(text, segment.name() + "-" + field);
  }

  private static LocalDate day(String text, String place) {
    return time(text, place, "").toLocalDate();
  }

  private Instant moment(String text, String place, String part) {
    if (text == null) {
      return null;
    }
    Matcher parts = parts(text, place, part);
    if (parts.group(4) == null) {
      throw new QueryRefused(Reason.FIELD_UNUSABLE, place, part);
    }
    LocalDateTime time = time(text, place, part);
    String offset = parts.group(7);
    try {
      return offset == null ? time.atZone(zone).toInstant() : time.toInstant(ZoneOffset.of(offset));
    } catch (DateTimeException noOffset) {
      throw new QueryRefused(Reason.FIELD_UNUSABLE, place, part);
    }
  }

  private static LocalDateTime time(String text, String place, String part) {
    Matcher parts = parts(text, place, part);
    try {
      return LocalDateTime.of(at(parts, 1), at(parts, 2), at(parts, 3), at(parts, 4), at(parts, 5), at(parts, 6));
    } catch (DateTimeException noTime) {
      throw new QueryRefused(Reason.FIELD_UNUSABLE, place, part);
    }
  }

  private static Matcher parts(String text, String place, String part) {
    Matcher parts = TIME.matcher(text);
    if (!parts.matches()) {
      throw new QueryRefused(Reason.FIELD_UNUSABLE, place, part);
    }
    return parts;
  }

  private static int at(Matcher parts, int group) {
    return parts.group(group) == null ? 0 : Integer.parseInt(parts.group(group));
  }
}
