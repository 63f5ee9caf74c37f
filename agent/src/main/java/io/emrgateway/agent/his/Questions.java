package io.emrgateway.agent.his;

import io.emrgateway.routes.core.lookup.DoctorAuthorization.Emergency;
import io.emrgateway.routes.core.lookup.KeepConsent;
import io.emrgateway.routes.core.lookup.LookUp.Question;
import io.emrgateway.routes.core.lookup.Practitioner;
import io.emrgateway.routes.core.lookup.Section;
import io.emrgateway.routes.core.records.Identifier;
import io.vertx.core.MultiMap;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;

/**
 * Reads a question out of a call's parameters: of the query, of a form, or of a FHIR {@code Parameters} resource.
 *
 * <p>A patient's numbers belong into the body: of a call to the network, proxies may keep the address.
 */
public final class Questions {
  private static final Set<String> NAMES = Set.of("identifier", "patient.identifier", "practitioner", "practitioner-name", "department",
      "encounter", "confirmed", "since", "until", "section", "reason", "second", "second-name", "workstation", "_format");

  private final BiFunction<String, String, List<Identifier>> numbers;

  /** @param numbers what may be meant by a number that is named without a URI: authority (or "") and value */
  public Questions(BiFunction<String, String, List<Identifier>> numbers) {
    this.numbers = numbers;
  }

  /** A parameter that is missing or not of its form; never with its value. */
  public static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;
    final String parameter;
    final String textZh;
    final String text;

    public Malformed(String parameter, String textZh, String text) {
      super(parameter, null, false, false);
      this.parameter = parameter;
      this.textZh = textZh;
      this.text = text;
    }

    static Malformed missing(String parameter) {
      return new Malformed(parameter, "缺失", "is missing");
    }
  }

  /**
   * @param otherwise the section that is asked for unless the call says {@code section}; without it, all that the patient has
   *     agreed to
   * @throws Malformed with the first parameter that is not right
   */
  public Question read(RoutingContext call, Optional<Section> otherwise) throws Malformed {
    MultiMap said = known(said(call));
    Emergency emergency = said.contains("reason") || said.contains("second")
        ? new Emergency(text(said, "reason"), new Practitioner(text(said, "second"), text(said, "second-name"))) : null;
    Set<Section> named = sections(said);
    otherwise.filter(one -> named.isEmpty()).ifPresent(named::add);
    return new Question(new Practitioner(text(said, "practitioner"), text(said, "practitioner-name")), text(said, "department"),
        text(said, "encounter"), patient(said).stream().flatMap(List::stream).toList(),
        named.isEmpty() ? EnumSet.allOf(Section.class) : named, !named.isEmpty(),
        day(said, "since"), day(said, "until"), confirmed(said), emergency);
  }

  /** One that is misspelt would make the question wider than it was meant; one in another charset garbles who asked for good. */
  private static MultiMap known(MultiMap said) throws Malformed {
    for (Map.Entry<String, String> one : said) {
      String name = one.getKey().toLowerCase(Locale.ROOT);
      String shown = name.matches("[a-z._-]{1,30}") ? name : "…";
      if (!NAMES.contains(name)) {
        throw new Malformed(shown, "没有定义；可用的是 " + String.join("、", new TreeSet<>(NAMES)),
            "is not known; these are: " + String.join(", ", new TreeSet<>(NAMES)));
      }
      if (one.getValue().indexOf('\ufffd') >= 0) {
        throw new Malformed(shown, "不是 UTF-8", "is not UTF-8");
      }
    }
    return said;
  }

  /**
   * A parameter of the call that is no part of the question.
   *
   * @throws Malformed when it is missing
   */
  public static String text(RoutingContext call, String parameter) throws Malformed {
    return text(said(call), parameter);
  }

  private static MultiMap said(RoutingContext call) throws Malformed {
    MultiMap said = MultiMap.caseInsensitiveMultiMap().addAll(call.queryParams());
    String type = Optional.ofNullable(call.request().getHeader("Content-Type")).orElse("");
    if (type.contains("json") && call.body() != null && call.body().length() > 0) {
      try {
        JsonObject body = call.body().asJsonObject();
        for (Object one : Optional.ofNullable(body.getJsonArray("parameter")).orElse(new JsonArray())) {
          add(said, (JsonObject) one);
        }
      } catch (DecodeException | ClassCastException e) {
        throw new Malformed("Parameters", "不是 FHIR Parameters 资源", "is no FHIR Parameters resource");
      }
    } else if (call.request().formAttributes() != null) {
      said.addAll(call.request().formAttributes());
    }
    return said;
  }

  private static void add(MultiMap said, JsonObject parameter) {
    String name = parameter.getString("name");
    for (String key : parameter.fieldNames()) {
      if (name != null && key.startsWith("value")) {
        Object value = parameter.getValue(key);
        said.add(name, value instanceof JsonObject token
            ? (token.getString("system") == null ? "" : token.getString("system") + "|") + token.getString("value") : String.valueOf(value));
      }
    }
  }

  private static String text(MultiMap said, String parameter) throws Malformed {
    String text = said.get(parameter);
    if (text == null || text.isBlank()) {
      throw Malformed.missing(parameter);
    }
    return text.trim();
  }

  /** For each of the patient's numbers that a call names, what may be meant by it; at least one. */
  List<List<Identifier>> patient(RoutingContext call) throws Malformed {
    return patient(said(call));
  }

  private List<List<Identifier>> patient(MultiMap said) throws Malformed {
    List<List<Identifier>> patient = new ArrayList<>();
    List<String> tokens = new ArrayList<>(said.getAll("identifier"));
    tokens.addAll(said.getAll("patient.identifier"));
    for (String token : tokens) {
      List<Identifier> meant = meant(token);
      if (meant.isEmpty()) {
        throw new Malformed("identifier", "没有号码", "has no value");
      }
      patient.add(meant);
    }
    if (patient.isEmpty()) {
      throw Malformed.missing("identifier");
    }
    return patient;
  }

  /** What may be meant by {@code URI|value}, {@code AUTHORITY|value} or a bare value; empty if there is no value. */
  public List<Identifier> meant(String token) {
    int bar = token.lastIndexOf('|');
    String value = token.substring(bar + 1).trim();
    return value.isEmpty() ? List.of() : meant(bar < 0 ? "" : token.substring(0, bar).trim(), value);
  }

  /** @param system a URI, an authority as the HIS has it, or "" */
  List<Identifier> meant(String system, String value) {
    return system.indexOf(':') > 0 ? List.of(new Identifier(system, value)) : numbers.apply(system, value);
  }

  /** The staff number that a call names, which stands in the audit. */
  Optional<String> staff(RoutingContext call) throws Malformed {
    Optional<String> staff = Optional.ofNullable(said(call).get("practitioner"));
    if (staff.isPresent() && !KeepConsent.isStaff(staff.get())) {
      throw new Malformed("practitioner", "不是工号", "is no staff number");
    }
    return staff;
  }

  private static Set<Section> sections(MultiMap said) throws Malformed {
    Set<Section> sections = EnumSet.noneOf(Section.class);
    for (String list : said.getAll("section")) {
      for (String one : list.split(",")) {
        sections.add(Section.named(one.trim()).orElseThrow(() -> new Malformed("section",
            "应为 visits、diagnoses、procedures、medications、allergies、results、reports 之一",
            "is one of visits, diagnoses, procedures, medications, allergies, results, reports")));
      }
    }
    return sections;
  }

  private static LocalDate day(MultiMap said, String parameter) throws Malformed {
    try {
      return Optional.ofNullable(said.get(parameter)).map(LocalDate::parse).orElse(null);
    } catch (DateTimeException e) {
      throw new Malformed(parameter, "应写作 2026-11-28", "is written 2026-11-28");
    }
  }

  private static Instant confirmed(MultiMap said) throws Malformed {
    try {
      return Optional.ofNullable(said.get("confirmed")).map(text -> OffsetDateTime.parse(text).toInstant()).orElse(null);
    } catch (DateTimeException e) {
      throw new Malformed("confirmed", "应写作 2026-11-28T09:00:00+08:00", "is written 2026-11-28T09:00:00+08:00");
    }
  }
}
