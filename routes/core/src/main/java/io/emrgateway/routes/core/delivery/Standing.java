package io.emrgateway.routes.core.delivery;

import java.time.Instant;

/**
 * How the delivery stands between two attempts; survives a restart.
 *
 * @param due when the next attempt may be made; the past if at once
 * @param attempts how many have failed since the last receipt
 * @param code why the last one failed, null if it did not
 * @param detail beside the code, null if nothing; never a patient's value
 */
public record Standing(Instant due, int attempts, String code, String detail) {}
