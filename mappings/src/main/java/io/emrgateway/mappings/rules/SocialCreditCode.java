package io.emrgateway.mappings.rules;

/**
 * The check character of the unified social credit code, and the organization code inside it.
 *
 * @see "GB 32100-2015: 18 characters of an alphabet of 31 without I, O, S, V, Z; weights 3^i modulo 31"
 * @see "GB 11714-1997: 8 characters and a check character, weights 3 7 9 10 5 8 4 2, modulus 11"
 */
final class SocialCreditCode {
  private static final String ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  private static final int[] ORGANIZATION_WEIGHTS = {3, 7, 9, 10, 5, 8, 4, 2};

  private SocialCreditCode() {}

  /** Whether the text is such a code and its check character is right. */
  static boolean isValid(String code) {
    if (code == null || code.length() != 18) {
      return false;
    }
    int sum = 0;
    int weight = 1;
    for (int i = 0; i < 17; i++) {
      int value = ALPHABET.indexOf(code.charAt(i));
      if (value < 0) {
        return false;
      }
      sum += value * weight;
      weight = weight * 3 % 31;
    }
    return ALPHABET.charAt((31 - sum % 31) % 31) == code.charAt(17);
  }

  /** The organization code in characters 9 to 17, or null when its own check character is wrong: some have none. */
  static String organizationCode(String code) {
    String inside = code.substring(8, 17);
    int sum = 0;
    for (int i = 0; i < 8; i++) {
      int value = Character.digit(inside.charAt(i), 36);
      sum += value * ORGANIZATION_WEIGHTS[i];
    }
    int check = 11 - sum % 11;
    char expected = check == 10 ? 'X' : check == 11 ? '0' : (char) ('0' + check);
    return inside.charAt(8) == expected ? inside : null;
  }
}
