package io.emrgateway.city;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HexFormat;

/** What the city demands of one body before it says that it holds it: the right bytes, and a transaction Bundle. */
final class Body {
  private Body() {}

  /** @throws Refused with a {@code body.*} rule */
  static void check(Suite suite, byte[] body, Entry entry, String place) {
    if (!HexFormat.of().formatHex(suite.hash(Suite.BODY, body)).equals(entry.body())) {
      throw new Refused(Rule.BODY_HASH, place);
    }
    if (!Json.isUtf8Object(body, 0, body.length)) {
      throw new Refused(Rule.BODY_JSON, place);
    }
    try (JsonParser parser = Json.parser(body)) {
      boolean bundle = false;
      boolean transaction = false;
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String key = parser.currentName();
        JsonToken value = parser.nextToken();
        if (key.equals("resourceType")) {
          bundle = value == JsonToken.VALUE_STRING && parser.getText().equals("Bundle");
        } else if (key.equals("type")) {
          transaction = value == JsonToken.VALUE_STRING && parser.getText().equals("transaction");
        }
        parser.skipChildren();
      }
      if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
        throw new Refused(Rule.BODY_JSON, place);
      }
      if (!bundle || !transaction) {
        throw new Refused(Rule.BODY_BUNDLE, place);
      }
    } catch (IOException e) {
      throw new Refused(Rule.BODY_JSON, place);
    }
  }
}
