package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.fhir.Primitives;
import io.emrgateway.mappings.fhir.Primitives.Kind;
import java.util.stream.IntStream;

/**
 * What is known of a Chinese resident ID: the number, and how far it can be believed.
 *
 * <p>A wrong ID never rejects a patient: newborns often carry their mother's, and foreigners none. It is kept with a
 * verdict, and nobody is matched by a contradictory one.
 *
 * @param value the 18 characters of the standard, or, when contradictory, the number as it was sent
 * @see "GB 11643-1999: 17 digits and a check character, weights 7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2, modulus 11"
 */
public record ResidentId(String value, Verdict verdict) {
  /** The national numbering, the same at every hospital. */
  public static final String SYSTEM = "urn:oid:2.16.156.10011.1.3";

  private static final int[] WEIGHTS = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  private static final String CHECKS = "10X98765432";

  /** What the check character, the birth date and the sex say of a number. A missing one is "absent". */
  public enum Verdict {
    /** It agrees with everything. */
    VALID("valid"),
    /** It agrees once its spelling is mended: full-width digits, blanks, a small x, or the 15 digits of before 1999. */
    REPAIRED("repaired"),
    /** Its form, its check character, or the birth date or sex of the patient speaks against it. */
    CONTRADICTORY("contradictory");

    final String code;

    Verdict(String code) {
      this.code = code;
    }
  }

  /**
   * Judges a number.
   *
   * @param sent as the hospital wrote it
   * @param birthDate YYYY-MM-DD or less, or null
   * @param gender {@code male}, {@code female}, or anything else when not known
   */
  static ResidentId of(String sent, String birthDate, String gender) {
    String id = mended(sent);
    if (id == null || !agrees(id, birthDate, gender)) {
      return new ResidentId(sent, Verdict.CONTRADICTORY);
    }
    return new ResidentId(id, id.equals(sent) ? Verdict.VALID : Verdict.REPAIRED);
  }

  /** Whether the text has the form of a resident ID, however it is spelt. */
  static boolean hasForm(String sent) {
    return mended(sent) != null;
  }

  /**
   * Whether nothing but a resident ID can be meant, though nobody says so: 18 characters, however spelt, whose check
   * character is right and which nothing contradicts. The 15 digits of before 1999 have none and may be any number.
   */
  public static boolean isSure(String sent, String birthDate, String gender) {
    return sent != null && Width.half(sent, true).length() == 18
        && of(sent, birthDate, gender).verdict() != Verdict.CONTRADICTORY;
  }

  /** Whether a text holds a resident ID, whatever else it holds: for what must not name a person. */
  public static boolean isWithin(String text) {
    String half = Width.half(text, true);
    return IntStream.rangeClosed(0, half.length() - 18).anyMatch(k -> isSure(half.substring(k, k + 18), null, null));
  }

  /** The 18 characters that are meant, or null when the text is no such number. */
  private static String mended(String sent) {
    String id = Width.half(sent, true).toUpperCase(java.util.Locale.ROOT);
    int n = id.length();
    if (n != 15 && n != 18) {
      return null;
    }
    for (int i = 0; i < n; i++) {
      char c = id.charAt(i);
      if ((c < '0' || c > '9') && !(i == 17 && c == 'X')) {
        return null;
      }
    }
    if (n == 18) {
      return id;
    }
    // The numbers of before 1999 left out the century and the check character; the standard says how they grow.
    String grown = id.substring(0, 6) + "19" + id.substring(6);
    return grown + check(grown);
  }

  private static char check(String first17) {
    int sum = 0;
    for (int i = 0; i < 17; i++) {
      sum += (first17.charAt(i) - '0') * WEIGHTS[i];
    }
    return CHECKS.charAt(sum % 11);
  }

  private static boolean agrees(String id, String birthDate, String gender) {
    if (check(id) != id.charAt(17)) {
      return false;
    }
    String birth = id.substring(6, 10) + "-" + id.substring(10, 12) + "-" + id.substring(12, 14);
    if (!Primitives.valid(Kind.DATE, birth) || birthDate != null && !birth.startsWith(birthDate)) {
      return false;
    }
    boolean odd = (id.charAt(16) - '0') % 2 == 1;
    return !("male".equals(gender) && !odd || "female".equals(gender) && odd);
  }
}
