package io.emrgateway.city;

/**
 * One number of a patient, with the system that gave it: compared as it stands, to the letter.
 *
 * <p>What it holds is a patient's, so it does not print itself.
 */
record Identifier(String system, String value) {
  /** What the gateways' mappings call a number that only the hospital itself understands. */
  private static final String A_HOSPITALS_OWN = "urn:emr-gateway:";

  /** True for a hospital's own number: it finds nothing elsewhere, and no other hospital asks by it. */
  boolean isHospitalsOwn() {
    return system.startsWith(A_HOSPITALS_OWN);
  }

  @Override
  public String toString() {
    return "identifier";
  }
}
