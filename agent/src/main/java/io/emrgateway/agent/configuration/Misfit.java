package io.emrgateway.agent.configuration;

import io.emrgateway.agent.configuration.Problems.Words;

/** A value that does not fit its key; the binder adds where it stands. */
final class Misfit extends Exception {
  final Problem.Code code;
  final transient Words text;
  final transient Words remedy;

  Misfit(Problem.Code code, Words text, Words remedy) {
    super(code.id(), null, false, false);
    this.code = code;
    this.text = text;
    this.remedy = remedy;
  }
}
