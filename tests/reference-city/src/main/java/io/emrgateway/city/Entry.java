package io.emrgateway.city;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One line of a batch: the account of one input. Either it was delivered and has a body, or it says why not.
 *
 * @param i the admission number
 * @param n the body's number, or 0 if there is none
 * @param body {@code H(03|body)} in hex, or null
 * @param length of the body in bytes, or 0
 * @param received when the hospital's system handed the message over, or null
 * @param why {@code quarantined}, {@code filtered:<rule>} or {@code duplicate-of:<i>}; null if there is a body
 */
record Entry(
    long i, long n, String raw, String body, int length, String type, String control, String received, String why) {
  static final String QUARANTINED = "quarantined";

  private static final Pattern FILTERED = Pattern.compile("filtered:[\\x21-\\x7e]{1,150}");
  private static final Pattern DUPLICATE = Pattern.compile("duplicate-of:([1-9][0-9]{0,15})");

  // One bit per key, so that a missing one is seen without a set.
  private static final int I = 1;
  private static final int N = 2;
  private static final int RAW = 4;
  private static final int BODY = 8;
  private static final int LENGTH = 16;
  private static final int CHARSET = 32;
  private static final int TYPE = 64;
  private static final int CONTROL = 128;
  private static final int RECEIVED = 256;
  private static final int WHY = 512;
  private static final int WITH_BODY = I | N | RAW | BODY | LENGTH | CHARSET | TYPE | CONTROL | RECEIVED;
  private static final int WITHOUT_BODY = I | WHY;

  boolean hasBody() {
    return why == null;
  }

  /**
   * The lines of {@code block}, each without its line feed.
   *
   * @throws Refused {@code entries.lines} if the last line feed is missing or a line is empty
   */
  static List<byte[]> lines(byte[] block) {
    List<byte[]> lines = new ArrayList<>();
    int from = 0;
    for (int at = 0; at < block.length; at++) {
      if (block[at] == '\n') {
        if (at == from) {
          throw new Refused(Rule.ENTRIES_LINES);
        }
        lines.add(Arrays.copyOfRange(block, from, at));
        from = at + 1;
        if (lines.size() > Limits.ENTRIES_MAX) {
          throw new Refused(Rule.TOO_MANY_ENTRIES);
        }
      }
    }
    if (from != block.length) {
      throw new Refused(Rule.ENTRIES_LINES);
    }
    return lines;
  }

  /**
   * Reads one line, every value in its form.
   *
   * @param place which line, for the answer ("entry 17", counted from 1)
   */
  static Entry read(byte[] line, String place) {
    if (!Json.isUtf8Object(line, 0, line.length) || line[0] != '{') {
      throw new Refused(Rule.ENTRY_JSON, place);
    }
    try (JsonParser parser = Json.parser(line)) {
      Refused wrong = new Refused(Rule.ENTRY_VALUE, place);
      int seen = 0;
      long i = 0;
      long n = 0;
      long length = 0;
      String raw = null;
      String body = null;
      String type = null;
      String control = null;
      String received = null;
      String why = null;
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String key = parser.currentName();
        parser.nextToken();
        switch (key) {
          case "i" -> {
            seen |= I;
            i = Json.integer(parser, 1, wrong);
          }
          case "n" -> {
            seen |= N;
            n = Json.integer(parser, 1, wrong);
          }
          case "raw" -> {
            seen |= RAW;
            raw = hash(parser, wrong);
          }
          case "body" -> {
            seen |= BODY;
            body = hash(parser, wrong);
          }
          case "length" -> {
            seen |= LENGTH;
            length = Json.integer(parser, 2, wrong);
          }
          case "charset" -> {
            seen |= CHARSET;
            string(parser, 1, 40, wrong);
          }
          case "type" -> {
            seen |= TYPE;
            type = string(parser, 0, 40, wrong);
          }
          case "control" -> {
            seen |= CONTROL;
            control = string(parser, 0, 199, wrong);
          }
          case "received" -> {
            seen |= RECEIVED;
            received = string(parser, 1, 40, wrong);
            if (!Json.isTime(received)) {
              throw wrong;
            }
          }
          case "why" -> {
            seen |= WHY;
            why = string(parser, 1, 200, wrong);
          }
          default -> throw new Refused(Rule.ENTRY_KEYS, place);
        }
      }
      if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
        throw new Refused(Rule.ENTRY_JSON, place);
      }
      if (seen != WITH_BODY && seen != WITHOUT_BODY) {
        throw new Refused(Rule.ENTRY_KEYS, place);
      }
      if (why != null && !isReason(why, i)) {
        throw wrong;
      }
      if (length > Limits.BODY_ALONE_BYTES_MAX) {
        throw new Refused(Rule.TOO_LARGE, place);
      }
      return new Entry(i, n, raw, body, (int) length, type, control, received, why);
    } catch (IOException e) {
      throw new Refused(Rule.ENTRY_JSON, place);
    }
  }

  private static boolean isReason(String why, long i) {
    if (why.equals(QUARANTINED) || FILTERED.matcher(why).matches()) {
      return true;
    }
    var duplicate = DUPLICATE.matcher(why);
    return duplicate.matches() && Long.parseLong(duplicate.group(1)) < i;
  }

  private static String hash(JsonParser parser, Refused otherwise) throws IOException {
    String value = string(parser, 64, 64, otherwise);
    if (!Json.isHash(value)) {
      throw otherwise;
    }
    return value;
  }

  private static String string(JsonParser parser, int min, int max, Refused otherwise) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING
        || parser.getTextLength() < min
        || parser.getTextLength() > max) {
      throw otherwise;
    }
    return parser.getText();
  }
}
