package io.emrgateway.simulator;

/** A message on its way: its frame is made once, and every attempt sends the same bytes. */
final class Outgoing {
  private final String ward;
  private final String controlId;
  private final byte[] frame;
  private final boolean answerDue;
  private final String note;
  private String hash;

  int attempts;
  /** Sent, and nothing heard of it since: neither an answer nor the end of its connection. */
  boolean onTheWay;
  /** {@link System#nanoTime()} when it was due, or without a rate when it was first sent. */
  long firstAt;
  long deadline;
  int repeatsLeft;

  Outgoing(String ward, String controlId, byte[] frame, boolean answerDue, String note) {
    this.ward = ward;
    this.controlId = controlId;
    this.frame = frame;
    this.answerDue = answerDue;
    this.note = note;
  }

  static Outgoing of(String ward, Message message) {
    return new Outgoing(ward, message.controlId(), Mllp.framed(message.bytes()), true, "");
  }

  String ward() {
    return ward;
  }

  /** MSH-10; empty if the message has none, and then any answer is taken for its answer. */
  String controlId() {
    return controlId;
  }

  byte[] frame() {
    return frame;
  }

  boolean answerDue() {
    return answerDue;
  }

  String note() {
    return note;
  }

  String hash() {
    if (hash == null) {
      hash = Ledger.hash(frame, 1, frame.length - 3);
    }
    return hash;
  }
}
