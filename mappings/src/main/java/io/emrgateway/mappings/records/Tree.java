package io.emrgateway.mappings.records;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.emrgateway.mappings.fhir.Json;
import io.emrgateway.mappings.records.RecordsRefused.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One resource as maps, lists, strings, truth values and numbers, which stay as they are spelt: 0.50 is not 0.5.
 *
 * <p>Only one resource at a time is a tree, because a tree takes ten times the room of its text.
 */
public final class Tree {
  /** FHIR nests some ten deep; more is an attack on whoever reads by recursion. */
  private static final int DEPTH_MAX = 64;
  private static final int STRING_MAX = 16 << 20;

  private static final JsonFactory JSON = JsonFactory.builder()
      .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).maxStringLength(STRING_MAX)
          .maxNumberLength(100).maxNameLength(200).build())
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
      .build();

  /** A number as it is spelt. */
  public record Number(String spelt) {}

  private Tree() {}

  /** Reads what is at hand with one parser, and names the place when it cannot be read. */
  interface Reading {
    void from(JsonParser parser) throws IOException;
  }

  /** For whoever reads a part of something large by another hand. */
  static JsonParser parser(InputStream json) throws IOException {
    return JSON.createParser(json);
  }

  static void read(byte[] json, Reading reading) {
    try (JsonParser parser = JSON.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new RecordsRefused(Reason.UNREADABLE, "octet 0");
      }
      try {
        reading.from(parser);
        if (parser.nextToken() != null) {
          throw new RecordsRefused(Reason.UNREADABLE, octet(parser));
        }
      } catch (IOException e) {
        throw new RecordsRefused(Reason.UNREADABLE, octet(parser)); // Its own text shows what stands there.
      }
    } catch (IOException e) {
      throw new RecordsRefused(Reason.UNREADABLE, "octet 0");
    }
  }

  private static String octet(JsonParser parser) {
    return "octet " + parser.currentLocation().getByteOffset();
  }

  /**
   * A resource of our own writing.
   *
   * @throws RecordsRefused {@code UNREADABLE}
   */
  public static Map<String, Object> of(byte[] json) {
    List<Map<String, Object>> read = new ArrayList<>(1);
    read(json, parser -> read.add(object(parser)));
    return read.get(0);
  }

  /** The object that the parser has just begun. */
  static Map<String, Object> object(JsonParser parser) throws IOException {
    Map<String, Object> map = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      if (!isName(name)) {
        throw new RecordsRefused(Reason.UNREADABLE, octet(parser));
      }
      parser.nextToken();
      map.put(name, value(parser));
    }
    return map;
  }

  /** What the parser stands at. */
  static Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(parser));
        }
        yield list;
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_TRUE -> Boolean.TRUE;
      case VALUE_FALSE -> Boolean.FALSE;
      case VALUE_NULL -> null;
      default -> new Number(parser.getText());
    };
  }

  /** FHIR's names need no escapes; the writer relies on it. */
  private static boolean isName(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_')) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  /** @param expected size in bytes; more is possible */
  public static byte[] bytes(Map<String, Object> tree, int expected) {
    Json json = new Json(expected);
    write(tree, json);
    return json.bytes();
  }

  static void write(Object value, Json json) {
    if (value instanceof Map<?, ?> map) {
      json.object();
      map.forEach((name, member) -> {
        json.name((String) name);
        write(member, json);
      });
      json.endObject();
    } else if (value instanceof List<?> list) {
      json.array();
      list.forEach(item -> write(item, json));
      json.endArray();
    } else if (value instanceof String text) {
      json.text(text);
    } else {
      json.plain(value instanceof Number number ? number.spelt : String.valueOf(value));
    }
  }

  /** Follows names, the first of a list where one is met; null when nothing is there. */
  public static Object at(Object from, String... names) {
    Object now = from;
    for (String name : names) {
      if (now instanceof List<?> list) {
        now = list.isEmpty() ? null : list.get(0);
      }
      now = now instanceof Map<?, ?> map ? map.get(name) : null;
    }
    return now;
  }

  /** A string, or null. */
  public static String text(Object from, String... names) {
    return at(from, names) instanceof String text ? text : null;
  }

  /** A number as it is spelt, a string or a truth value; null for anything else. */
  public static String spelt(Object value) {
    return value instanceof Number number ? number.spelt : value instanceof String || value instanceof Boolean ? value.toString() : null;
  }

  /** The items of a list that are objects. */
  public static List<Map<String, Object>> objects(Object from, String... names) {
    List<Map<String, Object>> objects = new ArrayList<>();
    if (at(from, names) instanceof List<?> list) {
      for (Object item : list) {
        if (item instanceof Map<?, ?> map) {
          objects.add(cast(map));
        }
      }
    }
    return objects;
  }

  /** An object's member that is an object, or null. */
  public static Map<String, Object> member(Object from, String name) {
    return at(from, name) instanceof Map<?, ?> map ? cast(map) : null;
  }

  @SuppressWarnings("unchecked") // Only this class makes them, always with names of strings.
  static Map<String, Object> cast(Map<?, ?> map) {
    return (Map<String, Object>) map;
  }

  /** An object of these members; those of null are left out. */
  public static Map<String, Object> object(Object... namesAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      if (namesAndValues[i + 1] != null) {
        map.put((String) namesAndValues[i], namesAndValues[i + 1]);
      }
    }
    return map;
  }

  /** A list that may still grow. */
  public static List<Object> list(Object... items) {
    return new ArrayList<>(List.of(items));
  }

  /** Adds to a list, which is begun where there is none. */
  @SuppressWarnings("unchecked")
  static void add(Map<String, Object> to, String name, Object item) {
    if (!(to.get(name) instanceof List<?>)) {
      to.put(name, new ArrayList<>()); // In place of anything that should have been a list, too.
    }
    ((List<Object>) to.get(name)).add(item);
  }

  static Map<String, Object> absent(String reason) {
    return object("extension", list(object(
        "url", "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode", reason)));
  }
}
