package io.emrgateway.simulator;

import java.time.LocalDateTime;

/**
 * How one ward's system writes.
 *
 * @param ward stands in MSH-4, in control ids and in patient numbers; 1 to 6 ASCII letters or digits
 * @param version {@code 2.4} (two components in MSH-9) or {@code 2.5} (three)
 * @param sexAsLetters true for M, F, U of HL7 table 0001; false for 1, 2, 0, 9 of GB/T 2261.1
 * @param nameInOneField true: the whole name in PID-5.1, as most Chinese systems do
 * @param ends what separates segments
 * @param endAfterLast false: the last segment has no end
 * @param begins hospital time (+0800) of the first message
 */
public record Dialect(String ward, String version, WardCharset charset, WardCharset.Declaration declaration,
    boolean sexAsLetters, boolean nameInOneField, Ends ends, boolean endAfterLast, LocalDateTime begins) {

  /** What separates segments. The standard has CR only. */
  public enum Ends {
    CR("\r"), LF("\n"), CRLF("\r\n");

    final String text;

    Ends(String text) {
      this.text = text;
    }
  }

  public Dialect {
    if (!ward.matches("[A-Za-z0-9]{1,6}")) {
      throw new SimulatorRefused("simulator.ward-unusable", "病区名须为 1 到 6 个字母或数字",
          "a ward is named with 1 to 6 letters or digits");
    }
  }

  /** An honest ward whose habits (version, sex, name) follow from its name. */
  public static Dialect of(String ward) {
    int habits = ward.hashCode();
    return new Dialect(ward, (habits & 1) == 0 ? "2.4" : "2.5", WardCharset.GB18030, WardCharset.Declaration.HONEST,
        (habits & 2) == 0, (habits & 12) != 0, Ends.CR, true, LocalDateTime.of(2026, 11, 20, 8, 0));
  }

  public Dialect writing(WardCharset other, WardCharset.Declaration declared) {
    return new Dialect(ward, version, other, declared, sexAsLetters, nameInOneField, ends, endAfterLast, begins);
  }

  public Dialect ending(Ends other, boolean afterLast) {
    return new Dialect(ward, version, charset, declaration, sexAsLetters, nameInOneField, other, afterLast, begins);
  }

  public Dialect beginning(LocalDateTime time) {
    return new Dialect(ward, version, charset, declaration, sexAsLetters, nameInOneField, ends, endAfterLast, time);
  }
}
