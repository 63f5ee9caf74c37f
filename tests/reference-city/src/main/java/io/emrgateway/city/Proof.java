package io.emrgateway.city;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * That a hospital made one record, without showing its neighbours: the hospital's signed header, the record's line, and
 * the way from the line to the root that the header names.
 */
final class Proof {
  private Proof() {}

  /**
   * The proof as it is sent.
   *
   * @param header CMS of the batch
   * @param lines all of the batch, each without its line feed
   * @param index of the record's line, from 0
   */
  static byte[] of(Suite suite, byte[] header, List<byte[]> lines, int index) {
    ObjectNode proof = Json.MAPPER.createObjectNode();
    proof.put("header", Base64.getEncoder().encodeToString(header));
    proof.put("line", new String(lines.get(index), StandardCharsets.UTF_8));
    proof.put("index", index).put("entries", lines.size());
    ArrayNode path = proof.putArray("path");
    Tree.path(suite, lines, index).forEach(node -> path.add(HexFormat.of().formatHex(node)));
    return Json.bytes(proof);
  }
}
