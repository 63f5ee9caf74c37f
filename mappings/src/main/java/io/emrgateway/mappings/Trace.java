package io.emrgateway.mappings;

import java.util.List;

/**
 * Where everything in a bundle came from, and where everything in its message went.
 *
 * <p>The two halves are inverse: every place that {@code written} names stands in {@code fields} as
 * {@link Use#MAPPED}, and every mapped field is the place of something written.
 *
 * @param mapped the conversion that was traced, the same bytes as without a trace
 * @param written every primitive value of the bundle's resources, in the order of the bundle
 * @param fields every field repetition of the message that holds something, in the order of the message
 */
public record Trace(Mapped mapped, List<Written> written, List<Field> fields) {
  public Trace {
    written = List.copyOf(written);
    fields = List.copyOf(fields);
  }

  /**
   * One value that was written.
   *
   * @param resource its fullUrl
   * @param path e.g. {@code Patient.identifier[0].value}; list items count from 0
   * @param value as it stands in the bundle
   * @param place where it was read, e.g. {@code PID-3(2).4.1}: segment, field, repetition, component, subcomponent;
   *     empty for a constant or a derived value
   * @param rule the row's name, e.g. {@code PID[Patient]/PID-3}, or what wrote it without one, e.g. {@code identity}
   * @param file and {@code line}: where that row stands; the line is 0 where no row wrote it
   */
  public record Written(String resource, String path, String value, String place, String rule, String file, int line) {}

  /** What became of a field. */
  public enum Use {
    /** Something of it stands in the bundle. */
    MAPPED,
    /** A rule read it, to decide or to identify, or could not write it: then a diagnostic says so. */
    READ,
    /** Nobody reads it, on purpose. */
    IGNORED,
    /** No rule reads it. */
    UNKNOWN
  }

  /**
   * One field repetition that holds something.
   *
   * @param place e.g. {@code PID-3(2)}
   * @param value as it was sent
   * @param use what became of it
   * @param paths where it was written, e.g. {@code Patient.identifier[0].value}
   * @param why why it is ignored, Chinese first; empty otherwise
   */
  public record Field(String place, String value, Use use, List<String> paths, String why) {
    public Field {
      paths = List.copyOf(paths);
    }
  }
}
