package io.emrgateway.mappings.hl7;

import java.util.Objects;

/**
 * Bytes that are not text in the character set agreed for their source.
 *
 * @param offset the first byte that does not fit, counted from 0
 * @param charset the character set that was tried ("UTF-8"); of several, the most likely
 * @param header the first line, so that an answer can still name the message: decoded if it decodes alone,
 *     else with a question mark for each byte above 7F; never to be stored as the message
 */
public record Undecodable(int offset, String charset, String header) implements CharsetPolicy.Outcome {
  public Undecodable {
    Objects.requireNonNull(charset, "charset");
    Objects.requireNonNull(header, "header");
  }
}
