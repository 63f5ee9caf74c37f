package io.emrgateway.routes.camel.mllp;

import io.emrgateway.mappings.hl7.CharsetPolicy;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Objects;
import org.apache.camel.support.jsse.SSLContextParameters;

/**
 * One door: where one source's messages come in, and by which rules.
 *
 * @param source its name in gateway.yaml: letters, digits, dot, dash and underscore
 * @param host address to listen on, e.g. "127.0.0.1", "0.0.0.0" or "::"
 * @param charset how its bytes become text, and the character set of our answers
 * @param undecodable what a message is told whose bytes do not decode
 * @param acknowledge how many answers one message gets in enhanced mode
 * @param allow who may connect
 * @param tls null for plain TCP
 * @param frameMaxBytes a longer message is refused; of it, 64 KiB are kept
 * @param idleTimeout a connection silent for so long is closed, but never while a message is in our hands
 * @param connectionsMax further ones are turned away
 * @param zone of the time stamps in our answers
 * @param queries whether its sender may ask what other hospitals know of a patient
 */
public record Listener(
    String source,
    String host,
    int port,
    CharsetPolicy charset,
    Undecodable undecodable,
    Answers acknowledge,
    AllowList allow,
    Tls tls,
    int frameMaxBytes,
    Duration idleTimeout,
    int connectionsMax,
    ZoneId zone,
    boolean queries) {

  /** Whose fault bytes are that do not decode: AE lets a sender try again, AR tells it not to. */
  public enum Undecodable { AE, AR }

  /** ONE: a sender that reads one answer for each message (most do). TWO: accept and application acknowledgement. */
  public enum Answers { ONE, TWO }

  /** Whether the client has to show a certificate that the trust store of the parameters knows. */
  public enum ClientCertificate { NONE, WANTED, REQUIRED }

  /** Camel's own TLS settings (key store, trust store, protocols), and what is asked of the client. */
  public record Tls(SSLContextParameters parameters, ClientCertificate client) {
    public Tls {
      Objects.requireNonNull(parameters, "parameters");
      Objects.requireNonNull(client, "client");
    }
  }

  public static final int FRAME_MAX_BYTES = 16 * 1024 * 1024;
  public static final Duration IDLE_TIMEOUT = Duration.ofHours(1);
  public static final int CONNECTIONS_MAX = 64;
  public static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

  public Listener {
    Objects.requireNonNull(charset, "charset");
    Objects.requireNonNull(undecodable, "undecodable");
    Objects.requireNonNull(acknowledge, "acknowledge");
    Objects.requireNonNull(allow, "allow");
    Objects.requireNonNull(zone, "zone");
    if (!source.matches("[A-Za-z0-9._-]{1,64}")) {
      throw new IllegalArgumentException("source: a name has 1 to 64 letters, digits, dots, dashes or underscores");
    }
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException(source + ": port: " + port + " is not between 1 and 65535");
    }
    if (frameMaxBytes < 1024) {
      throw new IllegalArgumentException(source + ": frame-max: less than 1 KiB holds no message");
    }
    if (idleTimeout.compareTo(Duration.ofMillis(100)) < 0) {
      throw new IllegalArgumentException(source + ": idle-timeout: less than 100 ms closes on every sender");
    }
    if (connectionsMax < 1) {
      throw new IllegalArgumentException(source + ": connections-max: at least 1");
    }
  }

  /** A plain door with every default: {@code detect}, AE, one answer, anybody, 16 MiB, an hour, 64 connections. */
  public static Listener plain(String source, String host, int port) {
    return new Listener(source, host, port, CharsetPolicy.of("detect"), Undecodable.AE, Answers.ONE,
        AllowList.ANYBODY, null, FRAME_MAX_BYTES, IDLE_TIMEOUT, CONNECTIONS_MAX, ZONE, false);
  }

  public Listener withCharset(CharsetPolicy policy) {
    return new Listener(source, host, port, policy, undecodable, acknowledge, allow, tls, frameMaxBytes, idleTimeout,
        connectionsMax, zone, queries);
  }

  public Listener withAnswers(Answers answers, Undecodable rule) {
    return new Listener(source, host, port, charset, rule, answers, allow, tls, frameMaxBytes, idleTimeout,
        connectionsMax, zone, queries);
  }

  public Listener withGate(AllowList list, int connections, Tls security) {
    return new Listener(source, host, port, charset, undecodable, acknowledge, list, security, frameMaxBytes,
        idleTimeout, connections, zone, queries);
  }

  public Listener withLimits(int frameMax, Duration idle) {
    return new Listener(source, host, port, charset, undecodable, acknowledge, allow, tls, frameMax, idle,
        connectionsMax, zone, queries);
  }

  public Listener withQueries() {
    return new Listener(source, host, port, charset, undecodable, acknowledge, allow, tls, frameMaxBytes, idleTimeout,
        connectionsMax, zone, true);
  }
}
