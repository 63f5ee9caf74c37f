package io.emrgateway.city;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The addresses of lookups: finds out whose connection it is, and hands on to {@link Lookups}. */
final class LookupApi {
  private static final Duration ANSWER_WAIT = Duration.ofSeconds(8);
  private static final Duration ANSWER_WAIT_MAX = Duration.ofSeconds(20);
  private static final Duration POLL_WAIT = Duration.ofSeconds(25);
  private static final Pattern PREFER_WAIT = Pattern.compile("(?:^|[,; ])wait=([0-9]{1,4})(?:$|[,; ])");

  /** How soon it makes sense to ask again: a lookup is over in seconds, a practitioner's minute in a minute. */
  private static final long RETRY_FEED_SECONDS = 1;

  private static final long RETRY_PRACTITIONER_SECONDS = 60;

  private final Lookups lookups;
  private final Register register;
  private final Misbehaviour misbehaviour;
  private final Clock clock;

  LookupApi(Lookups lookups, Register register, Misbehaviour misbehaviour, Clock clock) {
    this.lookups = lookups;
    this.register = register;
    this.misbehaviour = misbehaviour;
    this.clock = clock;
  }

  /** True if the address is one of ours. */
  static boolean knows(String path) {
    return path.equals("/v1/lookups") || path.startsWith("/v1/lookups/");
  }

  /** {@code /v1/lookups} and what lies below. */
  Answer handle(Request request) throws IOException {
    Register.Feed connected = register.servedBy(request.client());
    if (connected == null) {
      throw new Refused(Rule.TLS_NOT_PINNED);
    }
    try {
      return available() ? route(request) : unavailable();
    } catch (Refused refused) {
      return refused(connected, refused);
    }
  }

  /** {@code /v1/feeds/{feed}/lookups:next}. */
  Answer next(Register.Feed feed, Request request) {
    return available() ? lookups.next(feed, wait(request, POLL_WAIT, POLL_WAIT)) : unavailable();
  }

  private Answer route(Request request) throws IOException {
    String[] path = request.path().split("/", -1);
    boolean post = request.method().equals("POST");
    byte[] client = request.client();
    if (path.length == 3 && post) {
      byte[] cms = body(request, Answer.LOOKUP);
      return slowly(lookups.ask(client, cms, wait(request, ANSWER_WAIT, ANSWER_WAIT_MAX)));
    }
    if (path.length == 4 && path[3].equals("withdrawals") && post) {
      return lookups.withdraw(client, body(request, Answer.SIGNED));
    }
    if (path.length == 4 && path[3].equals("objections") && post) {
      return lookups.object(client, body(request, Answer.SIGNED));
    }
    if (path.length == 4 && request.method().equals("GET")) {
      return slowly(lookups.show(client, path[3], request.header("if-none-match")));
    }
    if (path.length == 5 && path[4].equals("answers") && post) {
      expectType(request, Answer.LOOKUP_ANSWER);
      return lookups.answer(client, path[3], request.body());
    }
    throw new Refused(Rule.REQUEST_UNKNOWN);
  }

  private static byte[] body(Request request, String type) throws IOException {
    expectType(request, type);
    byte[] body = request.body().readNBytes(Limits.LOOKUP_BYTES_MAX + 1);
    if (body.length > Limits.LOOKUP_BYTES_MAX) {
      throw new Refused(Rule.LOOKUP_FORM, "size");
    }
    return body;
  }

  private static void expectType(Request request, String type) {
    if (!request.header("content-type").equals(type)) {
      throw new Refused(Rule.LOOKUP_CONTENT_TYPE);
    }
  }

  /** What the asker prefers (RFC 7240, 4.3), from one second to {@code max}. */
  private static Duration wait(Request request, Duration usual, Duration max) {
    Matcher prefer = PREFER_WAIT.matcher(request.header("prefer"));
    if (!prefer.find()) {
      return usual;
    }
    long seconds = Math.max(1, Math.min(max.toSeconds(), Long.parseLong(prefer.group(1))));
    return Duration.ofSeconds(seconds);
  }

  private Answer slowly(Answer answer) {
    try {
      Thread.sleep(misbehaviour.lookupSlow().toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return answer;
  }

  private boolean available() {
    return !misbehaviour.lookupsUnavailable(clock.instant());
  }

  private Answer unavailable() {
    return Answer.refused(Rule.UNAVAILABLE, "", misbehaviour.retryAfterSeconds());
  }

  private Answer refused(Register.Feed connected, Refused refused) {
    lookups.log().refused(connected.feed(), refused, clock.instant());
    long retryAfter =
        refused.rule != Rule.LOOKUP_TOO_MANY
            ? 0
            : refused.place.equals("practitioner") ? RETRY_PRACTITIONER_SECONDS : RETRY_FEED_SECONDS;
    return Answer.refused(refused.rule, refused.place, retryAfter);
  }
}
