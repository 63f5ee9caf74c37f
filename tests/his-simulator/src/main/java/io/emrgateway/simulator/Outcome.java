package io.emrgateway.simulator;

/** What one line of the ledger says. */
enum Outcome {
  AA("AA", true), CA("CA", true),
  /** AE and CE: the gateway asks to try again; the sender does. */
  AE("AE", false),
  /** AR and CR: the gateway will never take it; the sender gives up. */
  AR("AR", false),
  /** No answer was due, and none came. */
  NONE("none", false),
  TIMEOUT("timeout", false),
  /** The connection ended before the answer; whether the gateway has the message is unknown. */
  CUT("cut", false),
  /** No connection for as long as the sender had patience; the message was not sent since its last line. */
  UNREACHABLE("unreachable", false),
  /** Our own doing: we hung up in the middle of the frame. */
  HUNG_UP("hung-up", false),
  /** An answer whose MSA-2 is no message that waits; counts for nobody. */
  STRAY("stray", false);

  final String text;
  final boolean accepted;

  Outcome(String text, boolean accepted) {
    this.text = text;
    this.accepted = accepted;
  }
}
