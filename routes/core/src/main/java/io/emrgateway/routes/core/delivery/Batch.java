package io.emrgateway.routes.core.delivery;

/**
 * A sealed batch: from now on these bytes and no others stand under this number.
 *
 * @param headerHash {@code hh} of the city contract, lower-case hex
 * @param kind data, heartbeat, rotate or resync
 * @param lastInput the last admission number it accounts for
 * @param firstBody first number of its bodies; one more than {@code lastBody} if it has none
 * @param lastBody last number of its bodies
 * @param auditLength how many records the audit chain had then
 * @param auditHead the head of the audit chain that the header carries to the city, lower-case hex
 */
public record Batch(
    long epoch, long seq, String headerHash, String kind, long lastInput, long firstBody, long lastBody,
    long auditLength, String auditHead) {}
