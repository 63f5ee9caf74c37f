package io.emrgateway.city;

/**
 * How a well-formed, well-signed batch can stand against what the city holds. Answered with 409 and the signed head.
 */
enum Order {
  /** Something between the city's head and this batch is missing here: the sender resends from the head. */
  GAP,
  /** The city holds other content under this key, or this batch follows other content: sender must stop. */
  FORK,
  /** A resync has closed the epoch: a copy of the gateway is still sending. */
  EPOCH
}
