package io.emrgateway.mappings.records;

import java.util.List;

/**
 * What a hospital answers with.
 *
 * @param bundles each one FHIR R4 Bundle of type {@code collection} as UTF-8 JSON, at most 8 MiB; at most 16, none when
 *     there is nothing to show. Not copied: treat them as given away
 * @param resources in all of them, what is in several counted once
 * @param leftOut resources that are more than fits, the oldest visits first
 */
public record Answer(List<byte[]> bundles, int resources, int leftOut) {
  public static final int BUNDLE_BYTES_MAX = 8 << 20;
  public static final int BUNDLES_MAX = 16;

  public Answer {
    bundles = List.copyOf(bundles);
  }

  /** Whether there is nothing to show, which looks the same as an unknown patient. */
  public boolean isEmpty() {
    return bundles.isEmpty();
  }
}
