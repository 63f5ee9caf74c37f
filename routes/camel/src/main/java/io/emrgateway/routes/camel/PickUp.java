package io.emrgateway.routes.camel;

import io.emrgateway.routes.core.delivery.Admitted;
import io.emrgateway.routes.core.delivery.Outbox;
import java.util.List;
import org.apache.camel.Body;

/** Takes the next admitted messages, a part of a batch at a time: what is translated ahead waits in memory. */
public final class PickUp {
  private static final int PART = 64;

  /** Raw bytes whose bundles, some four to nine times as long, are held beside those of a batch. */
  private static final long RAW_BYTES_MAX = 300_000;

  private final Outbox outbox;

  public PickUp(Outbox outbox) {
    this.outbox = outbox;
  }

  /** Some of what follows admission number {@code after}, in order; empty only if nothing waits. */
  public List<Admitted> next(@Body long after) {
    return outbox.next(after, PART, RAW_BYTES_MAX);
  }
}
