package io.emrgateway.routes.core.intake;

import io.emrgateway.routes.core.Refused;
import java.time.Instant;

/**
 * One HL7 message exactly as it arrived, with what reading its header taught.
 *
 * <p>A message refused at the door is a message all the same: it is kept, in quarantine, and
 * explained to the city, but the hospital gets no AA for it.
 *
 * @param source name of the source in gateway.yaml
 * @param received when its last byte came
 * @param bytes as they arrived; never rewritten
 * @param charset what the bytes were decoded with ("GB18030"), empty if they did not decode
 * @param type MSH-9 as "ORU^R01", empty if there is none
 * @param control MSH-10 exactly as sent, empty if there is none
 * @param refused why it may not go on, or null
 */
public record Message(
    String source,
    Instant received,
    byte[] bytes,
    String charset,
    String type,
    String control,
    Refused refused) {}
