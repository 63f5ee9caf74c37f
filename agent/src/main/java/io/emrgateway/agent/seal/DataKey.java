package io.emrgateway.agent.seal;

import java.time.YearMonth;
import java.util.Arrays;

/**
 * The key under which one month's payloads are sealed. Erasing its wrapped form erases that month, in
 * every backup too.
 */
public final class DataKey implements AutoCloseable {
  private final YearMonth month;
  private final String id;
  private final byte[] key;
  private volatile boolean closed;

  DataKey(YearMonth month, String id, byte[] key) {
    this.month = month;
    this.id = id;
    this.key = key;
  }

  public YearMonth month() {
    return month;
  }

  /** 16 hex digits, random: tells two keys of one month apart. */
  public String id() {
    return id;
  }

  /** @throws IllegalStateException once closed: sealing under zeros would look like success */
  byte[] bytes() {
    if (closed) {
      throw new IllegalStateException("The data key was closed and is used again");
    }
    return key;
  }

  /** Forgets the key; what is sealed under it opens again once it is unwrapped anew. */
  @Override
  public void close() {
    closed = true;
    Arrays.fill(key, (byte) 0);
  }

  /** Month and id, never the key. */
  @Override
  public String toString() {
    return "DataKey[" + month + " " + id + "]";
  }
}
