package io.emrgateway.city;

import io.emrgateway.city.Answer.Ending;
import io.emrgateway.city.Misbehaviour.Deed;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** The contract's addresses: finds the feed, checks whose connection it is, and hands on to {@link City}. */
final class CityApi {
  private static final String BATCH = "application/vnd.emr-gateway.batch";

  private final City city;
  private final LookupApi lookups;
  private final Misbehaviour misbehaviour;
  private final Path trustDir;
  private final Clock clock;

  /** @param trustDir holds {@code trust-<suite>.cms}, read anew for every request */
  CityApi(City city, LookupApi lookups, Misbehaviour misbehaviour, Path trustDir, Clock clock) {
    this.city = city;
    this.lookups = lookups;
    this.misbehaviour = misbehaviour;
    this.trustDir = trustDir;
    this.clock = clock;
  }

  /** Answers one request; whatever happens, with an answer. A connection that broke is answered in vain. */
  Answer handle(Request request) {
    try {
      return route(request);
    } catch (Refused refused) {
      return Answer.refused(refused.rule, refused.place, 0);
    } catch (IOException | UncheckedIOException e) {
      // The sender went away in the middle of its request; nothing was stored.
      return new Answer(400, Answer.JSON, new byte[0], 0, Ending.CUT);
    } catch (RuntimeException e) {
      System.err.println("city: internal failure: " + e);
      return Answer.refused(Rule.INTERNAL, "", 0);
    }
  }

  private Answer route(Request request) throws IOException {
    if (misbehaviour.unavailable(clock.instant())) {
      return Answer.refused(Rule.UNAVAILABLE, "", misbehaviour.retryAfterSeconds());
    }
    String[] path = request.path().split("/", -1);
    boolean get = request.method().equals("GET");
    if (request.path().equals("/v1/trust") && get) {
      return trust(request);
    }
    if (LookupApi.knows(request.path())) {
      return lookups.handle(request);
    }
    if (path.length < 5 || !path[1].equals("v1") || !path[2].equals("feeds")) {
      throw new Refused(Rule.REQUEST_UNKNOWN);
    }
    Register.Feed feed = feed(decoded(path[3]), request.client());
    if (path.length == 7 && path[4].equals("batches") && request.method().equals("POST")) {
      return batch(feed, new Batch.Key(feed.feed(), number(path[5]), number(path[6])), request);
    }
    if (path.length == 5 && path[4].equals("head") && get) {
      return city.head(feed, request.parameter("nonce"));
    }
    if (path.length == 5 && path[4].equals("outcomes") && get) {
      return city.outcomes(feed, request.parameter("after"));
    }
    if (path.length == 5 && decoded(path[4]).equals("lookups:next") && request.method().equals("POST")) {
      return lookups.next(feed, request);
    }
    throw new Refused(Rule.REQUEST_UNKNOWN);
  }

  /** The registered feed. A stranger learns nothing about which feeds there are: unknown and not pinned look alike. */
  private Register.Feed feed(String name, byte[] client) {
    Register.Feed feed = city.register().feed(name);
    if (feed == null || !feed.isServedBy(client)) {
      throw new Refused(Rule.TLS_NOT_PINNED);
    }
    return feed;
  }

  private Answer trust(Request request) throws IOException {
    for (Register.Feed feed : city.register().feeds()) {
      if (feed.isServedBy(request.client())) {
        return Answer.signed(200, Files.readAllBytes(trustDir.resolve("trust-" + feed.suite().id + ".cms")));
      }
    }
    throw new Refused(Rule.TLS_NOT_PINNED);
  }

  private Answer batch(Register.Feed feed, Batch.Key key, Request request) throws IOException {
    int status = misbehaviour.nextStatus();
    if (status != 0) {
      Rule rule = status == 429 ? Rule.TOO_FAST : status == 503 ? Rule.UNAVAILABLE : Rule.INTERNAL;
      return Answer.refused(rule, "", misbehaviour.retryAfterSeconds()).status(status);
    }
    Deed deed = misbehaviour.nextDeed();
    if (deed == Deed.RESET_IN_BODY) {
      readHalf(request);
      return new Answer(400, Answer.JSON, new byte[0], 0, Ending.RESET);
    }
    if (!request.header("content-type").equals(BATCH)) {
      throw new Refused(Rule.REQUEST_CONTENT_TYPE);
    }

    Answer answer;
    if (deed == Deed.DUPLICATE) {
      byte[] body = request.body().readAllBytes();
      city.take(feed, key, decoded(request, new ByteArrayInputStream(body)));
      answer = city.take(feed, key, decoded(request, new ByteArrayInputStream(body)));
    } else {
      answer = city.take(feed, key, decoded(request, request.body()));
    }
    pause();
    return switch (deed) {
      case LOSE_RECEIPT -> answer.ending(Ending.CUT);
      case HALF_RECEIPT -> answer.ending(Ending.HALF);
      case WRONG_SIGNATURE -> answer.status() == 200 ? withWrongSignature(answer) : answer;
      default -> answer;
    };
  }

  private void pause() {
    try {
      Thread.sleep(misbehaviour.slow().toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void readHalf(Request request) throws IOException {
    String length = request.header("content-length");
    int half = length.matches("[0-9]{1,9}") ? Integer.parseInt(length) / 2 : 1;
    request.body().readNBytes(half);
  }

  /** The last octet of a receipt is the last of its signature's s: still DER, no longer a signature. */
  private static Answer withWrongSignature(Answer answer) {
    byte[] body = answer.body().clone();
    body[body.length - 1] ^= 1;
    return Answer.signed(200, body);
  }

  private static InputStream decoded(Request request, InputStream body) throws IOException {
    String encoding = request.header("content-encoding");
    if (encoding.isEmpty() || encoding.equals("identity")) {
      return body;
    }
    if (!encoding.equals("gzip")) {
      throw new Refused(Rule.REQUEST_ENCODING);
    }
    try {
      return new GZIPInputStream(body, 16 << 10);
    } catch (ZipException | EOFException e) {
      throw new Refused(Rule.BATCH_ENCODING);
    }
  }

  private static String decoded(String segment) {
    try {
      // A plus sign is itself in a path; only forms make it a space.
      return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new Refused(Rule.REQUEST_PATH);
    }
  }

  private static long number(String segment) {
    if (!segment.matches("[1-9][0-9]{0,15}") || Long.parseLong(segment) > Json.INTEGER_MAX) {
      throw new Refused(Rule.REQUEST_PATH);
    }
    return Long.parseLong(segment);
  }
}
