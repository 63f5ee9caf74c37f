package io.emrgateway.agent.lookup;

import io.emrgateway.agent.seal.SealRefused;
import java.util.Optional;
import java.util.UUID;

/** Where other hospitals' questions come from, and our answers go. */
public interface Inquiries {

  /**
   * Waits for the next question to this hospital, half a minute at most.
   *
   * @return empty if none came
   * @throws SealRefused if something came that is not the city's, or not for this gateway
   * @throws Unreachable if the city cannot be asked just now, or does no lookups
   */
  Optional<Inquiry> next() throws Unreachable;

  /**
   * Opens what another hospital asks, by a certificate that the directory has of the feed that the question names.
   *
   * @throws SealRefused {@code seal.*}, also when it is signed by another hospital than it says
   */
  SignedRequest open(Inquiry inquiry);

  /** Whose gateway a feed is, by the directory; null if nobody's. */
  String orgOf(String feed);

  /** Sends our answer; true once the city has it. */
  boolean answer(UUID rid, HolderAnswer answer);

  /** The city cannot be asked just now. */
  final class Unreachable extends Exception {
    private static final long serialVersionUID = 1L;

    public Unreachable() {
      super(null, null, false, false);
    }
  }
}
