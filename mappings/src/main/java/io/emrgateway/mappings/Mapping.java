package io.emrgateway.mappings;

import io.emrgateway.mappings.Diagnostic.Finding;
import io.emrgateway.mappings.Trace.Field;
import io.emrgateway.mappings.Trace.Use;
import io.emrgateway.mappings.Trace.Written;
import io.emrgateway.mappings.fhir.Json;
import io.emrgateway.mappings.fhir.Primitives;
import io.emrgateway.mappings.fhir.Primitives.Kind;
import io.emrgateway.mappings.hl7.Hl7Message;
import io.emrgateway.mappings.hl7.Hl7Message.Unread;
import io.emrgateway.mappings.hl7.Part;
import io.emrgateway.mappings.hl7.Segment;
import io.emrgateway.mappings.rules.FieldsUsed;
import io.emrgateway.mappings.rules.RuleError;
import io.emrgateway.mappings.rules.RuleSet;
import io.emrgateway.mappings.rules.RuleSet.Request;
import io.emrgateway.mappings.rules.RuleSet.Resource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The meaning of a hospital's messages: HL7 v2 text in, one FHIR R4 transaction Bundle and diagnostics out.
 *
 * <p>Thread safe, and deterministic: the same text, site and bundle identifier give the same bytes. It reads no
 * clock, no disk and no network once it is made.
 */
public final class Mapping {
  /** Changes whenever the Java side of the mapping changes what is written. */
  private static final String ENGINE = "4";

  /** About what a resource takes in a bundle; a wrong guess costs a copy. */
  private static final int RESOURCE_BYTES = 1_600;

  /** All shipped rules already parsed; {@link PackRules} makes it when the project is built. */
  static final String PACKED = "/mappings/rules.pack";

  private final RuleSet rules;
  private final String version;

  private Mapping(RuleSet rules) {
    this.rules = rules;
    this.version = rules.version();
  }

  /**
   * The rules as we ship them.
   *
   * @throws RuleError when one of them is wrong, which our own tests rule out
   */
  public static Mapping shipped() {
    String packed = read(PACKED);
    // Not there only where classes are run without our build, e.g. from an editor.
    return packed == null ? of(shippedFiles()) : new Mapping(RuleSet.unpack(packed));
  }

  /**
   * The shipped rules with a site's laid over: only what is different has to be said.
   *
   * @param site text by path: {@code segments/*.yaml}, {@code datatypes/*.yaml}, {@code tables/*.yaml},
   *     {@code messages/*.yaml}, {@code codes/*.txt}, {@code ignored.yaml}; {@code site.yaml} is no rule, but what it says
   *     of zones and authorities changes what is written, so it changes the version
   * @throws RuleError for the first mistake, with file, line and remedy; its message names the others too
   */
  public static Mapping shippedWith(Map<String, String> site) {
    String packed = read(PACKED);
    String shipped = packed == null ? RuleSet.packed("shipped", shippedFiles()) : packed;
    Map<String, String> all = new TreeMap<>(site);
    all.put("shipped", shipped);
    Map<String, String> rules = new TreeMap<>(site);
    rules.remove(SiteFolder.SITE);
    return new Mapping(RuleSet.unpack(shipped, versionOf(all), rules));
  }

  /** The shipped rule files and code tables: text by path. */
  static Map<String, String> shippedFiles() {
    Map<String, String> files = new LinkedHashMap<>();
    for (String file : resource("/mappings/index.txt").split("\n")) {
      if (!file.isBlank() && !file.startsWith("#")) {
        files.put(file.strip(), resource((file.startsWith("codes/") ? "/" : "/mappings/") + file.strip()));
      }
    }
    return files;
  }

  /**
   * Rules from elsewhere, e.g. a vendor's own build.
   *
   * @param files text by path, as {@link RuleSet#compile} takes them
   * @throws RuleError for the first mistake, with file, line and remedy; its message names the others too
   */
  public static Mapping of(Map<String, String> files) {
    return new Mapping(RuleSet.compile(versionOf(files), files));
  }

  /** 16 hex digits that change whenever a rule, a code table or the engine changes. */
  public String version() {
    return version;
  }

  /** Names of the tables that translate codes. */
  public Set<String> tables() {
    return rules.tables();
  }

  /** Whether a table has a code, with a counterpart in FHIR or without; false too if there is no table of that name. */
  public boolean knowsCode(String table, String code) {
    return rules.knowsCode(table, code);
  }

  /** Whether there are rules for a message type such as {@code ORU^R01}. */
  public boolean knows(String messageType) {
    return rules.knows(messageType);
  }

  /**
   * Converts one message. Never throws on any text: what cannot be converted has no bundle and a FATAL diagnostic.
   *
   * @param text the decoded message
   * @param site where it comes from
   * @param bundleIdentifier becomes {@code Bundle.identifier.value}; the caller chooses it, at random if it likes
   */
  public Mapped map(String text, Site site, String bundleIdentifier) {
    return map(text, site, bundleIdentifier, null, null, null);
  }

  /**
   * Converts one message and says what of it no rule has a use for; the same bytes as without.
   *
   * @param unmapped told once the message has its bundle, on this thread
   */
  public Mapped map(String text, Site site, String bundleIdentifier, Unmapped unmapped) {
    return map(text, site, bundleIdentifier, unmapped, null, null);
  }

  /** Tells what messages that came after one have written about the same patients. */
  @FunctionalInterface
  public interface Later {
    /** @return requests in the words of a bundle: {@code Patient?identifier=…} or {@code MessageHeader/…} */
    Set<String> wrote(About about);
  }

  /**
   * Converts a message that comes late, so that its bundle may go behind those of later messages: what these have written
   * is only to be created should it not be there, never put back to how it was.
   *
   * @param later asked once, if the message has a bundle
   */
  public Mapped map(String text, Site site, String bundleIdentifier, Unmapped unmapped, Later later) {
    return map(text, site, bundleIdentifier, unmapped, later, null);
  }

  private Mapped map(String text, Site hospital, String bundleIdentifier, Unmapped unmapped, Later later, RuleSet.Traced traced) {
    List<Diagnostic> diagnostics = new ArrayList<>();
    String type = "";
    String control = "";
    try {
      Optional<Hl7Message> read = Hl7Message.read(text);
      if (read.isEmpty()) {
        return refused(diagnostics, Finding.UNREADABLE, "MSH", type, control);
      }
      Hl7Message message = read.get();
      Segment header = message.header();
      type = typeOf(message);
      control = header.field(10).text() == null ? "" : header.field(10).text();
      // HL7 v2.5.1 chapter 2.15.9.7: the offset of MSH-7 holds for every time of the message that has none.
      ZoneOffset offset = RuleSet.offset(header.field(7).text());
      Site site = offset == null ? hospital : hospital.at(offset);
      noteUnread(message, diagnostics);
      if (!rules.knows(type)) {
        return refused(diagnostics, Finding.MESSAGE_TYPE_UNKNOWN, "MSH-9", type, control);
      }
      boolean aboutPatient = rules.aboutPatient(type);
      if (aboutPatient && message.first("PID") == null) {
        return refused(diagnostics, Finding.NO_PATIENT, "PID", type, control);
      }
      String scope = control;
      if (control.isEmpty()) {
        diagnostics.add(new Diagnostic(Finding.NO_CONTROL_ID, "MSH-10"));
        scope = UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString();
      }
      FieldsUsed used = unmapped == null ? null : new FieldsUsed();
      List<Resource> resources = traced == null
          ? rules.convert(message, type, scope, site, diagnostics, used)
          : rules.trace(message, type, scope, site, diagnostics, traced);
      if (aboutPatient && !hasPatient(resources)) {
        return refused(diagnostics, Finding.NO_PATIENT, "PID", type, control);
      }
      if (resources.stream().allMatch(one -> one.element().type().name().equals("MessageHeader"))) {
        return refused(diagnostics, Finding.NOTHING_TO_WRITE, "MSH", type, control);
      }
      About about = About.of(resources);
      byte[] bundle = write(header, resources, site, bundleIdentifier, later == null ? Set.of() : later.wrote(about));
      if (unmapped != null) {
        tell(message, type, used, unmapped);
      }
      return new Mapped(bundle, diagnostics, type, control, version, about);
    } catch (RuntimeException e) {
      // A mistake of ours must not cost the message: it is quarantined like any other, and can be replayed.
      return refused(diagnostics, Finding.INTERNAL, "MSH", type, control);
    }
  }

  /**
   * Converts one message and says of every value where it came from, and of every field where it went. Some ten times
   * slower than {@link #map}.
   *
   * @return without values and fields when the message cannot be converted
   */
  public Trace trace(String text, Site site, String bundleIdentifier) {
    List<Written> written = new ArrayList<>();
    RuleSet.FieldsRead[] read = new RuleSet.FieldsRead[1];
    Mapped mapped = map(text, site, bundleIdentifier, null, null, (all, fields) -> {
      written.addAll(all);
      read[0] = fields;
    });
    List<Field> fields = new ArrayList<>();
    if (mapped.converted()) {
      Map<String, List<String>> paths = new HashMap<>();
      for (Written one : written) {
        if (!one.place().isEmpty()) {
          paths.computeIfAbsent(fieldOf(one.place()), place -> new ArrayList<>()).add(one.path());
        }
      }
      for (Segment segment : Hl7Message.read(text).orElseThrow().segments()) {
        fieldsOf(segment, read[0], paths, fields);
      }
    }
    return new Trace(mapped, written, fields);
  }

  private void fieldsOf(Segment segment, RuleSet.FieldsRead read, Map<String, List<String>> paths, List<Field> fields) {
    for (int n = 1; n <= segment.size(); n++) {
      int repetition = 0;
      for (Part part : segment.field(n).eachRepetition()) {
        repetition++;
        if (part.isValued()) {
          String place = segment.place() + "-" + n + (repetition > 1 ? "(" + repetition + ")" : "");
          List<String> to = paths.getOrDefault(place, List.of());
          String why = rules.ignored(segment.name(), n);
          Use use = !to.isEmpty() ? Use.MAPPED : read.has(segment, n, repetition) || isReadHere(segment, n) ? Use.READ
              : why != null ? Use.IGNORED : Use.UNKNOWN;
          fields.add(new Field(place, part.raw(), use, to, use == Use.IGNORED ? why : ""));
        }
      }
    }
  }

  private void tell(Hl7Message message, String type, FieldsUsed used, Unmapped unmapped) {
    Set<String> told = new HashSet<>();
    for (Segment segment : message.segments()) {
      for (int n = 1; n <= segment.size(); n++) {
        if (segment.hasField(n)) {
          Part part = firstUnread(segment, n, used);
          if (part != null && rules.ignored(segment.name(), n) == null && told.add(segment.name() + n)) {
            unmapped.field(type, segment.name(), n, part);
          }
        }
      }
    }
    for (FieldsUsed.Unknown one : used.unknownCodes()) {
      unmapped.code(one.table(), one.code(), one.display());
    }
  }

  /** The first repetition of a field that holds something and that nobody has read, or null. */
  private static Part firstUnread(Segment segment, int field, FieldsUsed used) {
    if (isReadHere(segment, field) || used.has(segment, field, 1) && !segment.repeats(field)) {
      return null;
    }
    int repetition = 0;
    for (Part part : segment.field(field).eachRepetition()) {
      repetition++;
      if (!used.has(segment, field, repetition) && part.isValued()) {
        return part;
      }
    }
    return null;
  }

  /** Type, control id, time and character set are read before any rule is asked. */
  private static boolean isReadHere(Segment segment, int field) {
    return segment.name().equals("MSH") && (field == 7 || field == 9 || field == 10 || field == 18);
  }

  /** {@code PID-3(2).4.1} is in {@code PID-3(2)}. */
  private static String fieldOf(String place) {
    int dot = place.indexOf('.', place.indexOf('-'));
    return dot < 0 ? place : place.substring(0, dot);
  }

  /**
   * The fields of a message that hold something and that no rule has read, e.g. {@code PID-27} or {@code ZPV-1}.
   *
   * @return places in message order; empty when the message cannot be converted
   */
  public List<String> unreadFields(String text, Site site) {
    return trace(text, site, "unread").fields().stream().filter(field -> field.use() == Use.UNKNOWN)
        .map(Field::place).toList();
  }

  private Mapped refused(
      List<Diagnostic> diagnostics, Finding finding, String place, String type, String control) {
    diagnostics.add(new Diagnostic(finding, place));
    return new Mapped(null, diagnostics, type, control, version, About.NOBODY);
  }

  /**
   * MSH-9.1 and 9.2; where the event is missing there, EVN-1 or the structure in MSH-9.3 tells it. Some write the
   * structure into MSH-9.1, some write small letters.
   */
  private static String typeOf(Hl7Message message) {
    var field = message.header().field(9);
    String code = upper(field.component(1).text());
    String event = upper(field.component(2).text());
    if (code == null) {
      return "";
    }
    if (code.length() == 7 && code.charAt(3) == '_') {
      event = event == null ? code.substring(4) : event;
      code = code.substring(0, 3);
    }
    if (event == null) {
      Segment evn = message.first("EVN");
      String structure = field.component(3).text();
      if (evn != null && evn.field(1).text() != null) {
        event = evn.field(1).text();
      } else if (structure != null && structure.length() == 7 && structure.charAt(3) == '_') {
        event = structure.substring(4);
      }
    }
    return event == null ? code : code + "^" + event;
  }

  private static String upper(String text) {
    return text == null ? null : text.toUpperCase(Locale.ROOT);
  }

  private static void noteUnread(Hl7Message message, List<Diagnostic> diagnostics) {
    boolean second = false;
    for (Unread unread : message.unread()) {
      if (unread.why() == Unread.Why.SECOND_MESSAGE) {
        if (!second) {
          diagnostics.add(new Diagnostic(Finding.SECOND_MESSAGE, "line " + unread.line()));
        }
        second = true;
      } else if (unread.why() == Unread.Why.NOT_A_SEGMENT && diagnostics.size() < 100) {
        diagnostics.add(new Diagnostic(Finding.LINE_UNREAD, "line " + unread.line()));
      }
    }
  }

  private static boolean hasPatient(List<Resource> resources) {
    for (Resource resource : resources) {
      if (resource.element().type().name().equals("Patient")) {
        return true;
      }
    }
    return false;
  }

  /** @param written what is only created should it not be there */
  private static byte[] write(Segment header, List<Resource> resources, Site site, String identifier, Set<String> written) {
    Json json = new Json(RESOURCE_BYTES * resources.size());
    json.object().text("resourceType", "Bundle");
    json.name("identifier").object().text("system", "urn:emr-gateway:bundle").text("value", identifier).endObject();
    json.text("type", "transaction");
    String sent = header.field(7).text();
    String timestamp = sent == null ? null : RuleSet.instant(sent, site.zone());
    if (timestamp != null && Primitives.valid(Kind.INSTANT, timestamp)) {
      json.text("timestamp", timestamp);
    }
    json.name("entry").array();
    // Thirty results in a row have one system.
    String system = null;
    String inSystem = null;
    for (Resource resource : resources) {
      String type = resource.element().type().name();
      String query;
      String url;
      if (resource.system() == null) {
        query = "_id=" + resource.value();
        url = type + "/" + resource.value();
      } else {
        if (!resource.system().equals(system)) {
          system = resource.system();
          inSystem = "identifier=" + Site.escape(searchEscape(system)) + "%7C";
        }
        query = inSystem + Site.escape(searchEscape(resource.value()));
        url = type + "?" + query;
      }
      boolean isWritten = written.contains(url);
      Request request = isWritten ? Request.CREATE : resource.system() == null ? Request.WRITE : resource.request();
      if (isWritten && resource.request() == Request.SET_STATUS) {
        continue; // Which state the order is in, somebody has said since.
      }
      json.object().text("fullUrl", resource.fullUrl()).name("resource");
      if (request == Request.SET_STATUS) {
        writeStatusPatch(json, type, resource.element().text("status"));
      } else {
        resource.element().write(json);
      }
      json.name("request").object();
      switch (request) {
        case CREATE -> json.text("method", "POST").text("url", type).text("ifNoneExist", query);
        case SET_STATUS -> json.text("method", "PATCH").text("url", url);
        case WRITE -> json.text("method", "PUT").text("url", url);
      }
      json.endObject().endObject();
    }
    return json.endArray().endObject().bytes();
  }

  /** A FHIRPath Patch (hl7.org/fhir/R4/fhirpatch.html); the same one twice changes nothing. */
  private static void writeStatusPatch(Json json, String type, String status) {
    json.object().text("resourceType", "Parameters").name("parameter").array();
    json.object().text("name", "operation").name("part").array();
    json.object().text("name", "type").text("valueCode", "replace").endObject();
    json.object().text("name", "path").text("valueString", type + ".status").endObject();
    json.object().text("name", "value").text("valueCode", status).endObject();
    json.endArray().endObject().endArray().endObject();
  }

  /** In a search parameter {@code , | $ \} have a meaning of their own (hl7.org/fhir/R4/search.html#escaping). */
  private static String searchEscape(String value) {
    StringBuilder out = null;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == ',' || c == '|' || c == '$' || c == '\\') {
        if (out == null) {
          out = new StringBuilder(value.length() + 4).append(value, 0, i);
        }
        out.append('\\');
      }
      if (out != null) {
        out.append(c);
      }
    }
    return out == null ? value : out.toString();
  }

  private static String resource(String path) {
    String text = read(path);
    if (text == null) {
      throw new RuleError(path, 0, "缺少该文件 / The file is missing.",
          "重新安装，或改正 index.txt / Reinstall the mappings, or correct index.txt.");
    }
    return text;
  }

  private static String read(String path) {
    try (InputStream in = Mapping.class.getResourceAsStream(path)) {
      return in == null ? null : new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String versionOf(Map<String, String> files) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(("engine " + ENGINE + "\n").getBytes(StandardCharsets.UTF_8));
      new TreeMap<>(files).forEach((file, text) -> {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update((file + " " + bytes.length + "\n").getBytes(StandardCharsets.UTF_8));
        digest.update(bytes);
      });
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java runtime has SHA-256.", e);
    }
  }
}
