package io.emrgateway.routes.camel;

import io.emrgateway.routes.core.delivery.Admitted;
import io.emrgateway.routes.core.delivery.Outbox;
import java.util.List;
import org.apache.camel.Body;

/** Takes the next admitted messages, as many as one batch takes. */
public final class PickUp {
  /** Raw bytes whose bundles, some four to six times as long, still fit the contract's 8 MiB. */
  private static final long RAW_BYTES_MAX = 1_300_000;

  private final Outbox outbox;
  private final int entriesMax;

  /** @param entriesMax 1 to 256 */
  public PickUp(Outbox outbox, int entriesMax) {
    this.outbox = outbox;
    this.entriesMax = entriesMax;
  }

  /** What follows admission number {@code after}, in order; empty if nothing waits. */
  public List<Admitted> next(@Body long after) {
    return outbox.next(after, entriesMax, RAW_BYTES_MAX);
  }
}
