package io.emrgateway.agent.his;

import io.emrgateway.routes.core.lookup.Practitioner;
import io.emrgateway.routes.core.records.Identifier;
import io.emrgateway.routes.core.reminders.Remind.Asking;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * A CDS Hooks call, as far as reminders need it.
 *
 * <p>Whom it is about: every number of {@code prefetch.patient}; without it {@code context.patientId}, written
 * {@code system|value}, {@code authority|value} or as the hospital's own number alone. The visit: a number of
 * {@code prefetch.encounter}, else {@code context.encounterId}. The doctor: {@code prefetch.user}, else
 * {@code context.userId} behind its slash. The department: what {@code prefetch.encounter} calls its service or place.
 *
 * @param draft a bundle as UTF-8 JSON, or null
 * @param selections ids of the orders that were just chosen; empty for all
 */
record HookCall(String hook, Asking asking, byte[] draft, Set<String> selections) {
  private static final int LENGTH_MAX = 200;
  /** Refused as any other question that lacks it: nobody asks in a name or for a department that was not said. */
  private static final String UNSAID = "";

  /** A field that is missing or not of its form; never with its value. */
  static final class Malformed extends RuntimeException {
    private static final long serialVersionUID = 1L;
    final String field;

    Malformed(String field) {
      super(field, null, false, false);
      this.field = field;
    }
  }

  /**
   * @param numbers what may be meant by a number that is named without a URI: authority (or "") and value
   * @throws Malformed with the first field that is not right
   */
  static HookCall of(JsonObject body, BiFunction<String, String, List<Identifier>> numbers) {
    JsonObject context = object(body, "context");
    if (context == null) {
      throw new Malformed("context");
    }
    if (text(body, "hookInstance") == null) {
      throw new Malformed("hookInstance");
    }
    JsonObject prefetch = Objects.requireNonNullElse(object(body, "prefetch"), new JsonObject());
    JsonObject encounter = object(prefetch, "encounter");
    JsonObject draft = object(context, "draftOrders");
    Set<String> selections = new HashSet<>();
    JsonArray selected = array(context, "selections");
    for (Object one : selected) {
      selections.add(String.valueOf(one));
    }
    return new HookCall(text(body, "hook"),
        new Asking(patient(object(prefetch, "patient"), text(context, "patientId"), numbers), visit(encounter, text(context, "encounterId")),
            doctor(object(prefetch, "user"), text(context, "userId")), department(encounter)),
        draft == null ? null : draft.toBuffer().getBytes(), selections);
  }

  private static List<Identifier> patient(JsonObject patient, String id, BiFunction<String, String, List<Identifier>> numbers) {
    List<Identifier> all = new ArrayList<>();
    for (Object one : patient == null ? new JsonArray() : array(patient, "identifier")) {
      if (one instanceof JsonObject identifier && text(identifier, "value") != null) {
        all.addAll(meant(text(identifier, "system"), text(identifier, "value"), numbers));
      }
    }
    if (all.isEmpty() && id != null) {
      int bar = id.lastIndexOf('|');
      all.addAll(meant(bar < 0 ? "" : id.substring(0, bar), id.substring(bar + 1), numbers));
    }
    if (all.isEmpty()) {
      throw new Malformed("context.patientId");
    }
    return all.stream().distinct().toList();
  }

  private static List<Identifier> meant(String system, String value, BiFunction<String, String, List<Identifier>> numbers) {
    return system != null && system.indexOf(':') > 0 ? List.of(new Identifier(system, value))
        : value.isBlank() ? List.of() : numbers.apply(system == null ? "" : system, value.strip());
  }

  private static String visit(JsonObject encounter, String id) {
    for (Object one : encounter == null ? new JsonArray() : array(encounter, "identifier")) {
      if (one instanceof JsonObject identifier && text(identifier, "value") != null) {
        return text(identifier, "value");
      }
    }
    return id == null ? "" : behindSlash(id);
  }

  private static Practitioner doctor(JsonObject user, String userId) {
    String id = null;
    String name = null;
    for (Object one : user == null ? new JsonArray() : array(user, "identifier")) {
      id = id == null && one instanceof JsonObject identifier ? text(identifier, "value") : id;
    }
    for (Object one : user == null ? new JsonArray() : array(user, "name")) {
      if (name == null && one instanceof JsonObject human) {
        String parts = Objects.toString(text(human, "family"), "") + given(human);
        name = text(human, "text") != null ? text(human, "text") : parts.isEmpty() ? null : parts;
      }
    }
    id = id == null && userId != null ? behindSlash(userId) : id;
    if (id == null) {
      throw new Malformed("context.userId");
    }
    return new Practitioner(id, name == null ? UNSAID : name);
  }

  private static String given(JsonObject human) {
    StringBuilder given = new StringBuilder();
    array(human, "given").forEach(given::append);
    return given.toString();
  }

  private static String department(JsonObject encounter) {
    if (encounter == null) {
      return UNSAID;
    }
    JsonObject service = object(encounter, "serviceType");
    String said = service == null ? null : text(service, "text");
    for (Object one : service == null ? new JsonArray() : array(service, "coding")) {
      said = said == null && one instanceof JsonObject coding ? text(coding, "display") : said;
    }
    for (Object one : array(encounter, "location")) {
      JsonObject place = one instanceof JsonObject location ? object(location, "location") : null;
      said = said == null && place != null ? text(place, "display") : said;
    }
    JsonObject provider = object(encounter, "serviceProvider");
    said = said == null && provider != null ? text(provider, "display") : said;
    return said == null ? UNSAID : said;
  }

  private static String behindSlash(String reference) {
    return reference.substring(reference.lastIndexOf('/') + 1);
  }

  private static JsonObject object(JsonObject from, String name) {
    return typed(from, name, value -> value instanceof JsonObject object ? object : null);
  }

  private static JsonArray array(JsonObject from, String name) {
    JsonArray array = typed(from, name, value -> value instanceof JsonArray list ? list : null);
    return array == null ? new JsonArray() : array;
  }

  private static String text(JsonObject from, String name) {
    return typed(from, name, value -> value instanceof String text && !text.isBlank() && text.length() <= LENGTH_MAX ? text.strip() : null);
  }

  /** Null where nothing is there, as where something else is. */
  private static <T> T typed(JsonObject from, String name, Function<Object, T> as) {
    return as.apply(from.getValue(name));
  }
}
