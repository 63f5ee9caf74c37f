package io.emrgateway.city;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** JSON as the contract wants it: UTF-8 and nothing else, no key twice, nothing after the value. */
final class Json {
  /** Integers stay exact in every language, JavaScript's doubles included. */
  static final long INTEGER_MAX = (1L << 53) - 1;

  /** ISO 8601 with milliseconds and Beijing's offset written out. */
  private static final Pattern TIME =
      Pattern.compile("\\d{4}-[01]\\d-[0-3]\\dT[0-2]\\d:[0-5]\\d:[0-6]\\d\\.\\d{3}\\+08:00");

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              // One base64 string may be nearly the whole of a 32 MiB body.
              StreamReadConstraints.builder().maxStringLength(Limits.BODY_ALONE_BYTES_MAX).build())
          .build();

  static final ObjectMapper MAPPER =
      JsonMapper.builder(FACTORY).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private Json() {}

  /** The object that {@code json} holds, or {@link Refused} with {@code broken}. */
  static ObjectNode object(byte[] json, Rule broken) {
    try {
      if (isUtf8Object(json, 0, json.length) && MAPPER.readTree(json) instanceof ObjectNode object) {
        return object;
      }
      throw new Refused(broken);
    } catch (IOException e) {
      throw new Refused(broken);
    }
  }

  /** A parser at the beginning of a text for which {@link #isUtf8Object} has to hold. */
  static JsonParser parser(byte[] json) throws IOException {
    return FACTORY.createParser(json);
  }

  /**
   * True if {@code json} is well-formed UTF-8 and begins like an object.
   *
   * <p>Asked before the parser sees the bytes, because the parser would also take UTF-16, a byte order mark, and
   * overlong forms inside strings, and two readers of one signed text could then read two things.
   */
  static boolean isUtf8Object(byte[] json, int from, int to) {
    int at = from;
    while (at < to && (json[at] == ' ' || json[at] == '\t' || json[at] == '\r' || json[at] == '\n')) {
      at++;
    }
    if (at == to || json[at] != '{') {
      return false;
    }
    for (int k = from; k < Math.min(to, from + 4); k++) {
      if (json[k] == 0) {
        return false;
      }
    }
    // What is not well-formed is read as U+FFFD; that itself may stand there too, so then it is looked at closely.
    if (new String(json, from, to - from, StandardCharsets.UTF_8).indexOf('\uFFFD') < 0) {
      return true;
    }
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(json, from, to - from);
    CharBuffer out = CharBuffer.allocate(Math.min(to - from, 4096) + 1);
    while (true) {
      CoderResult result = decoder.decode(in, out, true);
      if (result.isUnderflow()) {
        return true;
      }
      if (result.isError()) {
        return false;
      }
      out.clear();
    }
  }

  static String text(JsonNode node) {
    return node.toString();
  }

  static byte[] bytes(JsonNode node) {
    return node.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** True if {@code value} is 64 lower-case hex digits. */
  static boolean isHash(String value) {
    if (value == null || value.length() != 64) {
      return false;
    }
    for (int k = 0; k < 64; k++) {
      char c = value.charAt(k);
      if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
        return false;
      }
    }
    return true;
  }

  static boolean isTime(String value) {
    return value != null && TIME.matcher(value).matches();
  }

  /**
   * The value at the parser if it is an integer from {@code min} below 2^53, written without fraction or exponent.
   */
  static long integer(JsonParser parser, long min, Refused otherwise) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
        || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      throw otherwise;
    }
    long value = parser.getLongValue();
    if (value < min || value > INTEGER_MAX) {
      throw otherwise;
    }
    return value;
  }

  /** Reads the members of one object by name, each in its own form, and says where one has the wrong form. */
  static final class Members {
    private final JsonNode object;
    private final String place;

    Members(JsonNode object, String place) {
      if (object == null || !object.isObject()) {
        throw new Refused(Rule.HEADER_VALUE, place);
      }
      this.object = object;
      this.place = place;
    }

    /** Every key is there and no other; their order is free. */
    Members exactly(Set<String> keys) {
      Set<String> found = new TreeSet<>();
      object.fieldNames().forEachRemaining(found::add);
      if (!found.equals(new TreeSet<>(keys))) {
        throw new Refused(Rule.HEADER_KEYS, place);
      }
      return this;
    }

    boolean has(String key) {
      return object.has(key);
    }

    Members members(String key) {
      return new Members(object.get(key), place + "." + key);
    }

    String string(String key) {
      JsonNode value = object.get(key);
      if (value == null || !value.isTextual() || value.textValue().isEmpty() || value.textValue().length() > 200) {
        throw wrong(key);
      }
      return value.textValue();
    }

    String hash(String key) {
      String value = string(key);
      if (!isHash(value)) {
        throw wrong(key);
      }
      return value;
    }

    String time(String key) {
      String value = string(key);
      if (!isTime(value)) {
        throw wrong(key);
      }
      return value;
    }

    String timeOrNull(String key) {
      return object.get(key) != null && object.get(key).isNull() ? null : time(key);
    }

    long integer(String key, long min) {
      return integer(object.get(key), min, key);
    }

    /** Two integers that mark a range, both ends included; empty if the second is one less than the first. */
    Range range(String key) {
      JsonNode value = object.get(key);
      if (value == null || !value.isArray() || value.size() != 2) {
        throw wrong(key);
      }
      return range(integer(value.get(0), 1, key), integer(value.get(1), 0, key), key);
    }

    Range range(long from, long to, String key) {
      if (to < from - 1) {
        throw wrong(key);
      }
      return new Range(from, to);
    }

    JsonNode array(String key) {
      JsonNode value = object.get(key);
      if (value == null || !value.isArray()) {
        throw wrong(key);
      }
      return value;
    }

    long integer(JsonNode value, long min, String key) {
      if (value == null
          || !value.isIntegralNumber()
          || !value.canConvertToLong()
          || value.longValue() < min
          || value.longValue() > INTEGER_MAX) {
        throw wrong(key);
      }
      return value.longValue();
    }

    Refused wrong(String key) {
      return new Refused(Rule.HEADER_VALUE, place + "." + key);
    }
  }

  /** Numbers from {@code from} to {@code to}, both included; none if {@code to} is {@code from - 1}. */
  record Range(long from, long to) {
    long size() {
      return to - from + 1;
    }
  }
}
