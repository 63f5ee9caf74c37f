package io.emrgateway.agent.seal;

import io.emrgateway.agent.seal.Header.Audit;
import io.emrgateway.agent.seal.Header.Kind;
import io.emrgateway.agent.seal.Header.Last;
import io.emrgateway.agent.seal.Header.Source;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Batches for tests; every content is synthetic. */
final class Batches {
  static final String FEED = "H-0104/main";
  static final OffsetDateTime TIME = OffsetDateTime.parse("2026-11-22T17:40:03.120+08:00");
  static final String CONFIG = "ab".repeat(32);

  private Batches() {}

  static BatchSealer.Context data(long inNext, long nNext, int count) {
    return context(Kind.DATA, inNext, nNext, count, Optional.empty(), Optional.empty());
  }

  static BatchSealer.Context context(
      Kind kind, long inNext, long nNext, int count, Optional<Header.Restore> restore, Optional<Certificate> fresh) {
    return new BatchSealer.Context(
        FEED, 1, 1, Suite.ZERO_HASH, kind, TIME, "1.4.2", CONFIG, inNext,
        count == 0 ? List.of() : List.of(new Source("his-adt", count)), nNext,
        new Audit(3, "cd".repeat(32)), Last.NONE, restore, fresh);
  }

  static Input.Held held(Suite suite, long i, long n, byte[] body) {
    byte[] raw = ("MSH|^~\\&|synth|" + i).getBytes(StandardCharsets.UTF_8);
    return new Input.Held(i, n, suite.hash(Suite.TAG_RAW, raw), body, suite.hash(Suite.TAG_BODY, body), "GB18030", "ORU^R01", "SYN" + i, TIME);
  }

  static List<Input> heldInputs(Suite suite, int count, byte[] body) {
    List<Input> inputs = new ArrayList<>();
    for (int at = 0; at < count; at++) {
      inputs.add(held(suite, 1 + at, 1 + at, body));
    }
    return inputs;
  }

  /** What is sent of a batch whose bodies have been squeezed as for the store. */
  static Request request(SealedBatch batch, boolean gzip) {
    return batch.request(batch.bodies().stream().map(new Squeeze(1)::squeeze).toList(), gzip);
  }

  /** A bundle of about 5 KB as the mapping writes them, with numbers that vary. */
  static byte[] bundle(int seed) {
    StringBuilder out = new StringBuilder("{\"resourceType\":\"Bundle\",\"identifier\":{\"system\":\"urn:ietf:rfc:3986\","
        + "\"value\":\"urn:uuid:6d3c7f0e-0000-4000-8000-00000000" + (1000 + seed) + "\"},\"type\":\"transaction\","
        + "\"entry\":[{\"fullUrl\":\"urn:uuid:a\",\"resource\":{\"resourceType\":\"Patient\",\"identifier\":[{\"use\":"
        + "\"official\",\"system\":\"urn:oid:1.2.3\",\"value\":\"SYN" + seed * 7919L + "\"}],\"name\":[{\"text\":\"合成患者"
        + seed + "\"}],\"gender\":\"female\",\"birthDate\":\"19" + (40 + seed % 60) + "-03-12\"},\"request\":{\"method\":"
        + "\"PUT\",\"url\":\"Patient?identifier=urn:oid:1.2.3|SYN" + seed * 7919L + "\"}}");
    String[] names = {"血红蛋白", "白细胞计数", "血小板计数", "葡萄糖", "肌酐", "尿素", "总胆红素", "白蛋白", "钾", "钠"};
    for (int k = 0; k < names.length; k++) {
      out.append(",{\"fullUrl\":\"urn:uuid:o").append(k).append("\",\"resource\":{\"resourceType\":\"Observation\","
          + "\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"urn:oid:2.16.156.1\",\"code\":\"L").append(seed * 31 + k)
          .append("\",\"display\":\"").append(names[k]).append("\"}]},\"subject\":{\"reference\":\"urn:uuid:a\"},"
          + "\"effectiveDateTime\":\"2026-11-22T0").append(k).append(":15:00+08:00\",\"valueQuantity\":{\"value\":")
          .append((seed * 13 + k * 7) % 97 / 10.0).append(",\"unit\":\"mmol/L\",\"system\":\"http://unitsofmeasure.org\","
          + "\"code\":\"mmol/L\"},\"referenceRange\":[{\"low\":{\"value\":3.5},\"high\":{\"value\":9.5},\"text\":\"3.5-9.5\"}]},"
          + "\"request\":{\"method\":\"POST\",\"url\":\"Observation\"}}");
    }
    return out.append("]}").toString().getBytes(StandardCharsets.UTF_8);
  }
}
