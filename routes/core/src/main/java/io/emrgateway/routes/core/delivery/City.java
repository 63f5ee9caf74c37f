package io.emrgateway.routes.core.delivery;

import java.util.List;

/** The city platform, as one gateway sees it. Every way to fail is an outcome, never an exception. */
public interface City {

  /** One attempt to hand over a sealed batch. No transaction is open meanwhile. */
  Delivery deliver(Batch batch, Wire wire);

  /** Asks where the city stands with our feed. */
  Answer head();

  /** What the city has since made of our bundles with numbers above {@code after}; empty if nothing or no answer. */
  List<Outcome> outcomes(long after);

  /** What came of asking: a head whose signature and nonce are right, or why there is none. */
  sealed interface Answer {
    record Head(CityHead head) implements Answer {}

    record None(Delivery why) implements Answer {}
  }
}
