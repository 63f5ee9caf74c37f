package io.emrgateway.mappings.records;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Map;

/** Reads a bundle of whatever type entry by entry, so that only one resource at a time is a tree. */
public final class Entries {

  /** Takes one resource. */
  @FunctionalInterface
  public interface Each {
    /** @param url by which others of the bundle refer to it, or "" */
    void entry(String url, Map<String, Object> resource);
  }

  private Entries() {}

  /**
   * Reads all of it.
   *
   * @throws RecordsRefused {@code UNREADABLE} with the place; some entries may have been told by then
   */
  public static void of(byte[] bundle, Each each) {
    Tree.read(bundle, parser -> {
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        if (parser.nextToken() == JsonToken.START_ARRAY && name.equals("entry")) {
          entries(parser, each);
        } else {
          parser.skipChildren();
        }
      }
    });
  }

  private static void entries(JsonParser parser, Each each) throws IOException {
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        parser.skipChildren();
        continue;
      }
      Map<String, Object> entry = Tree.object(parser);
      if (entry.get("resource") instanceof Map<?, ?> resource) {
        each.entry(entry.get("fullUrl") instanceof String url ? url : "", Tree.cast(resource));
      }
    }
  }
}
