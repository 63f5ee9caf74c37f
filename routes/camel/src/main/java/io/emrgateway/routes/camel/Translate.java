package io.emrgateway.routes.camel;

import io.emrgateway.mappings.Diagnostic;
import io.emrgateway.mappings.Mapped;
import io.emrgateway.mappings.Mapping;
import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.Unmapped;
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
import java.util.function.Supplier;
import org.apache.camel.Body;

/** From a message's bytes to its FHIR Bundle, by the charset it was admitted with and its site's rules. */
public final class Translate {

  /**
   * What a source says of its messages.
   *
   * @param charset for a message that did not decode at the door and is tried again
   */
  public record SourceRules(CharsetPolicy charset, Site site) {}

  /**
   * Everything that decides what becomes of a message. Replaced as a whole, so that each message is translated by one of
   * them alone.
   *
   * @param others for messages of a source that is not configured any more
   * @param config what a batch's header calls this configuration
   */
  public record Rules(Mapping mapping, Map<String, SourceRules> sources, SourceRules others, String config) {
    public Rules {
      sources = Map.copyOf(sources);
    }

    /** What holds for a source's messages. */
    public SourceRules of(String source) {
      return sources.getOrDefault(source, others);
    }
  }

  /** Who wants to know what no rule has a use for. */
  @FunctionalInterface
  public interface Leftovers {
    /** @param rules version of the mapping that converts it */
    Unmapped of(Admitted message, String rules);
  }

  /** Shorter texts fit the smallest heap whatever they hold. */
  private static final int LARGE = 1 << 20;

  /** Each becomes an element of the bundle; more would not fit the heap, and the process would die of it, again and again. */
  private static final int PARTS_MAX = 150_000;

  private final Supplier<Rules> inForce;
  private final Leftovers leftovers;
  private final Map<String, CharsetPolicy> byLabel = new ConcurrentHashMap<>();

  /** @param inForce asked once for each message */
  public Translate(Supplier<Rules> inForce, Leftovers leftovers) {
    this.inForce = inForce;
    this.leftovers = leftovers;
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
    Rules rules = inForce.get();
    SourceRules source = rules.of(message.source());
    CharsetPolicy policy = message.charset().isEmpty()
        ? source.charset()
        : byLabel.computeIfAbsent(message.charset(), CharsetPolicy::of);
    CharsetPolicy.Outcome outcome = policy.decode(message.bytes());
    if (outcome instanceof Undecodable undecodable) {
      return Translated.quarantined(message, Reason.BYTES_DO_NOT_DECODE.code(), "byte " + undecodable.offset());
    }
    Decoded decoded = (Decoded) outcome;
    // What did not decode at the door has no charset yet; the entry at the city names the one it was read in.
    Admitted known = message.charset().isEmpty() ? message.readAs(decoded.charset()) : message;
    if (isTooLarge(decoded.text())) {
      return Translated.quarantined(known, "mapping.too-large", "");
    }
    Mapped mapped = mapped(decoded.text(), rules.mapping(), source.site(), leftovers.of(known, rules.mapping().version()));
    if (mapped == null) {
      return Translated.quarantined(known, "mapping.internal", "");
    }
    return mapped.converted()
        ? Translated.into(known, mapped.bundle(), rules.config())
        : quarantined(known, mapped);
  }

  private static Mapped mapped(String text, Mapping mapping, Site site, Unmapped unmapped) {
    try {
      return mapping.map(text, site, identifier(), unmapped);
    } catch (StackOverflowError nestedTooDeep) {
      return null;
    }
  }

  private static boolean isTooLarge(String text) {
    if (text.length() <= LARGE) {
      return false;
    }
    int parts = 0;
    for (int k = 0; k < text.length(); k++) {
      char c = text.charAt(k);
      if (c == '|' || c == '^' || c == '~' || c == '&' || c == '\r' || c == '\n') {
        parts++;
      }
    }
    return parts > PARTS_MAX;
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
  private static String identifier() {
    return "urn:uuid:" + UUID.randomUUID();
  }
}
