package io.emrgateway.routes.core.delivery;

/**
 * A sealed batch: from now on these bytes and no others stand under this number.
 *
 * @param headerHash {@code hh} of the city contract, lower-case hex
 * @param kind data, heartbeat, rotate or resync
 */
public record Batch(long epoch, long seq, String headerHash, String kind) {}
