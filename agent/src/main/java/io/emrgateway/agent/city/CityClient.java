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
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The city contract's client: one attempt at a time, every way to fail an outcome.
 *
 * <p>What a code leads to is decided by the courier; what an answer means is decided here, strictly:
 * a receipt counts only if its signature is by a receipt key of the trust file, it repeats what was
 * sent and it continues the chain of receipts that we hold.
 */
public final class CityClient implements City {

  /**
   * @param feed full name, e.g. "H-0104/main"
   * @param patience an answer that is not whole by then counts as none
   */
  public record Settings(String feed, Suite suite, Duration patience) {}

  private static final int ANSWER_BYTES_MAX = 1 << 20;

  private final Settings settings;
  private final CityConnection connection;
  private final Trust trust;
  private final String feedPath;
  private final SecureRandom random = new SecureRandom();

  public CityClient(Settings settings, CityConnection connection, Trust trust) {
    this.settings = settings;
    this.connection = connection;
    this.trust = trust;
    this.feedPath = CityConnection.feedPath(settings.feed());
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
    HttpRequest.Builder request = connection.request(feedPath + "/batches/" + batch.epoch() + "/" + batch.seq())
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
    String detail = CityConnection.rule(response.body());
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
    return exchange(connection.request(feedPath + "/head?nonce=" + nonce).GET().build(), response -> {
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
    return exchange(connection.request(feedPath + "/outcomes?after=" + after).GET().build(), response -> {
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
    exchange(connection.request("/v1/trust").GET().build(), response -> {
      if (response.statusCode() == 200) {
        trust.offer(response.body());
      }
      return null;
    }, failed -> null);
    return !trust.isExpired();
  }

  private <T> T exchange(HttpRequest request, CityConnection.Reading<T> answered, Function<Delivery, T> failed) {
    return connection.exchange(request, ANSWER_BYTES_MAX, settings.patience(), answered, failed);
  }
}
