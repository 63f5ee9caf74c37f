package io.emrgateway.mappings.records;

import java.util.List;
import java.util.Map;

/**
 * What a hospital answers with.
 *
 * @param bundles each one FHIR R4 Bundle of type {@code collection} as UTF-8 JSON, of limited size; none when there is
 *     nothing to show. Not copied: treat them as given away
 * @param resources in all of them, what is in several counted once
 * @param leftOut resources that are more than fits, the oldest visits first; then each bundle bears the tag
 *     {@link #IN_PART}
 */
public record Answer(List<byte[]> bundles, int resources, int leftOut) {
  /** A reader has a heap of 160 MB for all it does, and holds an answer several times: 6 MiB are some 5,000 resources. */
  public static final int BUNDLE_BYTES_MAX = 3 << 20;
  public static final int BUNDLES_MAX = 2;
  /** What a bundle's {@code meta.tag} says of an answer that is not all there is. */
  static final Map<String, Object> IN_PART = Map.of("system", "urn:emr-gateway:codes:answer", "code", "in-part");

  public Answer {
    bundles = List.copyOf(bundles);
  }

  /** Whether there is nothing to show, which looks the same as an unknown patient. */
  public boolean isEmpty() {
    return bundles.isEmpty();
  }
}
