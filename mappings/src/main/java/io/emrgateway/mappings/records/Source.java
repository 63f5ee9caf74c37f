package io.emrgateway.mappings.records;

import java.util.Locale;
import java.util.Objects;

/**
 * One hospital's part in a summary.
 *
 * @param records what it answered, or the city for it, already checked against its signature; null if neither did
 * @param why a rule it was refused by, or what could not be verified; null when there is no more to say than the status
 */
public record Source(Hospital hospital, Status status, PatientRecords records, Why why) {

  /**
   * A reason that a person may want to know.
   *
   * @param code stable, e.g. {@code lookup.withdrawn}
   * @param words Chinese first
   */
  public record Why(String code, String words) {}

  /** What became of the question to a hospital. */
  public enum Status {
    ANSWERED("有资料", "data received"),
    /** It has more than an answer can hold: what is oldest is not in it. */
    IN_PART("有资料，但过多，较早的未包括", "data received; too much, the oldest left out"),
    /** It did not answer in time, and the city did from what it holds of its feed: the newest may be missing. */
    CITY("医院未答复，市平台代答", "no answer; from the city's copy"),
    /** It has nothing of this patient in the window, or says so. */
    NONE("无资料", "no data"),
    /** It, or the city for it, refused: the asking side had no right. */
    DENIED("无权查看", "no right"),
    /** It did not answer in time. */
    TIMEOUT("未答复", "no answer"),
    /** It answered, and what it said could not be verified: nothing of it is shown. */
    UNVERIFIED("答复未通过核验", "answer not verified"),
    /** What it answered does not fit beside the others' answers: nothing of it is shown. */
    TOO_LARGE("资料过多，未显示；请缩短日期或减少类别", "too much to show; ask for fewer days or sections");

    final String chinese;
    final String english;

    Status(String chinese, String english) {
      this.chinese = chinese;
      this.english = english;
    }

    /** Whether there are records, from wherever. */
    boolean hasRecords() {
      return this == ANSWERED || this == IN_PART || this == CITY;
    }

    /** As a summary spells it, e.g. {@code answered}. */
    public String code() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @throws IllegalArgumentException for a code that no summary has */
    public static Status of(String code) {
      return valueOf(code.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** As a person reads it. */
    public String words() {
      return chinese + ' ' + english;
    }
  }

  public Source {
    Objects.requireNonNull(hospital, "hospital");
    if (status.hasRecords() != (records != null)) {
      throw new IllegalArgumentException("A hospital has records exactly if it answered, or the city for it.");
    }
  }

  public static Source answered(PatientRecords records) {
    return new Source(records.hospital(), records.isInPart() ? Status.IN_PART : Status.ANSWERED, records, null);
  }

  /** What the city holds of the feed of a hospital that did not answer. */
  public static Source byTheCity(PatientRecords records) {
    return new Source(records.hospital(), Status.CITY, records, null);
  }

  public static Source without(Hospital hospital, Status status) {
    return without(hospital, status, null);
  }

  public static Source without(Hospital hospital, Status status, Why why) {
    return new Source(hospital, status, null, why);
  }
}
