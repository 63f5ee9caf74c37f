package io.emrgateway.conformance;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * JSON of RFC 8259, strictly: UTF-8 that decodes, no key twice, nothing after the end. Objects are maps
 * that keep their order, arrays lists, numbers {@link Num}, and null is {@link #NULL}.
 */
final class Json {
  static final Object NULL = new Object();
  private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
  private static final int DEPTH_MAX = 64;

  /** A number as it is written. */
  record Num(String text) {}

  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  /** One object and nothing else. */
  static Map<String, Object> object(byte[] utf8) throws Broken {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw new Broken("json.broken", "not UTF-8");
    }
    Json json = new Json(text);
    Object value = json.value(0);
    json.space();
    if (json.at != text.length() || !(value instanceof Map<?, ?> map)) {
      throw new Broken("json.broken", "not one object");
    }
    Map<String, Object> object = new LinkedHashMap<>();
    map.forEach((key, element) -> object.put((String) key, element));
    return object;
  }

  private Object value(int depth) throws Broken {
    Broken.unless(depth < DEPTH_MAX, "json.broken", "nested too deeply");
    space();
    char c = peek();
    switch (c) {
      case '{':
        return objectBody(depth);
      case '[':
        return list(depth);
      case '"':
        return string();
      case 't':
        return word("true", Boolean.TRUE);
      case 'f':
        return word("false", Boolean.FALSE);
      case 'n':
        return word("null", NULL);
      default:
        return number();
    }
  }

  private Map<String, Object> objectBody(int depth) throws Broken {
    Map<String, Object> object = new LinkedHashMap<>();
    at++;
    space();
    if (peek() == '}') {
      at++;
      return object;
    }
    while (true) {
      space();
      String key = string();
      space();
      expect(':');
      Broken.unless(object.put(key, value(depth + 1)) == null, "json.broken", "a key twice");
      space();
      if (peek() == '}') {
        at++;
        return object;
      }
      expect(',');
    }
  }

  private List<Object> list(int depth) throws Broken {
    List<Object> list = new ArrayList<>();
    at++;
    space();
    if (peek() == ']') {
      at++;
      return list;
    }
    while (true) {
      list.add(value(depth + 1));
      space();
      if (peek() == ']') {
        at++;
        return list;
      }
      expect(',');
    }
  }

  private String string() throws Broken {
    expect('"');
    StringBuilder out = new StringBuilder();
    while (true) {
      char c = peek();
      at++;
      if (c == '"') {
        return out.toString();
      }
      Broken.unless(c >= 0x20, "json.broken", "a control character");
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char escaped = peek();
      at++;
      int plain = "\"\\/bfnrt".indexOf(escaped);
      if (plain >= 0) {
        out.append("\"\\/\b\f\n\r\t".charAt(plain));
      } else if (escaped == 'u' && at + 4 <= text.length() && text.substring(at, at + 4).matches("[0-9a-fA-F]{4}")) {
        out.append((char) Integer.parseInt(text, at, at + 4, 16));
        at += 4;
      } else {
        throw new Broken("json.broken", "an escape that JSON does not have");
      }
    }
  }

  private Object word(String word, Object value) throws Broken {
    Broken.unless(text.startsWith(word, at), "json.broken", "a word that JSON does not have");
    at += word.length();
    return value;
  }

  private Num number() throws Broken {
    var matcher = NUMBER.matcher(text).region(at, text.length());
    Broken.unless(matcher.lookingAt(), "json.broken", "not a value");
    at = matcher.end();
    return new Num(matcher.group());
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() throws Broken {
    Broken.unless(at < text.length(), "json.broken", "cut off");
    return text.charAt(at);
  }

  private void expect(char c) throws Broken {
    Broken.unless(peek() == c, "json.broken", "a mark is missing");
    at++;
  }
}
