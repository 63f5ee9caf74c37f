package io.emrgateway.mappings.rules;

/**
 * Which edition of a Chinese classification a code is of.
 *
 * <p>The same six characters mean different diseases in the national standard, the national clinical edition, the
 * insurer's and Beijing's, so a diagnosis is its code, its name and its edition. Senders say the edition in words, in one
 * or several of CWE-3, CWE-7 and DG1-2 or PR1-2: {@code 国临2.0}, {@code ICD-10} with {@code 国家临床版2.0},
 * {@code 北京临床版v6.01}, {@code 医保版}. The words are read together; a name that is in the table {@code CodingSystem}
 * with an edition goes before.
 */
final class Editions {
  /** GB/T 14396 (ICD-10) and its clinical editions, as in the shared documents of WS/T 500. */
  static final String DIAGNOSES = "urn:oid:2.16.156.10011.2.3.3.11";
  /** ICD-9-CM-3 in its Chinese editions. */
  static final String OPERATIONS = "urn:oid:2.16.156.10011.2.3.3.12";
  /** GB/T 15657, diseases and patterns of Chinese medicine. */
  static final String CHINESE_MEDICINE = "urn:oid:2.16.156.10011.2.3.3.14";

  private Editions() {}

  /**
   * System and edition that the words name, or null when they name no Chinese classification.
   *
   * @param segment that the code stands in; an edition alone means operations in PR1 and diagnoses elsewhere
   * @param code as sent; {@code I10.x00} is of the Chinese extension, whatever the sender calls it
   * @param words each may be null
   */
  static Table.Target of(String segment, String code, String... words) {
    StringBuilder all = new StringBuilder();
    for (String word : words) {
      if (word != null) {
        all.append(Width.half(word, true).toUpperCase(java.util.Locale.ROOT)).append(' ');
      }
    }
    String said = all.toString();
    String edition = edition(said);
    if (edition == null) {
      return isExtended(code) && says(said, "I10", "ICD10", "ICD-10")
          ? new Table.Target(DIAGNOSES, null, null, null) : null;
    }
    String system = edition.startsWith("GB/T 15657") || said.contains("中医") ? CHINESE_MEDICINE
        : says(said, "ICD-9", "ICD9", "CM-3", "CM3", "手术", "操作") ? OPERATIONS
        : says(said, "ICD-10", "ICD10", "14396", "诊断", "疾病") || !segment.equals("PR1") ? DIAGNOSES : OPERATIONS;
    return new Table.Target(system, edition, null, null);
  }

  private static String edition(String said) {
    if (says(said, "国临", "国家临床")) {
      return "国家临床版" + number(said, "国临", "国家临床");
    }
    if (said.contains("医保")) {
      return "医保版" + number(said, "医保");
    }
    if (said.contains("北京")) {
      return "北京临床版" + number(said, "北京");
    }
    if (said.contains("14396")) {
      return "GB/T 14396" + (said.contains("2016") ? "-2016" : "");
    }
    if (said.contains("15657")) {
      return "GB/T 15657" + (said.contains("2021") ? "-2021" : said.contains("1995") ? "-1995" : "");
    }
    return null;
  }

  /** The number of the edition after one of these words, with one decimal at least; empty when none is said. */
  private static String number(String said, String... after) {
    int from = -1;
    for (String word : after) {
      from = Math.max(from, said.indexOf(word));
    }
    // "ICD-10" and "ICD-9-CM-3" are no editions.
    String rest = said.substring(from).replace("ICD-10", "").replace("ICD10", "").replace("ICD-9-CM-3", "")
        .replace("ICD9CM3", "").replace("ICD-9", "").replace("CM-3", "");
    for (int i = 0; i < rest.length(); i++) {
      if (isDigit(rest.charAt(i))) {
        int end = i;
        while (end < rest.length() && (isDigit(rest.charAt(end)) || rest.charAt(end) == '.')) {
          end++;
        }
        String number = rest.substring(i, end);
        return number.length() > 4 ? "" : number.contains(".") || number.length() > 1 ? number : number + ".0";
      }
    }
    return "";
  }

  /** Whether the code has the letter x with which the Chinese editions fill and extend ICD-10: I10.x00, E11.900x041. */
  private static boolean isExtended(String code) {
    int x = code.lastIndexOf('x');
    return x >= 4 && code.length() - x >= 3 && isDigit(code.charAt(x + 1)) && isDigit(code.charAt(x + 2));
  }

  private static boolean says(String said, String... words) {
    for (String word : words) {
      if (said.contains(word)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
