package io.emrgateway.conformance;

/** A rule of the contract that does not hold. Carries the rule and what was seen, never content. */
final class Broken extends Exception {
  private final String rule;

  Broken(String rule, String what) {
    super(what);
    this.rule = rule;
  }

  String rule() {
    return rule;
  }

  static void unless(boolean holds, String rule, String what) throws Broken {
    if (!holds) {
      throw new Broken(rule, what);
    }
  }
}
