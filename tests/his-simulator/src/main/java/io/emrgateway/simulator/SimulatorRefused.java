package io.emrgateway.simulator;

/** The simulator will not do this. Carries a stable code and a remedy in Chinese and English. */
public final class SimulatorRefused extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;
  private final String code;

  SimulatorRefused(String code, String chinese, String english) {
    super(code + ": " + chinese + " / " + english);
    this.code = code;
  }

  /** Stable across releases, e.g. {@code simulator.address-not-loopback}. */
  public String code() {
    return code;
  }
}
