package io.emrgateway.agent.seal;

import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.Objects;
import java.util.regex.Pattern;

/** One admitted message on its way into a batch: delivered with a body, or explained without one. */
public sealed interface Input {

  /** The admission number. */
  long i();

  /** The entry's line without its line feed, in UTF-8. */
  byte[] line();

  /** Delivered: the body goes along, and the entry says what it was made from. */
  static Held held(
      long i, long n, byte[] rawHash, byte[] body, byte[] bodyHash, String charset, String type, String control,
      OffsetDateTime received) {
    return new Held(i, n, rawHash, body, bodyHash, charset, type, control, received);
  }

  /** Not delivered, and why: {@code quarantined}, {@code filtered:<rule>} or {@code duplicate-of:<i>}. */
  static Explained explained(long i, String why) {
    return new Explained(i, why);
  }

  /**
   * @param n the delivered body's number
   * @param rawHash {@code H(04|raw bytes)}, 32 bytes
   * @param body the bundle, exactly as it will be sent
   * @param bodyHash {@code H(03|body)}, 32 bytes
   * @param type message type as sent, components joined by ^
   * @param control MSH-10 as sent
   */
  final class Held implements Input {
    private final long i;
    private final long n;
    private final byte[] rawHash;
    private final byte[] body;
    private final byte[] bodyHash;
    private final String charset;
    private final String type;
    private final String control;
    private final OffsetDateTime received;

    public Held(
        long i, long n, byte[] rawHash, byte[] body, byte[] bodyHash, String charset, String type, String control,
        OffsetDateTime received) {
      if (rawHash.length != Suite.HASH_BYTES) {
        throw new SealRefused(SealRefused.Reason.BATCH_VALUE, "entry.raw");
      }
      if (bodyHash.length != Suite.HASH_BYTES) {
        throw new SealRefused(SealRefused.Reason.BATCH_VALUE, "entry.body");
      }
      this.i = i;
      this.n = n;
      this.rawHash = rawHash;
      this.body = body;
      this.bodyHash = bodyHash;
      this.charset = Objects.requireNonNull(charset, "charset");
      this.type = Objects.requireNonNull(type, "type");
      this.control = Objects.requireNonNull(control, "control");
      this.received = Objects.requireNonNull(received, "received");
    }

    @Override
    public long i() {
      return i;
    }

    public long n() {
      return n;
    }

    /** Not a copy: bodies are large and nobody writes into them. */
    public byte[] body() {
      return body;
    }

    @Override
    public byte[] line() {
      StringBuilder out = new StringBuilder(360);
      out.append("{\"i\":").append(i).append(",\"n\":").append(n);
      out.append(",\"raw\":\"").append(Suite.hex(rawHash));
      out.append("\",\"body\":\"").append(Suite.hex(bodyHash));
      out.append("\",\"length\":").append(body.length);
      Json.quote(out.append(",\"charset\":"), charset);
      Json.quote(out.append(",\"type\":"), type);
      Json.quote(out.append(",\"control\":"), control);
      out.append(",\"received\":\"").append(Json.time(received)).append("\"}");
      return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Numbers only: the body is a patient's. */
    @Override
    public String toString() {
      return "Held[i=" + i + ", n=" + n + ", bytes=" + body.length + "]";
    }
  }

  /** @see Input#explained */
  record Explained(long i, String why) implements Input {
    private static final Pattern WHY =
        Pattern.compile("quarantined|filtered:[A-Za-z0-9._-]{1,100}|duplicate-of:[1-9][0-9]{0,15}");

    public Explained {
      if (!WHY.matcher(why).matches()) {
        throw new SealRefused(SealRefused.Reason.BATCH_VALUE, "entry.why");
      }
    }

    @Override
    public byte[] line() {
      StringBuilder out = new StringBuilder(64).append("{\"i\":").append(i).append(",\"why\":");
      return Json.quote(out, why).append('}').toString().getBytes(StandardCharsets.UTF_8);
    }
  }
}
