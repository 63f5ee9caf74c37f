package io.emrgateway.agent.his;

import io.emrgateway.agent.seal.CallerKeys;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tokens by which a CDS client shows who it is (CDS Hooks 2.0, "Trusting CDS Clients"): a JWT signed by a key that the
 * hospital has put into the settings, for this service, of the last few minutes, used once.
 *
 * <p>Tokens that were used are remembered in memory until they expire: one could be used twice around a restart, within its
 * five minutes.
 */
final class ClientTokens {
  /** CDS Hooks asks for no more than five minutes. */
  private static final Duration LIFE_MAX = Duration.ofMinutes(5);
  private static final Duration SKEW = Duration.ofSeconds(60);
  private static final int LENGTH_MAX = 8_192;
  private static final int ID_MAX = 128;
  private static final int USED_MAX = 50_000;

  private final Map<String, CallerKeys> keys;
  private final Clock clock;
  private final Map<String, Instant> used = new LinkedHashMap<>();

  /** @param keys by issuer */
  ClientTokens(Map<String, CallerKeys> keys, Clock clock) {
    this.keys = Map.copyOf(keys);
    this.clock = clock;
  }

  /**
   * Why a token does not count; empty if it does, and then it is used up.
   *
   * @param token compact JWS, or null
   * @param audiences addresses of the service that is called, any of which the token may name
   */
  Optional<String> refusal(String token, Set<String> audiences) {
    if (token == null || token.length() > LENGTH_MAX) {
      return Optional.of("cds.token-missing");
    }
    String[] parts = token.split("\\.", -1);
    try {
      if (parts.length != 3) {
        return Optional.of("cds.token-malformed");
      }
      JsonObject head = json(parts[0]);
      JsonObject claims = json(parts[1]);
      CallerKeys of = keys.get(String.valueOf(claims.getString("iss")));
      if (of == null || head.containsKey("crit")
          || !of.signed(head.getString("alg"), head.getString("kid"), parts[0] + "." + parts[1], Base64.getUrlDecoder().decode(parts[2]))) {
        return Optional.of("cds.token-not-signed");
      }
      return claims(claims, audiences);
    } catch (DecodeException | ClassCastException | IllegalArgumentException e) {
      return Optional.of("cds.token-malformed");
    }
  }

  private static JsonObject json(String part) {
    return new JsonObject(new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8));
  }

  private Optional<String> claims(JsonObject claims, Set<String> audiences) {
    Instant now = clock.instant();
    Object audience = claims.getValue("aud");
    boolean forUs = audience instanceof JsonArray several ? several.stream().anyMatch(audiences::contains) : audiences.contains(audience);
    if (!forUs) {
      return Optional.of("cds.token-audience");
    }
    Long issued = claims.getLong("iat");
    Long expires = claims.getLong("exp");
    if (issued == null || expires == null || Instant.ofEpochSecond(issued).isAfter(now.plus(SKEW))
        || !Instant.ofEpochSecond(expires).isAfter(now.minus(SKEW)) || expires - issued > LIFE_MAX.toSeconds() || expires <= issued) {
      return Optional.of("cds.token-time");
    }
    String id = claims.getString("jti");
    return id == null || id.isEmpty() || id.length() > ID_MAX || !isNew(claims.getString("iss") + "\n" + id, Instant.ofEpochSecond(expires).plus(SKEW), now)
        ? Optional.of("cds.token-used") : Optional.empty();
  }

  private synchronized boolean isNew(String id, Instant until, Instant now) {
    // The oldest stand first, and none lives longer than a few minutes.
    for (Iterator<Instant> oldest = used.values().iterator(); oldest.hasNext() && oldest.next().isBefore(now); ) {
      oldest.remove();
    }
    Instant before = used.get(id);
    if (before != null && before.isAfter(now) || used.size() >= USED_MAX) {
      return false;
    }
    used.put(id, until);
    return true;
  }
}
