package io.emrgateway.mappings;

import io.emrgateway.mappings.hl7.Part;

/**
 * Takes what of a converted message no rule has a use for, told by {@link Mapping#map(String, Site, String, Unmapped)}
 * once the message has its bundle. A message without a bundle is quarantined with a reason of its own and tells nothing.
 */
public interface Unmapped {
  /**
   * A field that holds something, that no rule has read and that no {@code ignored.yaml} explains: what
   * {@link Trace.Use#UNKNOWN} is in a trace. Once for each field of a message, in however many segments and repetitions.
   *
   * @param type of the message, e.g. {@code ADT^A01}; its event is what the sender wrote
   * @param segment its name, e.g. {@code ZPI}
   * @param field its number, from 1
   * @param value what stands there first: patient data
   */
  void field(String type, String segment, int field, Part value);

  /**
   * A code that its table does not have. Once for each code of a message.
   *
   * @param table by its name in {@code tables/}
   * @param code as sent
   * @param display what the sender calls it in the same field, or null
   */
  void code(String table, String code, String display);
}
