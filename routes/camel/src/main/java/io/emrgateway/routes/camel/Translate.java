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
import io.emrgateway.routes.core.delivery.Attempts;
import io.emrgateway.routes.core.delivery.Translated;
import io.emrgateway.routes.core.lookup.Headroom;
import io.emrgateway.routes.core.records.Subjects;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  /** Who knows what has been sealed since. */
  @FunctionalInterface
  public interface Later {
    /**
     * What messages admitted after this one have written about the same patients.
     *
     * @return requests as bundles have them, e.g. {@code Patient?identifier=…}
     */
    Set<String> wrote(Admitted message, Subjects subjects);
  }

  /** Who is told of what is wrong with a message that has its bundle. */
  @FunctionalInterface
  public interface Noticed {
    void noticed(Admitted message, Diagnostic finding);
  }

  /** Bytes of bundles after which the rest of what was picked up is left for the next time. */
  private static final long BODIES_BYTES = 4 << 20;

  /** Characters; what is shorter cannot take the smallest heap whatever it holds. */
  private static final int HARMLESS_LENGTH = 32 << 10;

  /** Measured: of all segments an insurance takes most while it is converted, of all repetitions an attending doctor. */
  private static final int SEGMENT_BYTES = 8 << 10;
  private static final int REPETITION_BYTES = 2 << 10;

  /** The other half of the heap is for all else. */
  private static final long CONVERSION_BYTES_MAX = Runtime.getRuntime().maxMemory() / 2;

  private final Supplier<Rules> inForce;
  private final Leftovers leftovers;
  private final Attempts attempts;
  private final Later later;
  private final Headroom lookups;
  private final Noticed noticed;
  private final Map<String, CharsetPolicy> byLabel = new ConcurrentHashMap<>();

  /**
   * @param inForce asked once for each message
   * @param attempts asked for each message that is large enough to be a danger
   * @param later asked for each repaired message: it must not undo what is newer
   * @param lookups the room that lookups have: a message that takes more than theirs is translated when none has any
   * @param noticed told of what is wrong with a message that goes on all the same
   */
  public Translate(Supplier<Rules> inForce, Leftovers leftovers, Attempts attempts, Later later, Headroom lookups, Noticed noticed) {
    this.inForce = inForce;
    this.leftovers = leftovers;
    this.attempts = attempts;
    this.later = later;
    this.lookups = lookups;
    this.noticed = noticed;
  }

  /** Each message on its own: a bad one holds up nobody. As many of the first ones as fit into memory, one at least. */
  public List<Translated> all(@Body List<Admitted> messages) {
    List<Translated> translated = new ArrayList<>(messages.size());
    long bytes = 0;
    for (Admitted message : messages) {
      if (bytes > BODIES_BYTES) {
        break;
      }
      Translated one = translate(message);
      translated.add(one);
      bytes += one.body() == null ? 0 : one.body().length;
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
    if (isTooLarge(decoded.text(), CONVERSION_BYTES_MAX)) {
      return Translated.quarantined(known, "mapping.too-large", "");
    }
    Attempts marks = decoded.text().length() <= HARMLESS_LENGTH ? Attempts.FORGETFUL : attempts;
    if (!marks.begin(message.number())) {
      return Translated.quarantined(known, "mapping.process-died", "");
    }
    Mapping.Later since = message.repaired() ? about -> later.wrote(message, ToSubjects.of(about)) : null;
    Mapped mapped;
    // Null after some seconds: the feed does not stand still for lookups that do not end.
    try (Headroom.Taken alone = isTooLarge(decoded.text(), lookups.most()) ? lookups.take(lookups.most()).orElse(null) : null) {
      mapped = mapped(decoded.text(), rules.mapping(), source.site(), leftovers.of(known, rules.mapping().version()), since);
    }
    marks.end(message.number());
    if (mapped == null) {
      return Translated.quarantined(known, "mapping.internal", "");
    }
    if (!mapped.converted()) {
      return quarantined(known, mapped);
    }
    mapped.diagnostics().stream().filter(one -> one.severity() != Diagnostic.Severity.INFO).forEach(one -> noticed.noticed(known, one));
    return Translated.into(known, mapped.bundle(), rules.config(), ToSubjects.of(mapped.about()));
  }

  private static Mapped mapped(String text, Mapping mapping, Site site, Unmapped unmapped, Mapping.Later since) {
    try {
      return mapping.map(text, site, identifier(), unmapped, since);
    } catch (StackOverflowError nestedTooDeep) {
      return null;
    }
  }

  /** Whether a trace, which takes ten times as much as a conversion, would not fit beside all else. */
  public static boolean isTooLargeToTrace(String text) {
    return isTooLarge(text, CONVERSION_BYTES_MAX / 10);
  }

  private static boolean isTooLarge(String text, long bytesMax) {
    return (long) text.length() * SEGMENT_BYTES > bytesMax && conversionBytes(text) > bytesMax;
  }

  /**
   * What translating a message takes of the heap at most: segments and repetitions become resources and elements, whatever
   * their length; other parts only text.
   *
   * @param text of at least the first six characters of a header
   */
  static long conversionBytes(String text) {
    // The second of MSH-2, where a message begins as it should.
    char repeats = text.charAt(5);
    long bytes = 0;
    for (int k = 0; k < text.length(); k++) {
      char c = text.charAt(k);
      bytes += c == repeats || c == '~' ? REPETITION_BYTES : c == '\r' || c == '\n' ? SEGMENT_BYTES : 0;
    }
    return bytes;
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
