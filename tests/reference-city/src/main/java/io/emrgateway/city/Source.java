package io.emrgateway.city;

/**
 * One hospital that a lookup asks, and what has become of it. Guarded by its {@link Lookup}.
 */
final class Source {
  static final String TIMEOUT = "timeout";

  /** Said by the city, whose index knows the patient there; no word of the hospital. */
  static final String CITY = "city";

  static final String HOSPITAL = "hospital";

  final Register.Feed feed;
  String status = TIMEOUT;
  int count;
  String by = HOSPITAL;

  /** What goes out for this hospital, or null if nothing does. */
  Spool.Spooled frames;

  /** True once the hospital has been handed the inquiry: until then no answer can come. */
  boolean handed;

  /** True once the patient objects to this hospital showing anything. */
  boolean heldBack;

  /** True once the hospital's own answer is in; it stays as it is from then on. */
  boolean settled;

  Source(Register.Feed feed) {
    this.feed = feed;
  }

  void set(String newStatus, int newCount, String newBy, Spool.Spooled newFrames) {
    status = newStatus;
    count = newCount;
    by = newBy;
    frames = newFrames;
  }
}
