package io.emrgateway.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.emrgateway.mappings.Diagnostic;
import io.emrgateway.mappings.Mapped;
import io.emrgateway.mappings.Mapping;
import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.hl7.CharsetPolicy;
import io.emrgateway.mappings.hl7.Decoded;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Any message that decodes")
class MappingFuzzTest {
  private static final CharsetPolicy DETECT = CharsetPolicy.of("detect");
  private static final Mapping MAPPING = Mapping.shipped();
  private static final Site SITE = Site.standard("H-0104");
  /** Keys twice in one object are an error to the city; here too. */
  private static final JsonFactory JSON = JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /** How: by the shipped rules, twice. A mistake of our own is caught and named inside; here it counts as one. */
  @FuzzTest(maxExecutions = 6_000)
  void each_text_becomes_json_or_a_named_refusal(byte[] bytes) throws IOException {
    if (DETECT.decode(bytes) instanceof Decoded decoded) {
      Mapped mapped = MAPPING.map(decoded.text(), SITE, "urn:uuid:0");
      boolean fatal = false;
      for (Diagnostic diagnostic : mapped.diagnostics()) {
        fatal |= diagnostic.severity() == Diagnostic.Severity.FATAL;
        if (diagnostic.finding() == Diagnostic.Finding.INTERNAL) {
          throw new AssertionError("an exception of ours inside the mapping");
        }
      }
      if (mapped.converted() == fatal) {
        throw new AssertionError("a bundle and a fatal finding, or neither");
      }
      if (mapped.converted()) {
        parses(mapped.bundle());
        if (!Arrays.equals(mapped.bundle(), MAPPING.map(decoded.text(), SITE, "urn:uuid:0").bundle())) {
          throw new AssertionError("mapped again, the bundle is another");
        }
      }
    }
  }

  private static void parses(byte[] bundle) throws IOException {
    try (JsonParser json = JSON.createParser(bundle)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new AssertionError("no JSON object");
      }
      while (json.nextToken() != null) {
        // Each token is read; what cannot be one throws.
      }
    }
  }
}
