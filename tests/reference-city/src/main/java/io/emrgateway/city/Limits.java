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

  private Limits() {}
}
