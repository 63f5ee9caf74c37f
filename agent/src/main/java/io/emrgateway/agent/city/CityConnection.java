package io.emrgateway.agent.city;

import io.emrgateway.routes.core.delivery.Delivery;
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

  /**
   * The whole answer within the patience, or an outcome; the client's own timeout covers only its head.
   *
   * @param bytesMax a larger answer counts as none
   */
  <T> T exchange(HttpRequest request, int bytesMax, Duration patience, Reading<T> answered, Function<Delivery, T> failed) {
    CompletableFuture<HttpResponse<byte[]>> future = http.sendAsync(request, new LimitedBody(bytesMax));
    try {
      return answered.of(future.get(patience.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      future.cancel(true);
      return failed.apply(new Delivery.Postponed("delivery.city-slow", Duration.ZERO));
    } catch (ExecutionException e) {
      return failed.apply(new Delivery.Postponed(code(e.getCause()), Duration.ZERO));
    } catch (InterruptedException e) {
      future.cancel(true);
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

  /** The id of the rule that an answer names, or "". */
  static String rule(HttpResponse<byte[]> response) {
    Matcher rule = RULE.matcher(new String(response.body(), StandardCharsets.UTF_8));
    return rule.find() ? rule.group(1) : "";
  }
}
