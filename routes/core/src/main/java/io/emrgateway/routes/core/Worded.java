package io.emrgateway.routes.core;

/** Why something does not go on, for whoever can do something about it. Never with a value. */
public interface Worded {
  Words words();

  /** Stable: one that has shipped keeps its meaning. */
  default String code() {
    return words().code();
  }

  default String textZh() {
    return words().textZh();
  }

  default String text() {
    return words().text();
  }

  default String remedyZh() {
    return words().remedyZh();
  }

  default String remedy() {
    return words().remedy();
  }
}
