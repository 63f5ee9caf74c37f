package io.emrgateway.agent;

import io.emrgateway.agent.configuration.Cidr;
import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.configuration.GatewaySettings.ClientCertificates;
import io.emrgateway.agent.start.Opened;
import io.emrgateway.mappings.hl7.CharsetPolicy;
import io.emrgateway.routes.camel.mllp.AllowList;
import io.emrgateway.routes.camel.mllp.Listener;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.apache.camel.support.jsse.KeyManagersParameters;
import org.apache.camel.support.jsse.KeyStoreParameters;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.camel.support.jsse.TrustManagersParameters;

/** From the operator's words in gateway.yaml to the listener that a route opens. */
final class Doors {
  private static final Duration NEVER = Duration.ofDays(365);

  private Doors() {}

  /** @param opened the source's TLS; null if it has none */
  static Listener listener(GatewaySettings.Source source, Opened.DoorTls opened) {
    return new Listener(
        source.name(),
        source.address().getHostAddress(),
        source.port(),
        CharsetPolicy.of(source.charset().toString()),
        Listener.Undecodable.valueOf(source.undecodable().name()),
        Listener.Answers.valueOf(source.acknowledge().name()),
        AllowList.of(allowed(source.allow())),
        source.tls().map(tls -> tls(opened, tls.clientCertificates())).orElse(null),
        Math.toIntExact(source.frameMax().bytes()),
        source.idleTimeout().isZero() ? NEVER : source.idleTimeout(),
        source.connectionsMax(),
        source.zone(),
        source.queries());
  }

  /** An empty list means this machine alone, not anybody. */
  private static List<AllowList.Range> allowed(List<Cidr> written) {
    return written.isEmpty()
        ? List.of(range("127.0.0.0", 8), range("::1", 128))
        : written.stream().map(one -> new AllowList.Range(one.network(), one.prefix())).toList();
  }

  private static AllowList.Range range(String network, int bits) {
    try {
      return new AllowList.Range(InetAddress.getByName(network), bits);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException("digits need no name server", impossible);
    }
  }

  private static Listener.Tls tls(Opened.DoorTls opened, ClientCertificates asked) {
    KeyStoreParameters own = new KeyStoreParameters();
    own.setKeyStore(opened.key().store());
    KeyManagersParameters keys = new KeyManagersParameters();
    keys.setKeyStore(own);
    keys.setKeyPassword(new String(opened.password()));
    SSLContextParameters parameters = new SSLContextParameters();
    parameters.setKeyManagers(keys);
    opened.senders().ifPresent(senders -> {
      KeyStoreParameters authorities = new KeyStoreParameters();
      authorities.setKeyStore(senders.store());
      TrustManagersParameters trust = new TrustManagersParameters();
      trust.setKeyStore(authorities);
      parameters.setTrustManagers(trust);
    });
    return new Listener.Tls(parameters, Listener.ClientCertificate.valueOf(asked.name()));
  }
}
