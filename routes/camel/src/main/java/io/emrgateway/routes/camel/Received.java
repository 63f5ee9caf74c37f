package io.emrgateway.routes.camel;

import io.emrgateway.mappings.hl7.Msh;
import io.emrgateway.routes.camel.mllp.Listener;
import io.emrgateway.routes.core.intake.Message;
import java.nio.charset.Charset;

/**
 * A message on its way through the door, with what its answer needs.
 *
 * @param header of the message; with a fault if it has none that can be read
 * @param charset the answer is written in
 * @param chinese whether the answer may use Chinese: the sender's character set is known, has it, and is not
 *     contradicted by its MSH-18, by which it may read what we answer
 */
record Received(Listener listener, Message message, Msh header, Charset charset, boolean chinese) {
  /** The exchange property it travels in. */
  static final String PROPERTY = "emr.received";
}
