package io.emrgateway.city;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** One record alone, proven as RFC 9162 section 2.1.3.2 does it: with nothing of the city's code. */
final class Proven {
  private Proven() {}

  /** True if {@code proof} shows that {@code origin} signed a batch in which {@code body} stands. */
  static boolean by(Gateway origin, byte[] proof, byte[] body) throws Exception {
    JsonNode told = Gateway.JSON.readTree(proof);
    JsonNode header = origin.openedOwn(told.get("header").binaryValue());
    String line = told.get("line").asText();
    JsonNode entry = Gateway.JSON.readTree(line);
    List<byte[]> path = new ArrayList<>();
    told.get("path").forEach(hash -> path.add(HexFormat.of().parseHex(hash.asText())));
    long entries = told.get("entries").asLong();
    return header.get("feed").asText().equals(origin.feed)
        && header.get("entries").asLong() == entries
        && header.get("root").asText().equals(root(origin, line, told.get("index").asLong(), entries, path))
        && entry.get("body").asText().equals(origin.hex(3, body))
        && entry.get("length").asInt() == body.length;
  }

  /** The root that the path leads to from the line, or something that is none. */
  static String root(Gateway origin, String line, long index, long entries, List<byte[]> path) {
    if (index >= entries) {
      return "beyond the tree";
    }
    long fn = index;
    long sn = entries - 1;
    byte[] r = origin.hash(0, line.getBytes(StandardCharsets.UTF_8));
    for (byte[] p : path) {
      if (sn == 0) {
        return "too long a path";
      }
      if ((fn & 1) == 1 || fn == sn) {
        r = node(origin, p, r);
        while ((fn & 1) == 0 && fn != 0) {
          fn >>= 1;
          sn >>= 1;
        }
      } else {
        r = node(origin, r, p);
      }
      fn >>= 1;
      sn >>= 1;
    }
    return sn == 0 ? HexFormat.of().formatHex(r) : "too short a path";
  }

  private static byte[] node(Gateway origin, byte[] left, byte[] right) {
    byte[] both = new byte[64];
    System.arraycopy(left, 0, both, 0, 32);
    System.arraycopy(right, 0, both, 32, 32);
    return origin.hash(1, both);
  }
}
