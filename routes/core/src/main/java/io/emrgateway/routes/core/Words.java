package io.emrgateway.routes.core;

/** Chinese first, English beside: what is wrong, and what can be done. */
public record Words(String code, String textZh, String text, String remedyZh, String remedy) implements Worded {
  @Override
  public Words words() {
    return this;
  }
}
