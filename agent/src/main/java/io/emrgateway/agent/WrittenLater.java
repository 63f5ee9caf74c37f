package io.emrgateway.agent;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.emrgateway.routes.camel.Translate;
import io.emrgateway.routes.core.delivery.Admitted;
import io.emrgateway.routes.core.records.Person;
import io.emrgateway.routes.core.records.Records;
import io.emrgateway.routes.core.records.Subjects;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Set;

/**
 * What the records say was written after a message about the same patients. Reads their bundles; only a repaired message
 * is asked for.
 */
final class WrittenLater implements Translate.Later {
  private static final JsonFactory JSON = new JsonFactory();

  private final Records records;

  WrittenLater(Records records) {
    this.records = records;
  }

  @Override
  public Set<String> wrote(Admitted message, Subjects subjects) {
    Set<String> requests = new HashSet<>();
    records.about(subjects.persons().stream().map(Person::key).toList(), message.number(), one -> requests(one.bundle(), requests));
    return requests;
  }

  private static void requests(byte[] bundle, Set<String> into) {
    try (JsonParser parser = JSON.createParser(bundle)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean entries = parser.currentName().equals("entry");
        if (parser.nextToken() == JsonToken.START_ARRAY && entries) {
          while (parser.nextToken() == JsonToken.START_OBJECT) {
            entry(parser, into);
          }
        } else {
          parser.skipChildren();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a bundle of our own is no JSON", e);
    }
  }

  private static void entry(JsonParser parser, Set<String> into) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      boolean request = parser.currentName().equals("request");
      parser.nextToken();
      if (request) {
        request(parser, into);
      } else {
        parser.skipChildren();
      }
    }
  }

  /** What was only created if absent counts too: it stands there either way. */
  private static void request(JsonParser parser, Set<String> into) throws IOException {
    String url = "";
    String condition = "";
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      switch (name) {
        case "url" -> url = parser.getText();
        case "ifNoneExist" -> condition = parser.getText();
        default -> { }
      }
    }
    into.add(condition.isEmpty() ? url : url + (condition.startsWith("_id=") ? "/" + condition.substring(4) : "?" + condition));
  }
}
