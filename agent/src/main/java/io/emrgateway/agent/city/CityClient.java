package io.emrgateway.agent.city;

import io.emrgateway.agent.seal.Head;
import io.emrgateway.agent.seal.Header;
import io.emrgateway.agent.seal.Outcomes;
import io.emrgateway.agent.seal.Range;
import io.emrgateway.agent.seal.Receipt;
import io.emrgateway.agent.seal.SealRefused;
import io.emrgateway.agent.seal.Suite;
import io.emrgateway.routes.core.delivery.Batch;
import io.emrgateway.routes.core.delivery.City;
import io.emrgateway.routes.core.delivery.CityHead;
import io.emrgateway.routes.core.delivery.Delivery;
import io.emrgateway.routes.core.delivery.Outcome;
import io.emrgateway.routes.core.delivery.Wire;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/**
 * The city contract's client: one attempt at a time, every way to fail an outcome.
 *
 * <p>What a code leads to is decided by the courier; what an answer means is decided here, strictly:
 * a receipt counts only if its signature is by a receipt key of the trust file, it repeats what was
 * sent and it continues the chain of receipts that we hold.
 */
public final class CityClient implements City {

  /**
   * @param address may end in a path, behind which the contract's paths begin
   * @param feed full name, e.g. "H-0104/main"
   * @param patience an answer that is not whole by then counts as none
   */
  public record Settings(URI address, String feed, Suite suite, Duration patience, Duration connectTimeout) {}

  private static final int ANSWER_BYTES_MAX = 1 << 20;
  private static final Pattern RULE = Pattern.compile("\"rule\"\\s*:\\s*\"([A-Za-z0-9._-]{1,80})\"");

  private final Settings settings;
  private final HttpClient http;
  private final Trust trust;
  private final String base;
  private final String feedPath;
  private final SecureRandom random = new SecureRandom();

  public CityClient(Settings settings, CityTls tls, Trust trust) {
    this.settings = settings;
    this.trust = trust;
    SSLParameters parameters = new SSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3"});
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    this.http = HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(settings.connectTimeout())
        .followRedirects(HttpClient.Redirect.NEVER)
        .sslContext(tls.context())
        .sslParameters(parameters)
        .build();
    this.base = settings.address().toString().replaceFirst("/+$", "");
    this.feedPath = "/v1/feeds/" + URLEncoder.encode(settings.feed(), StandardCharsets.UTF_8);
  }

  @Override
  public Delivery deliver(Batch batch, Wire wire) {
    if (trust.isExpired() && !refreshTrust()) {
      return new Delivery.Postponed("delivery.trust-expired", Duration.ZERO);
    }
    HttpRequest request = batchRequest(batch, wire);
    return exchange(request, response -> switch (response.statusCode()) {
      case 200 -> receipt(response.body(), batch, wire);
      case 409 -> conflict(response.body());
      default -> failure(response);
    }, outcome -> outcome);
  }

  private HttpRequest batchRequest(Batch batch, Wire wire) {
    HttpRequest.Builder request = request(feedPath + "/batches/" + batch.epoch() + "/" + batch.seq())
        .header("Content-Type", "application/vnd.emr-gateway.batch");
    if (wire.gzip()) {
      request.header("Content-Encoding", "gzip");
    }
    return request.POST(BodyPublishers.ofByteArray(wire.request())).build();
  }

  private Delivery receipt(byte[] cms, Batch batch, Wire wire) {
    Receipt.Sent sent = new Receipt.Sent(settings.feed(), batch.epoch(), batch.seq(), batch.headerHash(),
        new Range(batch.firstBody(), batch.lastBody()), batch.lastInput(),
        new Header.Audit(batch.auditLength(), batch.auditHead()), wire.cityHeadBefore());
    try {
      Receipt receipt = Receipt.open(cms, settings.suite(), trust.receiptCertificates());
      receipt.requireSettles(sent);
      return new Delivery.Accepted(cms, receipt.ch());
    } catch (SealRefused refused) {
      return switch (refused.reason()) {
        case RECEIPT_OTHER_BATCH -> new Delivery.Postponed("delivery.receipt-of-another-batch", Duration.ZERO);
        case RECEIPT_CHAIN -> new Delivery.Declined("delivery.city-chain-broken", refused.place());
        default -> {
          // Perhaps a key we have not heard of yet; perhaps not the city at all. The batch stays unsettled.
          refreshTrust();
          yield new Delivery.Postponed("delivery.receipt-not-valid", Duration.ZERO);
        }
      };
    }
  }

  private Delivery conflict(byte[] cms) {
    try {
      Head head = Head.openConflict(cms, settings.suite(), trust.receiptCertificates(), settings.feed());
      String code = switch (head.error().orElseThrow()) {
        case GAP -> "delivery.gap";
        case FORK -> "delivery.fork";
        case EPOCH -> "delivery.epoch-closed";
      };
      return new Delivery.Declined(code, "city seq " + head.seq());
    } catch (SealRefused notTheCitys) {
      refreshTrust();
      return new Delivery.Postponed("delivery.answer-not-valid", Duration.ZERO);
    }
  }

  private static Delivery failure(HttpResponse<byte[]> response) {
    Matcher rule = RULE.matcher(new String(response.body(), StandardCharsets.UTF_8));
    String detail = rule.find() ? rule.group(1) : "";
    return switch (response.statusCode()) {
      case 403 -> new Delivery.Declined("delivery.certificate-not-pinned", detail);
      case 413 -> new Delivery.Declined("delivery.too-large", detail);
      case 422 -> new Delivery.Declined("delivery.rule-broken", detail);
      case 429, 503 -> new Delivery.Postponed("delivery.city-busy", retryAfter(response));
      default -> new Delivery.Postponed("delivery.city-answer-" + response.statusCode(), Duration.ZERO);
    };
  }

  /** Seconds only, at most an hour: the city's clock may differ from ours, and a slip must not silence a hospital. */
  private static Duration retryAfter(HttpResponse<byte[]> response) {
    Optional<String> header = response.headers().firstValue("Retry-After");
    return header.filter(value -> value.matches("[0-9]{1,9}"))
        .map(value -> Duration.ofSeconds(Math.min(3_600, Long.parseLong(value))))
        .orElse(Duration.ZERO);
  }

  @Override
  public Answer head() {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    String nonce = HexFormat.of().formatHex(bytes);
    if (trust.isExpired() && !refreshTrust()) {
      return new Answer.None(new Delivery.Postponed("delivery.trust-expired", Duration.ZERO));
    }
    return exchange(request(feedPath + "/head?nonce=" + nonce).GET().build(), response -> {
      if (response.statusCode() != 200) {
        return new Answer.None(failure(response));
      }
      try {
        Head head = Head.open(response.body(), settings.suite(), trust.receiptCertificates(), settings.feed(), nonce);
        return new Answer.Head(new CityHead(head.epoch(), head.seq(), head.hh(), head.in(), head.n(), head.ch()));
      } catch (SealRefused notTheCitys) {
        refreshTrust();
        return new Answer.None(new Delivery.Postponed("delivery.answer-not-valid", Duration.ZERO));
      }
    }, Answer.None::new);
  }

  @Override
  public List<Outcome> outcomes(long after) {
    return exchange(request(feedPath + "/outcomes?after=" + after).GET().build(), response -> {
      if (response.statusCode() != 200) {
        return List.of();
      }
      try {
        return Outcomes.open(response.body(), settings.suite(), trust.receiptCertificates(), settings.feed(), after)
            .outcomes().stream().map(one -> new Outcome(one.n(), one.accepted(), one.rule(), one.text())).toList();
      } catch (SealRefused notTheCitys) {
        return List.of();
      }
    }, failed -> List.of());
  }

  /**
   * Fetches the trust file and takes it if it is newer and rightly signed.
   *
   * @return true if the trust file in use is not expired afterwards
   */
  public boolean refreshTrust() {
    exchange(request("/v1/trust").GET().build(), response -> {
      if (response.statusCode() == 200) {
        trust.offer(response.body());
      }
      return null;
    }, failed -> null);
    return !trust.isExpired();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + path));
  }

  private interface Reading<T> {
    T of(HttpResponse<byte[]> response);
  }

  /** The whole answer within our patience, or an outcome; the client's own timeout covers only its head. */
  private <T> T exchange(HttpRequest request, Reading<T> answered, Function<Delivery, T> failed) {
    CompletableFuture<HttpResponse<byte[]>> future = http.sendAsync(request, new LimitedBody(ANSWER_BYTES_MAX));
    try {
      return answered.of(future.get(settings.patience().toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      future.cancel(true);
      return failed.apply(new Delivery.Postponed("delivery.city-slow", Duration.ZERO));
    } catch (ExecutionException e) {
      return failed.apply(new Delivery.Postponed(code(e.getCause()), Duration.ZERO));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed.apply(new Delivery.Postponed("delivery.stopping", Duration.ZERO));
    }
  }

  private static String code(Throwable cause) {
    for (Throwable at = cause; at != null; at = at.getCause()) {
      if (at instanceof SSLException) {
        return "delivery.tls-failed";
      }
    }
    return "delivery.city-unreachable";
  }
}
