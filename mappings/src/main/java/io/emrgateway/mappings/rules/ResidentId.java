package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.fhir.Primitives;
import io.emrgateway.mappings.fhir.Primitives.Kind;

/**
 * The check digit and the facts inside a Chinese resident ID.
 *
 * <p>A wrong ID never rejects a patient: newborns often carry their mother's, and foreigners none. It is kept with a
 * verdict, and a contradictory one is kept under a system of its own, so that nobody is matched by it.
 *
 * @see "GB 11643-1999: 17 digits and a check character, weights 7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2, modulus 11"
 */
final class ResidentId {
  private static final int[] WEIGHTS = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  private static final String CHECKS = "10X98765432";

  private ResidentId() {}

  /** Whether the text has the form of a resident ID: 18 characters, or the 15 digits in use before 1999. */
  static boolean hasForm(String id) {
    int n = id.length();
    if (n != 15 && n != 18) {
      return false;
    }
    for (int i = 0; i < n; i++) {
      char c = id.charAt(i);
      if ((c < '0' || c > '9') && !(i == 17 && (c == 'X' || c == 'x'))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether it agrees with its own check character and with what else is known.
   *
   * @param birthDate YYYY-MM-DD or less, or null
   * @param gender {@code male}, {@code female}, or anything else when not known
   */
  static boolean agrees(String id, String birthDate, String gender) {
    if (!hasForm(id)) {
      return false;
    }
    String birth;
    int sequence;
    if (id.length() == 18) {
      int sum = 0;
      for (int i = 0; i < 17; i++) {
        sum += (id.charAt(i) - '0') * WEIGHTS[i];
      }
      if (CHECKS.charAt(sum % 11) != Character.toUpperCase(id.charAt(17))) {
        return false;
      }
      birth = id.substring(6, 10) + "-" + id.substring(10, 12) + "-" + id.substring(12, 14);
      sequence = id.charAt(16) - '0';
    } else {
      birth = "19" + id.substring(6, 8) + "-" + id.substring(8, 10) + "-" + id.substring(10, 12);
      sequence = id.charAt(14) - '0';
    }
    if (!Primitives.valid(Kind.DATE, birth)) {
      return false;
    }
    if (birthDate != null && !birth.startsWith(birthDate)) {
      return false;
    }
    boolean odd = sequence % 2 == 1;
    return !("male".equals(gender) && !odd || "female".equals(gender) && odd);
  }
}
