package io.emrgateway.city;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Set;

/**
 * What the city has been told to do wrong, for trials of a gateway's patience. Counters say for how many batches more;
 * each batch uses up at most one of them. Everything is forgotten on restart.
 */
final class Misbehaviour {
  private static final Set<String> KEYS =
      Set.of("slowMs", "unavailableFor", "retryAfter", "loseReceipts", "resetInBody", "halfReceipt", "wrongSignature",
          "status", "duplicate", "lookupSlowMs", "lookupUnavailableFor", "lookupForge", "lookupWrongPatient",
          "lookupDuplicate", "lookupNothingOfItsOwn");

  /** What to do with one batch. */
  enum Deed {
    NOTHING,
    /** Store it durably, then cut the connection without an answer. */
    LOSE_RECEIPT,
    /** Reset the connection in the middle of the request's body; nothing is stored. */
    RESET_IN_BODY,
    /** Store it durably, then send half of the answer and cut. */
    HALF_RECEIPT,
    /** Store it durably and answer a receipt whose signature does not verify. */
    WRONG_SIGNATURE,
    /** Process the request twice, as a proxy that repeats would make it; answer what the second gave. */
    DUPLICATE
  }

  /** What to do wrong with lookups. */
  enum LookupDeed {
    /** Alter one octet of a body that is forwarded. */
    FORGE("lookupForge"),
    /** Forward a record of somebody else that the hospital has fed, with its true proof. */
    WRONG_PATIENT("lookupWrongPatient"),
    /** Hand the same inquiry to the hospital twice. */
    DUPLICATE("lookupDuplicate"),
    /** Give nothing of its own for a hospital that is silent. */
    NOTHING_OF_ITS_OWN("lookupNothingOfItsOwn");

    private final String key;

    LookupDeed(String key) {
      this.key = key;
    }
  }

  private long slowMs;
  private long lookupSlowMs;
  private Instant lookupUnavailableUntil = Instant.MIN;
  private final int[] lookupsLeft = new int[LookupDeed.values().length];
  private Instant unavailableUntil = Instant.MIN;
  private long retryAfterSeconds = 1;
  private final int[] left = new int[Deed.values().length];
  private final Deque<Integer> statuses = new ArrayDeque<>();

  /**
   * Takes orders; what is not named stays as it is. {@code {}} changes nothing, a count of 0 ends a misbehaviour.
   *
   * @throws IllegalArgumentException if a key is unknown or a value makes no sense; nothing has changed then
   */
  synchronized void order(JsonNode orders, Instant now) {
    for (Iterator<String> keys = orders.fieldNames(); keys.hasNext(); ) {
      String key = keys.next();
      JsonNode value = orders.get(key);
      boolean sane = key.equals("status") ? isStatuses(value) : value.canConvertToInt() && value.intValue() >= 0;
      if (!KEYS.contains(key) || !sane) {
        throw new IllegalArgumentException("unknown or senseless: " + key);
      }
    }
    slowMs = orders.path("slowMs").asLong(slowMs);
    retryAfterSeconds = orders.path("retryAfter").asLong(retryAfterSeconds);
    if (orders.has("unavailableFor")) {
      unavailableUntil = now.plusSeconds(orders.get("unavailableFor").asLong());
    }
    lookupSlowMs = orders.path("lookupSlowMs").asLong(lookupSlowMs);
    if (orders.has("lookupUnavailableFor")) {
      lookupUnavailableUntil = now.plusSeconds(orders.get("lookupUnavailableFor").asLong());
    }
    for (LookupDeed deed : LookupDeed.values()) {
      lookupsLeft[deed.ordinal()] = orders.path(deed.key).asInt(lookupsLeft[deed.ordinal()]);
    }
    count(orders, "loseReceipts", Deed.LOSE_RECEIPT);
    count(orders, "resetInBody", Deed.RESET_IN_BODY);
    count(orders, "halfReceipt", Deed.HALF_RECEIPT);
    count(orders, "wrongSignature", Deed.WRONG_SIGNATURE);
    count(orders, "duplicate", Deed.DUPLICATE);
    if (orders.has("status")) {
      statuses.clear();
      orders.get("status").forEach(status -> statuses.add(status.intValue()));
    }
  }

  private static boolean isStatuses(JsonNode value) {
    if (!value.isArray()) {
      return false;
    }
    for (JsonNode status : value) {
      if (status.intValue() < 400 || status.intValue() > 599) {
        return false;
      }
    }
    return true;
  }

  private void count(JsonNode orders, String key, Deed deed) {
    if (orders.has(key)) {
      left[deed.ordinal()] = orders.get(key).intValue();
    }
  }

  synchronized Duration slow() {
    return Duration.ofMillis(slowMs);
  }

  synchronized Duration lookupSlow() {
    return Duration.ofMillis(lookupSlowMs);
  }

  synchronized boolean lookupsUnavailable(Instant now) {
    return now.isBefore(lookupUnavailableUntil);
  }

  /** True if this is to be done now. Uses it up. */
  synchronized boolean next(LookupDeed deed) {
    boolean due = lookupsLeft[deed.ordinal()] > 0;
    if (due) {
      lookupsLeft[deed.ordinal()]--;
    }
    return due;
  }

  synchronized boolean unavailable(Instant now) {
    return now.isBefore(unavailableUntil);
  }

  synchronized long retryAfterSeconds() {
    return retryAfterSeconds;
  }

  /** The status to answer the next batch with instead of looking at it, or 0. Uses it up. */
  synchronized int nextStatus() {
    Integer status = statuses.poll();
    return status == null ? 0 : status;
  }

  /** What to do with the next batch. Uses it up. */
  synchronized Deed nextDeed() {
    for (Deed deed : Deed.values()) {
      if (left[deed.ordinal()] > 0) {
        left[deed.ordinal()]--;
        return deed;
      }
    }
    return Deed.NOTHING;
  }

  /** What is still ahead, in the words of the orders. */
  synchronized ObjectNode show(Instant now) {
    ObjectNode shown = Json.MAPPER.createObjectNode();
    shown.put("slowMs", slowMs);
    shown.put("unavailableFor", secondsLeft(now, unavailableUntil));
    shown.put("retryAfter", retryAfterSeconds);
    shown.put("loseReceipts", left[Deed.LOSE_RECEIPT.ordinal()]);
    shown.put("resetInBody", left[Deed.RESET_IN_BODY.ordinal()]);
    shown.put("halfReceipt", left[Deed.HALF_RECEIPT.ordinal()]);
    shown.put("wrongSignature", left[Deed.WRONG_SIGNATURE.ordinal()]);
    shown.put("duplicate", left[Deed.DUPLICATE.ordinal()]);
    statuses.forEach(shown.putArray("status")::add);
    shown.put("lookupSlowMs", lookupSlowMs);
    shown.put("lookupUnavailableFor", secondsLeft(now, lookupUnavailableUntil));
    for (LookupDeed deed : LookupDeed.values()) {
      shown.put(deed.key, lookupsLeft[deed.ordinal()]);
    }
    return shown;
  }

  private static long secondsLeft(Instant now, Instant until) {
    return now.isBefore(until) ? Duration.between(now, until).toSeconds() + 1 : 0;
  }
}
