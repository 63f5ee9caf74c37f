package io.emrgateway.routes.core.intake;

import io.emrgateway.routes.core.Refused;
import java.time.Instant;

/**
 * Bytes as a source handed them over, nothing decided yet.
 *
 * @param source name of the source in gateway.yaml
 * @param received when the last byte came
 * @param bytes the message without its frame; belongs to this value, nobody writes into it again
 * @param broken what the transport already knows to be wrong (unterminated, too large, between frames), or null
 */
public record Arrival(String source, Instant received, byte[] bytes, Refused.Reason broken) {}
