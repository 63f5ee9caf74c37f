package io.emrgateway.routes.camel.mllp;

import java.util.List;

/**
 * What goes back on the connection a frame came from.
 *
 * @param frames contents without MLLP's own bytes, each ending in CR, in order; empty if nothing is due
 * @param close true if the connection ends after them
 */
public record Answer(List<byte[]> frames, boolean close) {
  public static final Answer NONE = new Answer(List.of(), false);

  public Answer {
    frames = List.copyOf(frames);
  }

  /** Counts only: what is inside may hold names. */
  @Override
  public String toString() {
    return "Answer[" + frames.size() + (close ? " frames, then close]" : " frames]");
  }
}
