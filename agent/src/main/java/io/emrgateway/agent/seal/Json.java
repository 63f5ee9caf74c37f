package io.emrgateway.agent.seal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.emrgateway.agent.seal.SealRefused.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * JSON of the city contract, read strictly and written to the byte.
 *
 * <p>UTF-8 that decodes, one object and nothing after it, no key twice, numbers that are integers from 0
 * to 2^53 - 1, and no key that its reader did not ask for.
 */
public final class Json {
  static final long NUMBER_MAX = (1L << 53) - 1;

  private static final JsonFactory FACTORY = JsonFactory.builder()
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(16).build())
      .build();

  private static final ZoneOffset BEIJING = ZoneOffset.ofHours(8);
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSxxx");

  private Json() {}

  /** What stands for a JSON null, which a map cannot hold apart from "not there". */
  private enum Null { NULL }

  /**
   * @param name what this is, for places: "receipt" gives "receipt.prevCh"
   * @throws SealRefused {@code seal.json-broken}
   */
  public static Fields read(byte[] utf8, String name) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw new SealRefused(Reason.JSON_BROKEN, name);
    }
    try (JsonParser parser = FACTORY.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new SealRefused(Reason.JSON_BROKEN, name);
      }
      Map<String, Object> object = object(parser, name);
      if (parser.nextToken() != null) {
        throw new SealRefused(Reason.JSON_BROKEN, name);
      }
      return new Fields(object, name);
    } catch (IOException e) {
      throw new SealRefused(Reason.JSON_BROKEN, name);
    }
  }

  private static Map<String, Object> object(JsonParser parser, String name) throws IOException {
    Map<String, Object> object = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      parser.nextToken();
      object.put(key, value(parser, name));
    }
    return object;
  }

  private static Object value(JsonParser parser, String name) throws IOException {
    switch (parser.currentToken()) {
      case START_OBJECT:
        return object(parser, name);
      case START_ARRAY:
        List<Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(parser, name));
        }
        return list;
      case VALUE_STRING:
        return parser.getText();
      case VALUE_NUMBER_INT:
        String digits = parser.getText();
        if (digits.length() > 16 || digits.startsWith("-") || Long.parseLong(digits) > NUMBER_MAX) {
          throw new SealRefused(Reason.JSON_BROKEN, name);
        }
        return Long.valueOf(digits);
      case VALUE_NULL:
        return Null.NULL;
      case VALUE_TRUE, VALUE_FALSE:
        return parser.getBooleanValue();
      default: // fractions: the contract has none
        throw new SealRefused(Reason.JSON_BROKEN, name);
    }
  }

  /** An object being read: each key is asked for once, and {@link #end} refuses what nobody asked for. */
  public static final class Fields {
    private final Map<String, Object> left;
    private final String name;

    private Fields(Map<String, Object> left, String name) {
      this.left = left;
      this.name = name;
    }

    String place(String key) {
      return name + "." + key;
    }

    /** The refusal of what stands under a key, by its place. */
    public SealRefused broken(String key) {
      return new SealRefused(Reason.JSON_BROKEN, place(key));
    }

    private <T> T take(String key, Class<T> type) {
      Object value = left.remove(key);
      if (!type.isInstance(value)) {
        throw broken(key);
      }
      return type.cast(value);
    }

    /** Whether there is such a key that nobody has asked for yet. */
    public boolean has(String key) {
      return left.containsKey(key);
    }

    /** A string. */
    public String text(String key) {
      return take(key, String.class);
    }

    void literal(String key, String only) {
      if (!text(key).equals(only)) {
        throw broken(key);
      }
    }

    /** Takes {@code "v":1}, the only version there is. */
    public void version1() {
      if (number("v") != 1) {
        throw broken("v");
      }
    }

    /** Whether there is a null; then it has been asked for. */
    public boolean isNull(String key) {
      return left.remove(key, Null.NULL);
    }

    /** A string, or a null. */
    public Optional<String> textOrNull(String key) {
      return isNull(key) ? Optional.empty() : Optional.of(text(key));
    }

    /** A string in base64, as octets. */
    public byte[] base64(String key) {
      return decoded(key, text(key));
    }

    /** Base64 that was read under a key, as octets. */
    byte[] decoded(String key, String base64) {
      try {
        return Base64.getDecoder().decode(base64);
      } catch (IllegalArgumentException e) {
        throw broken(key);
      }
    }

    /** True or false. */
    public boolean truth(String key) {
      return take(key, Boolean.class);
    }

    /** An integer from 0 to 2^53 - 1. */
    public long number(String key) {
      return take(key, Long.class);
    }

    /** 64 lower-case hex digits. */
    public String hash(String key) {
      String hash = text(key);
      if (!Suite.isHash(hash)) {
        throw broken(key);
      }
      return hash;
    }

    /** ISO 8601 with an offset. */
    public OffsetDateTime time(String key) {
      try {
        return OffsetDateTime.parse(text(key));
      } catch (DateTimeException e) {
        throw broken(key);
      }
    }

    /** An object, to be read to its own {@link #end}. */
    public Fields object(String key) {
      Object value = left.remove(key);
      return asObject(value, key);
    }

    private Fields asObject(Object value, String key) {
      if (!(value instanceof Map<?, ?> map)) {
        throw broken(key);
      }
      Map<String, Object> copy = new LinkedHashMap<>();
      map.forEach((k, v) -> copy.put((String) k, v));
      return new Fields(copy, place(key));
    }

    Range range(String key) {
      List<?> pair = take(key, List.class);
      if (pair.size() == 2 && pair.get(0) instanceof Long first && pair.get(1) instanceof Long last
          && first <= last + 1) {
        return new Range(first, last);
      }
      throw broken(key);
    }

    /** An array of strings. */
    public List<String> texts(String key) {
      List<String> texts = new ArrayList<>();
      for (Object element : take(key, List.class)) {
        if (!(element instanceof String text)) {
          throw broken(key);
        }
        texts.add(text);
      }
      return texts;
    }

    /** An array of objects, each read to its end. */
    public <T> List<T> objects(String key, Function<Fields, T> read) {
      List<T> objects = new ArrayList<>();
      for (Object element : take(key, List.class)) {
        Fields fields = asObject(element, key);
        objects.add(read.apply(fields));
        fields.end();
      }
      return objects;
    }

    /** Refuses what nobody has asked for. */
    public void end() {
      if (!left.isEmpty()) {
        // A key's name is the city's word, not ours to repeat.
        throw new SealRefused(Reason.JSON_BROKEN, name);
      }
    }
  }

  /** ISO 8601 with milliseconds at +08:00. */
  public static String time(OffsetDateTime time) {
    return time.withOffsetSameInstant(BEIJING).format(TIME);
  }

  /**
   * Appends a JSON string: only what JSON demands is escaped, and half of a surrogate pair, which UTF-8
   * cannot carry.
   */
  public static StringBuilder quote(StringBuilder out, String text) {
    out.append('"');
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20 || Character.isSurrogate(c) && !paired(text, at)) {
        out.append("\\u").append(Character.forDigit(c >> 12, 16)).append(Character.forDigit(c >> 8 & 15, 16))
            .append(Character.forDigit(c >> 4 & 15, 16)).append(Character.forDigit(c & 15, 16));
      } else {
        out.append(c);
      }
    }
    return out.append('"');
  }

  private static boolean paired(String text, int at) {
    return Character.isHighSurrogate(text.charAt(at))
        ? at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1))
        : at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
  }
}
