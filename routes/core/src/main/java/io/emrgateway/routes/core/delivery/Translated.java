package io.emrgateway.routes.core.delivery;

import io.emrgateway.routes.core.records.Subjects;

/**
 * A message and its meaning, or the reason why it has none.
 *
 * @param body one FHIR R4 transaction Bundle as UTF-8 JSON, or null if the message is quarantined
 * @param code why it is quarantined, e.g. {@code mapping.message-type-unknown}; null beside a body
 * @param place where in the message, e.g. "MSH-9"; empty if nowhere in particular; never a value
 * @param config the configuration it was made with, as a batch's header names it; null beside a code: what was not made
 *     was made with nothing
 * @param subjects whom the bundle is about; nobody beside a code
 */
public record Translated(Admitted message, byte[] body, String code, String place, String config, Subjects subjects) {

  public static Translated into(Admitted message, byte[] body, String config, Subjects subjects) {
    return new Translated(message, body, null, "", config, subjects);
  }

  public static Translated quarantined(Admitted message, String code, String place) {
    return new Translated(message, null, code, place, null, Subjects.NOBODY);
  }
}
