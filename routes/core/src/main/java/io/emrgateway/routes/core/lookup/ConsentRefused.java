package io.emrgateway.routes.core.lookup;

/** A consent that is not taken: by which rule, and where. Never with a value. */
public final class ConsentRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ConsentRule rule;
  private final String place;

  /** @param place the field, or "" */
  public ConsentRefused(ConsentRule rule, String place) {
    super(rule.code() + (place.isEmpty() ? "" : " at " + place), null, false, false);
    this.rule = rule;
    this.place = place;
  }

  public ConsentRefused(ConsentRule rule) {
    this(rule, "");
  }

  public ConsentRule rule() {
    return rule;
  }

  public String place() {
    return place;
  }
}
