package io.emrgateway.city;

/** The sizes the contract allows, and those that only keep a stranger from filling the city's memory. */
final class Limits {
  static final int ENTRIES_MAX = 256;

  /** All bodies of a batch together, if there is more than one. */
  static final int BODIES_BYTES_MAX = 8 << 20;

  /** The body of a batch that has only this one. */
  static final int BODY_ALONE_BYTES_MAX = 32 << 20;

  /** A header is some 600 bytes, its envelope some 800. */
  static final int CMS_BYTES_MAX = 64 << 10;

  /** Entries are some 350 bytes each; 4 KiB each leaves room for long names. */
  static final int ENTRIES_BYTES_MAX = 1 << 20;

  /** A lookup's request, and a withdrawal. */
  static final int LOOKUP_BYTES_MAX = 64 << 10;

  /** Bodies of one hospital's answer. */
  static final int ANSWER_BODIES_MAX = 16;

  /** One body of a hospital's answer. */
  static final int ANSWER_BODY_BYTES_MAX = 8 << 20;

  /** Records that the city shows in place of a hospital that does not answer, the newest. */
  static final int CITY_RECORDS_MAX = 512;

  /** All of them together: as much as a hospital may answer. */
  static final long CITY_RECORDS_BYTES_MAX = (long) ANSWER_BODIES_MAX * ANSWER_BODY_BYTES_MAX;

  private Limits() {}
}
