package io.emrgateway.routes.camel;

import io.emrgateway.mappings.Diagnostic;
import io.emrgateway.mappings.Mapped;
import io.emrgateway.mappings.Mapping;
import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.hl7.CharsetPolicy;
import io.emrgateway.mappings.hl7.Decoded;
import io.emrgateway.mappings.hl7.Undecodable;
import io.emrgateway.routes.core.Refused.Reason;
import io.emrgateway.routes.core.delivery.Admitted;
import io.emrgateway.routes.core.delivery.Translated;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Body;

/** From a message's bytes to its FHIR Bundle, by the charset it was admitted with and its site's rules. */
public final class Translate {

  /**
   * What a source says of its messages.
   *
   * @param charset for a message that did not decode at the door and is tried again
   */
  public record SourceRules(CharsetPolicy charset, Site site) {}

  /** Shorter texts fit the smallest heap whatever they hold. */
  private static final int LARGE = 1 << 20;

  /** Each becomes an element of the bundle; more would not fit the heap, and the process would die of it, again and again. */
  private static final int PARTS_MAX = 150_000;

  private final Mapping mapping;
  private final Map<String, SourceRules> sources;
  private final SourceRules others;
  private final Map<String, CharsetPolicy> byLabel = new ConcurrentHashMap<>();

  /** @param others for messages of a source that is not configured any more */
  public Translate(Mapping mapping, Map<String, SourceRules> sources, SourceRules others) {
    this.mapping = mapping;
    this.sources = Map.copyOf(sources);
    this.others = others;
  }

  /** Each message on its own: a bad one holds up nobody. */
  public List<Translated> all(@Body List<Admitted> messages) {
    List<Translated> translated = new ArrayList<>(messages.size());
    for (Admitted message : messages) {
      translated.add(translate(message));
    }
    return translated;
  }

  /** Never throws for anything a message may hold: what cannot be mapped comes back quarantined. */
  public Translated translate(Admitted message) {
    if (message.code() != null) {
      return Translated.quarantined(message, message.code(), message.place());
    }
    SourceRules rules = sources.getOrDefault(message.source(), others);
    CharsetPolicy policy = message.charset().isEmpty()
        ? rules.charset()
        : byLabel.computeIfAbsent(message.charset(), CharsetPolicy::of);
    CharsetPolicy.Outcome outcome = policy.decode(message.bytes());
    if (outcome instanceof Undecodable undecodable) {
      return Translated.quarantined(message, Reason.BYTES_DO_NOT_DECODE.code(), "byte " + undecodable.offset());
    }
    Decoded decoded = (Decoded) outcome;
    // What did not decode at the door has no charset yet; the entry at the city names the one it was read in.
    Admitted known = message.charset().isEmpty() ? message.readAs(decoded.charset()) : message;
    if (decoded.text().length() > LARGE && parts(decoded.text()) > PARTS_MAX) {
      return Translated.quarantined(known, "mapping.too-large", "");
    }
    Mapped mapped = mapped(decoded.text(), rules.site());
    if (mapped == null) {
      return Translated.quarantined(known, "mapping.internal", "");
    }
    return mapped.converted()
        ? Translated.into(known, mapped.bundle())
        : quarantined(known, mapped);
  }

  private Mapped mapped(String text, Site site) {
    try {
      return mapping.map(text, site, identifier());
    } catch (StackOverflowError nestedTooDeep) {
      return null;
    }
  }

  private static int parts(String text) {
    int parts = 0;
    for (int k = 0; k < text.length(); k++) {
      char c = text.charAt(k);
      if (c == '|' || c == '^' || c == '~' || c == '&' || c == '\r' || c == '\n') {
        parts++;
      }
    }
    return parts;
  }

  private static Translated quarantined(Admitted message, Mapped mapped) {
    for (Diagnostic diagnostic : mapped.diagnostics()) {
      if (diagnostic.severity() == Diagnostic.Severity.FATAL) {
        return Translated.quarantined(message, diagnostic.code(), diagnostic.place());
      }
    }
    return Translated.quarantined(message, "mapping.internal", "");
  }

  /** Random, so that a hash kept after a body was erased confirms no guess about it. */
  private String identifier() {
    return "urn:uuid:" + UUID.randomUUID();
  }
}
