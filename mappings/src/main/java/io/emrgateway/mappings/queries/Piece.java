package io.emrgateway.mappings.queries;

import java.util.List;

/**
 * What is never torn by a page: a visit, or an order with its results.
 *
 * @param visit the PV1 it belongs to, and its PV2; empty where the answer has no visits
 * @param segments of it, each without its end
 */
record Piece(List<String> visit, List<String> segments) {
  Piece {
    visit = List.copyOf(visit);
    segments = List.copyOf(segments);
  }

  /** In characters. */
  long length() {
    return segments.stream().mapToLong(String::length).sum();
  }
}
