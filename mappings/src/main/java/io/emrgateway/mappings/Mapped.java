package io.emrgateway.mappings;

import java.util.List;

/**
 * What became of one message.
 *
 * @param bundle UTF-8 JSON of one FHIR R4 transaction Bundle, or null when the message cannot be converted: exactly
 *     then there is a diagnostic of severity FATAL, and the caller quarantines the message. Not copied: treat it as
 *     given away
 * @param diagnostics everything noticed, in the order of the message
 * @param messageType MSH-9 as {@code ADT^A01}, or the empty string when there is none
 * @param controlId MSH-10, or the empty string
 * @param version the version of the mapping that made it
 * @param about whom the bundle is about; {@link About#NOBODY} without one
 */
public record Mapped(
    byte[] bundle, List<Diagnostic> diagnostics, String messageType, String controlId, String version, About about) {
  public Mapped {
    diagnostics = List.copyOf(diagnostics);
  }

  /** Whether there is a bundle. */
  public boolean converted() {
    return bundle != null;
  }
}
