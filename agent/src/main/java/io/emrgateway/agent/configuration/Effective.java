package io.emrgateway.agent.configuration;

/**
 * One key as it counts now, and where its value comes from.
 *
 * @param key the whole name: {@code city.pause-max}, {@code sources[his-adt].port}
 * @param value as an operator would write it; paths are absolute; empty for something
 *     optional that is absent. Never a secret: the file holds only
 *     paths to secrets, and refuses an address with a password in it
 * @param line where the file says so, from 1; 0 if it does not and the default counts
 * @param column from 1; 0 for a default
 */
public record Effective(String key, String value, int line, int column) {
  /** True if the file does not name the key. */
  public boolean isDefault() {
    return line == 0;
  }
}
