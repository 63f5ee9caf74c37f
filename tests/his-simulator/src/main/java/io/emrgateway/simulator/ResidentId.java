package io.emrgateway.simulator;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;

/**
 * The number of a Chinese resident identity card, GB 11643-1999: six digits of region, eight of birth date, three of
 * sequence (odd for a man) and a check digit.
 */
public final class ResidentId {
  private static final int[] WEIGHTS = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  private static final String CHECK_DIGITS = "10X98765432";

  private ResidentId() {}

  /** What a reader should conclude from a number beside the sex and birth date of the same PID segment. */
  public enum Verdict { VALID, MALFORMED, CHECK_DIGIT_WRONG, BIRTH_DATE_CONTRADICTS, SEX_CONTRADICTS }

  /**
   * A number whose check digit is right.
   *
   * @param region six digits, GB/T 2260, e.g. {@code 110101}
   * @param sequence 0 to 999, odd for a man
   */
  public static String of(String region, LocalDate birth, int sequence) {
    String body = region + birth.format(DateTimeFormatter.BASIC_ISO_DATE) + String.format("%03d", sequence);
    return body + checkDigit(body);
  }

  /** The same number with a check digit that is wrong. */
  static String spoilt(String id) {
    int right = CHECK_DIGITS.indexOf(id.charAt(17));
    return id.substring(0, 17) + CHECK_DIGITS.charAt((right + 1) % 11);
  }

  /**
   * Form first, then check digit, then birth date, then sex; the first that fails is the verdict.
   *
   * @param sex GB/T 2261.1: 1 male, 2 female; 0 and 9 contradict nothing
   */
  public static Verdict verdict(String id, LocalDate birth, char sex) {
    if (!id.matches("[0-9]{17}[0-9X]")) {
      return Verdict.MALFORMED;
    }
    LocalDate written;
    try {
      written = LocalDate.parse(id.substring(6, 14), DateTimeFormatter.BASIC_ISO_DATE);
    } catch (DateTimeException e) {
      return Verdict.MALFORMED;
    }
    if (id.charAt(17) != checkDigit(id.substring(0, 17))) {
      return Verdict.CHECK_DIGIT_WRONG;
    }
    if (!written.equals(birth)) {
      return Verdict.BIRTH_DATE_CONTRADICTS;
    }
    boolean male = (id.charAt(16) - '0') % 2 == 1;
    if (sex == '1' && !male || sex == '2' && male) {
      return Verdict.SEX_CONTRADICTS;
    }
    return Verdict.VALID;
  }

  private static char checkDigit(String seventeen) {
    int sum = 0;
    for (int i = 0; i < 17; i++) {
      sum += (seventeen.charAt(i) - '0') * WEIGHTS[i];
    }
    return CHECK_DIGITS.charAt(sum % 11);
  }
}
