package io.emrgateway.routes.core.delivery;

/**
 * What the city made of a bundle it holds. Comes later than the receipt and holds up nothing.
 *
 * @param body the bundle's number {@code n}
 * @param accepted whether the city took it over clinically
 * @param rule the city's rule that speaks against it, empty if none
 * @param text the city's words beside it; may tell of a patient
 */
public record Outcome(long body, boolean accepted, String rule, String text) {
  /** Which body and which rule; never the words. */
  @Override
  public String toString() {
    return "Outcome[body=" + body + ", accepted=" + accepted + ", rule=" + rule + "]";
  }
}
