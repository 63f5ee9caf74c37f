package io.emrgateway.agent.his;

import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;

/**
 * Lets the hospital's own systems through, each by its secret ({@code Authorization: Bearer …}, RFC 6750), and answers
 * everybody else 401. A system that is let through answers for who of its users asks.
 */
public final class Callers implements Handler<RoutingContext> {
  private static final String CLIENT = "emr-gateway.client";
  private static final String BEARER = "Bearer ";

  private final Map<String, byte[]> secrets;

  /** @param secrets SHA-256 of each system's secret, by the system's name */
  public Callers(Map<String, byte[]> secrets) {
    this.secrets = Map.copyOf(secrets);
  }

  @Override
  public void handle(RoutingContext call) {
    String said = call.request().getHeader("Authorization");
    String client = said != null && said.startsWith(BEARER) ? named(said.substring(BEARER.length()).trim()) : null;
    if (client == null) {
      call.response().putHeader("WWW-Authenticate", "Bearer realm=\"emr-gateway\"");
      Outcomes.send(call, 401, "login", "his.caller-unknown", "调用方口令缺失或不正确", "The caller's secret is missing or wrong",
          "请求头写 Authorization: Bearer 口令；口令见 his.clients 的 secret-file",
          "Send the header Authorization: Bearer and the secret of a secret-file of his.clients");
      return;
    }
    call.put(CLIENT, client);
    call.next();
  }

  /** The name of the system that calls, behind these callers. */
  public static String of(RoutingContext call) {
    return call.get(CLIENT);
  }

  private String named(String secret) {
    byte[] hash = sha256(secret);
    String found = null;
    // Every one is compared, each in constant time: how long it takes tells nothing.
    for (Map.Entry<String, byte[]> one : secrets.entrySet()) {
      if (MessageDigest.isEqual(one.getValue(), hash)) {
        found = one.getKey();
      }
    }
    return found;
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
