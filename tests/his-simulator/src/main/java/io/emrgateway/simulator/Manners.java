package io.emrgateway.simulator;

import java.time.Duration;

/**
 * How a sender behaves on the line. {@link #POLITE} is a stop-and-wait sender with patience; each method changes one
 * habit.
 *
 * @param patience without an answer for that long, the sender reconnects and sends the same bytes again
 * @param attemptsMax attempts at one message, after which the sender goes on to the next
 * @param unreachableMax without a connection for that long, the sender goes on to the next
 * @param pauseAfterAe before it tries again what was answered with AE or CE
 * @param repeatShare share of the acknowledged messages (0 to 1) that it sends once more, the same bytes
 * @param window messages on the way at once; 1 is stop-and-wait
 * @param together true: frames that are due leave in one write, so that several arrive in one packet
 * @param packetBytes above 0: frames leave in pieces of that size, each flushed
 * @param hangUpEvery above 0: at every so many messages the sender closes the connection in the middle of the frame,
 *     then sends it whole
 */
public record Manners(Duration patience, int attemptsMax, Duration unreachableMax, Duration pauseAfterAe,
    double repeatShare, int window, boolean together, int packetBytes, int hangUpEvery) {

  public static final Manners POLITE = new Manners(Duration.ofSeconds(10), 100, Duration.ofSeconds(60),
      Duration.ofMillis(500), 0, 1, false, 0, 0);

  public Manners {
    if (attemptsMax < 1 || window < 1 || window > 1_000 || packetBytes < 0 || hangUpEvery < 0 || repeatShare < 0
        || repeatShare > 1 || patience.isNegative() || patience.isZero()) {
      throw new SimulatorRefused("simulator.manners-unusable", "发送方式的参数超出范围", "a figure of the manners is out of range");
    }
  }

  public Manners patience(Duration value) {
    return new Manners(value, attemptsMax, unreachableMax, pauseAfterAe, repeatShare, window, together, packetBytes,
        hangUpEvery);
  }

  public Manners attemptsMax(int value) {
    return new Manners(patience, value, unreachableMax, pauseAfterAe, repeatShare, window, together, packetBytes,
        hangUpEvery);
  }

  public Manners unreachableMax(Duration value) {
    return new Manners(patience, attemptsMax, value, pauseAfterAe, repeatShare, window, together, packetBytes,
        hangUpEvery);
  }

  public Manners pauseAfterAe(Duration value) {
    return new Manners(patience, attemptsMax, unreachableMax, value, repeatShare, window, together, packetBytes,
        hangUpEvery);
  }

  public Manners repeating(double share) {
    return new Manners(patience, attemptsMax, unreachableMax, pauseAfterAe, share, window, together, packetBytes,
        hangUpEvery);
  }

  public Manners pipelining(int messages) {
    return new Manners(patience, attemptsMax, unreachableMax, pauseAfterAe, repeatShare, messages, together,
        packetBytes, hangUpEvery);
  }

  public Manners framesTogether(int messages) {
    return new Manners(patience, attemptsMax, unreachableMax, pauseAfterAe, repeatShare, messages, true, packetBytes,
        hangUpEvery);
  }

  public Manners dribbling(int bytes) {
    return new Manners(patience, attemptsMax, unreachableMax, pauseAfterAe, repeatShare, window, together, bytes,
        hangUpEvery);
  }

  public Manners hangingUpEvery(int messages) {
    return new Manners(patience, attemptsMax, unreachableMax, pauseAfterAe, repeatShare, window, together, packetBytes,
        messages);
  }
}
