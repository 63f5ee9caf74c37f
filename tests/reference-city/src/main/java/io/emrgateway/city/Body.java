package io.emrgateway.city;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * What the city demands of one body before it says that it holds it: the right bytes, and a Bundle of the right type.
 *
 * <p>In the same pass it takes from the body whom it is about, because lookups are routed by that. Nothing else in a
 * body is looked at.
 */
final class Body {
  /** What a gateway feeds. */
  static final String FED = "transaction";

  /** What a hospital answers an inquiry with. */
  static final String ANSWERED = "collection";

  private Body() {}

  /**
   * @return the identifiers of the patients in the body that mean the same at every hospital
   * @throws Refused with a {@code body.*} rule
   */
  static Set<Identifier> check(Suite suite, byte[] body, Entry entry, String place) {
    if (!HexFormat.of().formatHex(suite.hash(Suite.BODY, body)).equals(entry.body())) {
      throw new Refused(Rule.BODY_HASH, place);
    }
    return read(body, FED, place);
  }

  /** @param type that the Bundle has to be of */
  static Set<Identifier> read(byte[] body, String type, String place) {
    if (!Json.isUtf8Object(body, 0, body.length)) {
      throw new Refused(Rule.BODY_JSON, place);
    }
    try (JsonParser parser = Json.parser(body)) {
      Set<Identifier> patients = new HashSet<>();
      boolean bundle = false;
      boolean ofType = false;
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String key = parser.currentName();
        JsonToken value = parser.nextToken();
        if (key.equals("resourceType")) {
          bundle = value == JsonToken.VALUE_STRING && parser.getText().equals("Bundle");
        } else if (key.equals("type")) {
          ofType = value == JsonToken.VALUE_STRING && parser.getText().equals(type);
        } else if (key.equals("entry") && value == JsonToken.START_ARRAY) {
          entries(parser, patients);
        }
        parser.skipChildren();
      }
      if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
        throw new Refused(Rule.BODY_JSON, place);
      }
      if (!bundle || !ofType) {
        throw new Refused(Rule.BODY_BUNDLE, place);
      }
      return patients;
    } catch (IOException e) {
      throw new Refused(Rule.BODY_JSON, place);
    }
  }

  private static void entries(JsonParser parser, Set<Identifier> patients) throws IOException {
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() == JsonToken.START_OBJECT) {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          boolean resource = parser.currentName().equals("resource");
          if (parser.nextToken() == JsonToken.START_OBJECT && resource) {
            resource(parser, patients);
          } else {
            parser.skipChildren();
          }
        }
      } else {
        parser.skipChildren();
      }
    }
  }

  /** Members come in any order; where {@code resourceType} comes first, others than Patients are passed over. */
  private static void resource(JsonParser parser, Set<Identifier> patients) throws IOException {
    String type = null;
    List<Identifier> found = List.of();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      JsonToken value = parser.nextToken();
      if (key.equals("resourceType") && value == JsonToken.VALUE_STRING) {
        type = parser.getText();
      } else if (key.equals("identifier")
          && value == JsonToken.START_ARRAY
          && (type == null || type.equals("Patient"))) {
        found = identifiers(parser);
      } else {
        parser.skipChildren();
      }
    }
    if ("Patient".equals(type)) {
      patients.addAll(found);
    }
  }

  private static List<Identifier> identifiers(JsonParser parser) throws IOException {
    List<Identifier> found = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() == JsonToken.START_OBJECT) {
        String system = null;
        String value = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String key = parser.currentName();
          boolean text = parser.nextToken() == JsonToken.VALUE_STRING;
          if (text && key.equals("system")) {
            system = parser.getText();
          } else if (text && key.equals("value")) {
            value = parser.getText();
          } else {
            parser.skipChildren();
          }
        }
        if (system != null && value != null) {
          Identifier identifier = new Identifier(system, value);
          if (!identifier.isHospitalsOwn()) {
            found.add(identifier);
          }
        }
      } else {
        parser.skipChildren();
      }
    }
    return found;
  }
}
