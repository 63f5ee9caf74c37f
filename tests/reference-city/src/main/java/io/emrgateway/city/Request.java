package io.emrgateway.city;

import java.io.InputStream;
import java.util.Map;

/**
 * One HTTP request as it came through the door.
 *
 * @param path still percent-encoded, without the query
 * @param query the part after the question mark, or empty
 * @param headers names in lower case
 * @param client DER of the TLS client certificate
 */
record Request(
    String method, String path, String query, Map<String, String> headers, byte[] client, InputStream body) {

  String header(String name) {
    return headers.getOrDefault(name, "");
  }

  /** The query parameter {@code name}, or empty; the contract's parameters need no decoding. */
  String parameter(String name) {
    for (String pair : query.split("&")) {
      if (pair.startsWith(name + "=")) {
        return pair.substring(name.length() + 1);
      }
    }
    return "";
  }
}
