package io.emrgateway.routes.camel;

import io.emrgateway.mappings.hl7.Msh;
import io.emrgateway.mappings.queries.Kind;
import io.emrgateway.routes.camel.mllp.Listener;
import io.emrgateway.routes.core.Refused;
import io.emrgateway.routes.core.Refused.Reason;
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

  /**
   * Whether a sender that may ask asks something: it is answered, and neither kept nor fed to the city. A frame that holds
   * no single message is no query, whatever stands in it.
   */
  boolean asks() {
    Refused refused = message.refused();
    boolean single = refused == null || refused.reason() == Reason.BYTES_DO_NOT_DECODE || refused.place().equals("MSH-10");
    return listener.queries() && single && Kind.isQuery(header.component(9, 1).strip());
  }
}
