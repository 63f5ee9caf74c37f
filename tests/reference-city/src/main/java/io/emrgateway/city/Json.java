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
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
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
    private final Rule keys;
    private final Rule value;

    /** Of a batch's header. */
    Members(JsonNode object, String place) {
      this(object, place, Rule.HEADER_KEYS, Rule.HEADER_VALUE);
    }

    /**
     * @param keys the rule that a missing or unknown key breaks
     * @param value the rule that a value of the wrong form breaks
     */
    Members(JsonNode object, String place, Rule keys, Rule value) {
      this.keys = keys;
      this.value = value;
      this.place = place;
      this.object = object;
      if (object == null || !object.isObject()) {
        throw new Refused(value, place);
      }
    }

    /** Every key is there and no other; their order is free. */
    Members exactly(Set<String> names) {
      Set<String> found = new TreeSet<>();
      object.fieldNames().forEachRemaining(found::add);
      if (!found.equals(new TreeSet<>(names))) {
        throw new Refused(keys, place);
      }
      return this;
    }

    boolean has(String key) {
      return object.has(key);
    }

    boolean isNull(String key) {
      return object.get(key) != null && object.get(key).isNull();
    }

    Members members(String key) {
      return new Members(object.get(key), place + "." + key, keys, value);
    }

    Members membersOrNull(String key) {
      return isNull(key) ? null : members(key);
    }

    /** The objects of a list, which has from {@code min} to {@code max} of them. */
    List<Members> list(String key, int min, int max) {
      JsonNode array = array(key);
      if (array.size() < min || array.size() > max) {
        throw wrong(key);
      }
      List<Members> list = new ArrayList<>();
      array.forEach(one -> list.add(new Members(one, place + "." + key + "." + list.size(), keys, value)));
      return list;
    }

    /** 1 to 200 characters. */
    String string(String key) {
      return string(key, 1, 200);
    }

    String string(String key, int min, int max) {
      JsonNode text = object.get(key);
      if (text == null || !text.isTextual() || text.textValue().length() < min || text.textValue().length() > max) {
        throw wrong(key);
      }
      return text.textValue();
    }

    String stringOrNull(String key, int min, int max) {
      return isNull(key) ? null : string(key, min, max);
    }

    /** A list of texts, none of them twice, each one of {@code allowed}. */
    Set<String> words(String key, Set<String> allowed) {
      Set<String> words = new LinkedHashSet<>();
      for (JsonNode word : array(key)) {
        if (!word.isTextual() || !allowed.contains(word.textValue()) || !words.add(word.textValue())) {
          throw wrong(key);
        }
      }
      return words;
    }

    Instant instant(String key) {
      try {
        return Times.instant(time(key));
      } catch (DateTimeException e) {
        throw wrong(key);
      }
    }

    Instant instantOrNull(String key) {
      return isNull(key) ? null : instant(key);
    }

    LocalDate day(String key) {
      try {
        return LocalDate.parse(string(key, 10, 10));
      } catch (DateTimeException e) {
        throw wrong(key);
      }
    }

    LocalDate dayOrNull(String key) {
      return isNull(key) ? null : day(key);
    }

    String hashOrNull(String key) {
      return isNull(key) ? null : hash(key);
    }

    String hash(String key) {
      String hash = string(key);
      if (!isHash(hash)) {
        throw wrong(key);
      }
      return hash;
    }

    String time(String key) {
      String time = string(key);
      if (!isTime(time)) {
        throw wrong(key);
      }
      return time;
    }

    String timeOrNull(String key) {
      return object.get(key) != null && object.get(key).isNull() ? null : time(key);
    }

    long integer(String key, long min) {
      return integer(object.get(key), min, key);
    }

    /** Two integers that mark a range, both ends included; empty if the second is one less than the first. */
    Range range(String key) {
      JsonNode pair = object.get(key);
      if (pair == null || !pair.isArray() || pair.size() != 2) {
        throw wrong(key);
      }
      return range(integer(pair.get(0), 1, key), integer(pair.get(1), 0, key), key);
    }

    Range range(long from, long to, String key) {
      if (to < from - 1) {
        throw wrong(key);
      }
      return new Range(from, to);
    }

    JsonNode array(String key) {
      JsonNode array = object.get(key);
      if (array == null || !array.isArray()) {
        throw wrong(key);
      }
      return array;
    }

    long integer(JsonNode number, long min, String key) {
      if (number == null
          || !number.isIntegralNumber()
          || !number.canConvertToLong()
          || number.longValue() < min
          || number.longValue() > INTEGER_MAX) {
        throw wrong(key);
      }
      return number.longValue();
    }

    Refused wrong(String key) {
      return new Refused(value, place + "." + key);
    }
  }

  /** Numbers from {@code from} to {@code to}, both included; none if {@code to} is {@code from - 1}. */
  record Range(long from, long to) {
    long size() {
      return to - from + 1;
    }
  }
}
