package io.emrgateway.city;

import com.fasterxml.jackson.databind.JsonNode;
import io.emrgateway.city.Json.Members;
import io.emrgateway.city.Json.Range;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * What the gateway signs for a batch, with every value in its form. Whether the values fit what the city holds is
 * {@link Rules}' to say.
 *
 * @param hh {@code H(02|header)} over the bytes as they were signed
 * @param in admission numbers of this batch; repaired inputs of earlier batches are not among them
 * @param n numbers of the bodies
 * @param certificate of a rotation: the hash of the new certificate; else null
 * @param unknown of a resync: inputs that the city counts and the restored gateway has no trace of; else null
 */
record Header(
    String feed,
    long epoch,
    long seq,
    String prev,
    Kind kind,
    String hh,
    Range in,
    Range n,
    int entries,
    String root,
    long auditN,
    String auditHead,
    long lastSeq,
    String lastCh,
    String certificate,
    Range unknown) {

  enum Kind {
    DATA,
    HEARTBEAT,
    ROTATE,
    RESYNC;

    static Kind named(String name) {
      for (Kind kind : values()) {
        if (kind.inJson().equals(name)) {
          return kind;
        }
      }
      return null;
    }

    String inJson() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final Set<String> KEYS =
      Set.of("v", "feed", "epoch", "seq", "prev", "kind", "suite", "created", "agent", "in", "n", "entries", "root",
          "audit", "last");

  /** @throws Refused with a {@code header.*} rule and the place */
  static Header read(Suite suite, byte[] json) {
    Members header = new Members(Json.object(json, Rule.HEADER_JSON), "header");
    Kind kind = Kind.named(header.has("kind") ? header.string("kind") : "");
    if (kind == null) {
      throw header.wrong("kind");
    }
    Set<String> keys = new HashSet<>(KEYS);
    if (kind == Kind.ROTATE) {
      keys.add("certificate");
    } else if (kind == Kind.RESYNC) {
      keys.add("restore");
    }
    header.exactly(keys);

    if (header.integer("v", 1) != 1) {
      throw header.wrong("v");
    }
    if (!header.string("suite").equals(suite.id)) {
      throw new Refused(Rule.HEADER_SUITE);
    }
    header.time("created");
    Members agent = header.members("agent").exactly(Set.of("version", "config"));
    agent.string("version");
    agent.hash("config");

    Members in = header.members("in").exactly(Set.of("from", "to", "sources"));
    Range inputs = in.range(in.integer("from", 1), in.integer("to", 0), "to");
    checkSources(in, inputs);

    Members audit = header.members("audit").exactly(Set.of("n", "head"));
    Members last = header.members("last").exactly(Set.of("seq", "ch"));
    Range unknown = null;
    if (kind == Kind.RESYNC) {
      Members restore = header.members("restore").exactly(Set.of("backup", "audit", "unknown"));
      restore.timeOrNull("backup");
      restore.hash("audit");
      unknown = restore.range("unknown");
    }
    return new Header(
        header.string("feed"),
        header.integer("epoch", 1),
        header.integer("seq", 1),
        header.hash("prev"),
        kind,
        suite.hex(Suite.HEADER, json),
        inputs,
        header.range("n"),
        (int) Math.min(header.integer("entries", 0), Integer.MAX_VALUE),
        header.hash("root"),
        audit.integer("n", 0),
        audit.hash("head"),
        last.integer("seq", 0),
        last.hash("ch"),
        kind == Kind.ROTATE ? header.hash("certificate") : null,
        unknown);
  }

  private static void checkSources(Members in, Range inputs) {
    long sum = 0;
    Set<String> names = new HashSet<>();
    for (JsonNode source : in.array("sources")) {
      if (!source.isArray() || source.size() != 2 || !source.get(0).isTextual()) {
        throw in.wrong("sources");
      }
      if (source.get(0).textValue().isEmpty() || !names.add(source.get(0).textValue())) {
        throw new Refused(Rule.HEADER_SOURCES, "header.in.sources");
      }
      sum += in.integer(source.get(1), 1, "sources");
    }
    if (sum != inputs.size()) {
      throw new Refused(Rule.HEADER_SOURCES, "header.in.sources");
    }
  }
}
