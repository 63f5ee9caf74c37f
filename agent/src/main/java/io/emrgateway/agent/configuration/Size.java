package io.emrgateway.agent.configuration;

/**
 * An amount of memory or disk. Written with a binary unit, {@code 16MiB}, because {@code 16MB} means two
 * different things to two people.
 *
 * @param bytes not negative
 */
public record Size(long bytes) implements Comparable<Size> {
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

  public Size {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size is not negative");
    }
  }

  @Override
  public int compareTo(Size other) {
    return Long.compare(bytes, other.bytes);
  }

  /** With the largest unit that leaves a whole number: {@code 16MiB}; the settings file reads it back. */
  @Override
  public String toString() {
    long amount = bytes;
    int unit = 0;
    while (amount != 0 && amount % 1024 == 0 && unit < UNITS.length - 1) {
      amount /= 1024;
      unit++;
    }
    return Long.toString(amount).concat(UNITS[unit]);
  }
}
