package io.emrgateway.agent;

import io.emrgateway.agent.configuration.Cidr;
import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.seal.KeyStores;
import io.emrgateway.agent.seal.SealRefused.Reason;
import io.emrgateway.mappings.hl7.CharsetPolicy;
import io.emrgateway.routes.camel.mllp.AllowList;
import io.emrgateway.routes.camel.mllp.Listener;
import java.time.Duration;
import java.util.List;
import org.apache.camel.support.jsse.KeyManagersParameters;
import org.apache.camel.support.jsse.KeyStoreParameters;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.camel.support.jsse.TrustManagersParameters;

/** From the operator's words in gateway.yaml to the listener that a route opens. */
final class Doors {
  private static final Duration NEVER = Duration.ofDays(365);
  private static final List<String> LOOPBACK = List.of("127.0.0.0/8", "::1/128");

  private Doors() {}

  static Listener listener(GatewaySettings.Source source) {
    List<String> allowed = source.allow().isEmpty() ? LOOPBACK : source.allow().stream().map(Cidr::toString).toList();
    return new Listener(
        source.name(),
        source.address().getHostAddress(),
        source.port(),
        CharsetPolicy.of(source.charset().toString()),
        Listener.Undecodable.valueOf(source.undecodable().name()),
        Listener.Answers.valueOf(source.acknowledge().name()),
        AllowList.of(allowed),
        source.tls().map(Doors::tls).orElse(null),
        Math.toIntExact(source.frameMax().bytes()),
        source.idleTimeout().isZero() ? NEVER : source.idleTimeout(),
        source.connectionsMax(),
        source.zone());
  }

  private static Listener.Tls tls(GatewaySettings.Tls settings) {
    char[] password = new Password(settings.passwordFile()).get();
    KeyStoreParameters own = new KeyStoreParameters();
    own.setKeyStore(KeyStores.pkcs12(settings.keystore(), password, Reason.KEY_FILE_UNREADABLE));
    KeyManagersParameters keys = new KeyManagersParameters();
    keys.setKeyStore(own);
    keys.setKeyPassword(new String(password));
    SSLContextParameters parameters = new SSLContextParameters();
    parameters.setKeyManagers(keys);
    settings.clientCa().ifPresent(authority -> {
      KeyStoreParameters authorities = new KeyStoreParameters();
      authorities.setKeyStore(KeyStores.authorities(authority, Reason.KEY_FILE_UNREADABLE));
      TrustManagersParameters trust = new TrustManagersParameters();
      trust.setKeyStore(authorities);
      parameters.setTrustManagers(trust);
    });
    return new Listener.Tls(parameters, Listener.ClientCertificate.valueOf(settings.clientCertificates().name()));
  }
}
