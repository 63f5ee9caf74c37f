package io.emrgateway.agent.city;

import io.emrgateway.routes.core.delivery.Delivery;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/** The way to the city: TLS 1.3, mutually authenticated, outbound only. One for the feed and the lookups. */
public final class CityConnection {
  private static final Pattern RULE = Pattern.compile("\"rule\"\\s*:\\s*\"([A-Za-z0-9._-]{1,80})\"");

  private final HttpClient http;
  private final String base;

  /** @param address may end in a path, behind which the contract's paths begin */
  public CityConnection(URI address, Duration connectTimeout, CityTls tls) {
    SSLParameters parameters = new SSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3"});
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    this.http = HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(connectTimeout)
        .followRedirects(HttpClient.Redirect.NEVER)
        .sslContext(tls.context())
        .sslParameters(parameters)
        .build();
    this.base = address.toString().replaceFirst("/+$", "");
  }

  /** The path of a feed, one segment however it is called. */
  static String feedPath(String feed) {
    return "/v1/feeds/" + URLEncoder.encode(feed, StandardCharsets.UTF_8);
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + path));
  }

  interface Reading<T> {
    T of(HttpResponse<byte[]> response);
  }

  interface Streaming<T> {
    T of(HttpResponse<InputStream> response) throws IOException;
  }

  /**
   * The whole answer within the patience, or an outcome; the client's own timeout covers only its head.
   *
   * @param bytesMax a larger answer counts as none
   */
  <T> T exchange(HttpRequest request, int bytesMax, Duration patience, Reading<T> answered, Function<Delivery, T> failed) {
    try {
      return answered.of(within(patience, http.sendAsync(request, new LimitedBody(bytesMax))));
    } catch (Unanswered e) {
      return failed.apply(new Delivery.Postponed(e.code, Duration.ZERO));
    }
  }

  /**
   * The same for an answer that is read as it comes: what is not read yet waits at the city.
   *
   * @param patience for the answer to begin
   * @param reading for whoever reads it
   */
  <T> T stream(HttpRequest request, Duration patience, Duration reading, Streaming<T> answered, Function<Delivery, T> failed) {
    AtomicBoolean over = new AtomicBoolean();
    try {
      HttpResponse<InputStream> response = within(patience, http.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream()));
      InputStream body = response.body();
      // Closed while it is waited for, a body ends with an error.
      CompletableFuture<Void> end = CompletableFuture.runAsync(() -> {
        over.set(true);
        close(body);
      }, CompletableFuture.delayedExecutor(reading.toMillis(), TimeUnit.MILLISECONDS));
      try (body) {
        return answered.of(response);
      } catch (IOException e) {
        throw new Unanswered(over.get() ? "delivery.city-slow" : code(e));
      } finally {
        end.cancel(false);
      }
    } catch (Unanswered e) {
      return failed.apply(new Delivery.Postponed(e.code, Duration.ZERO));
    }
  }

  private static void close(InputStream body) {
    try {
      body.close();
    } catch (IOException e) {
      // It is over either way.
    }
  }

  /** No answer, and why: a stable code. */
  private static final class Unanswered extends Exception {
    private static final long serialVersionUID = 1L;
    private final String code;

    private Unanswered(String code) {
      super(code, null, false, false);
      this.code = code;
    }
  }

  private static <R> R within(Duration patience, CompletableFuture<R> future) throws Unanswered {
    try {
      return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      future.cancel(true);
      throw new Unanswered("delivery.city-slow");
    } catch (ExecutionException e) {
      throw new Unanswered(code(e.getCause()));
    } catch (InterruptedException e) {
      future.cancel(true);
      Thread.currentThread().interrupt();
      throw new Unanswered("delivery.stopping");
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

  /** The id of the rule that an answer names, or "". */
  static String rule(byte[] body) {
    Matcher rule = RULE.matcher(new String(body, StandardCharsets.UTF_8));
    return rule.find() ? rule.group(1) : "";
  }
}
