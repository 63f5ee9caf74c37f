package io.emrgateway.mappings;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Messages to try the mapping on, and bundles read back by something that is not our writer. */
public final class Samples {
  public static final Site SITE = Site.standard("H-0104");
  public static final Mapping MAPPING = Mapping.shipped();

  private Samples() {}

  /** Our own messages, which are part of the project. */
  public static List<Path> own() {
    return messagesIn(Path.of("src/test/resources/messages"));
  }

  /** The development corpus beside the project; empty where it is not there. */
  public static List<Path> corpus() {
    for (String place : new String[] {"../shared/corpus/dev", "../../shared/corpus/dev"}) {
      if (Files.isDirectory(Path.of(place))) {
        return messagesIn(Path.of(place));
      }
    }
    return List.of();
  }

  private static List<Path> messagesIn(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".hl7")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One of our own messages by the beginning of its name. */
  public static String own(String name) {
    return own().stream().filter(f -> f.getFileName().toString().startsWith(name)).findFirst().map(Samples::text)
        .orElseThrow();
  }

  /** The text of a message, decoded by MSH-18 where it names a Chinese set, else UTF-8, else GB18030, else Latin-1. */
  public static String text(Path file) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      String head = new String(bytes, 0, Math.min(bytes.length, 600), StandardCharsets.ISO_8859_1);
      List<String> order = new ArrayList<>(List.of("UTF-8", "GB18030", "ISO-8859-1"));
      if (head.contains("GB 18030") || head.contains("GBK")) {
        order.add(0, "GB18030");
      }
      for (String charset : order) {
        try {
          return Charset.forName(charset).newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
          // The next one.
        }
      }
      throw new IllegalStateException("Latin-1 decodes everything.");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Mapped mapped(String text) {
    return MAPPING.map(text, SITE, "b-1");
  }

  /** The bundle of one of our own messages, read back. */
  public static Map<String, Object> bundle(String text) {
    return bundle(mapped(text));
  }

  /** A bundle, read back. */
  @SuppressWarnings("unchecked")
  public static Map<String, Object> bundle(Mapped mapped) {
    return (Map<String, Object>) json(mapped.bundle());
  }

  /** The resources of a type in a bundle. */
  @SuppressWarnings("unchecked")
  public static List<Map<String, Object>> resources(Map<String, Object> bundle, String type) {
    List<Map<String, Object>> out = new ArrayList<>();
    for (Map<String, Object> entry : entries(bundle)) {
      Map<String, Object> resource = (Map<String, Object>) entry.get("resource");
      if (type.equals(resource.get("resourceType"))) {
        out.add(resource);
      }
    }
    return out;
  }

  /** The one resource of a type in a bundle. */
  public static Map<String, Object> only(Map<String, Object> bundle, String type) {
    List<Map<String, Object>> all = resources(bundle, type);
    assertThat(all).as(type).hasSize(1);
    return all.get(0);
  }

  /** The resource that a reference of this bundle means. */
  public static Object target(Map<String, Object> bundle, Object reference) {
    return entries(bundle).stream().filter(entry -> entry.get("fullUrl").equals(at(reference, "reference")))
        .findFirst().map(entry -> entry.get("resource")).orElseThrow();
  }

  @SuppressWarnings("unchecked")
  public static List<Map<String, Object>> entries(Map<String, Object> bundle) {
    return (List<Map<String, Object>>) bundle.get("entry");
  }

  /** Follows names and list positions, e.g. {@code at(patient, "name", 0, "text")}; null when nothing is there. */
  public static Object at(Object from, Object... path) {
    Object now = from;
    for (Object step : path) {
      if (now instanceof Map<?, ?> map) {
        now = map.get(step);
      } else if (now instanceof List<?> list && step instanceof Integer i) {
        now = i < list.size() ? list.get(i) : null;
      } else {
        return null;
      }
    }
    return now;
  }

  /** JSON as maps, lists, strings and booleans; numbers as the text they were written in. */
  public static Object json(byte[] bytes) {
    try (JsonParser parser = new JsonFactory().createParser(bytes)) {
      parser.nextToken();
      return value(parser);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Object value(JsonParser parser) throws IOException {
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      Map<String, Object> map = new LinkedHashMap<>();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        parser.nextToken();
        map.put(name, value(parser));
      }
      return map;
    }
    if (parser.currentToken() == JsonToken.START_ARRAY) {
      List<Object> list = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        list.add(value(parser));
      }
      return list;
    }
    return switch (parser.currentToken()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> parser.getText();
    };
  }
}
