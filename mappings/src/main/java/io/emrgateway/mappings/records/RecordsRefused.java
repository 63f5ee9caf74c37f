package io.emrgateway.mappings.records;

/**
 * A bundle that cannot be taken. Nothing of it has been.
 *
 * <p>Says where, never what: the text may be logged.
 */
public final class RecordsRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Stable across releases. */
  public enum Reason {
    /** No JSON, a key twice, nested or spelt as FHIR never is: whoever made it has to correct it. */
    UNREADABLE("records.unreadable"),
    /** JSON, but neither a transaction of the kinds that the mapping makes nor a collection. */
    NOT_RECORDS("records.not-records"),
    /** A condition fits several resources, so that any FHIR server would refuse it: the feed has to be looked at. */
    AMBIGUOUS("records.ambiguous");

    private final String code;

    Reason(String code) {
      this.code = code;
    }

    public String code() {
      return code;
    }
  }

  private final Reason reason;
  private final String place;

  RecordsRefused(Reason reason, String place) {
    super(reason.code() + " at " + place);
    this.reason = reason;
    this.place = place;
  }

  public Reason reason() {
    return reason;
  }

  /** Where in the bundle, e.g. {@code Bundle.entry[3]} or an octet. */
  public String place() {
    return place;
  }
}
