package io.emrgateway.agent;

import io.emrgateway.agent.configuration.Cidr;
import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.seal.SealRefused;
import io.emrgateway.mappings.hl7.CharsetPolicy;
import io.emrgateway.routes.camel.mllp.AllowList;
import io.emrgateway.routes.camel.mllp.Listener;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
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
    own.setKeyStore(keyStore(settings.keystore(), password));
    KeyManagersParameters keys = new KeyManagersParameters();
    keys.setKeyStore(own);
    keys.setKeyPassword(new String(password));
    SSLContextParameters parameters = new SSLContextParameters();
    parameters.setKeyManagers(keys);
    settings.clientCa().ifPresent(authority -> {
      KeyStoreParameters authorities = new KeyStoreParameters();
      authorities.setKeyStore(authorities(authority));
      TrustManagersParameters trust = new TrustManagersParameters();
      trust.setKeyStore(authorities);
      parameters.setTrustManagers(trust);
    });
    return new Listener.Tls(parameters, Listener.ClientCertificate.valueOf(settings.clientCertificates().name()));
  }

  private static KeyStore keyStore(Path file, char[] password) {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, password);
      return store;
    } catch (IOException | GeneralSecurityException e) {
      throw new SealRefused(SealRefused.Reason.KEY_FILE_UNREADABLE, file.getFileName().toString());
    }
  }

  private static KeyStore authorities(Path pem) {
    try (InputStream in = Files.newInputStream(pem)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      int k = 0;
      for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("senders-" + k++, one);
      }
      return store;
    } catch (IOException | GeneralSecurityException e) {
      throw new SealRefused(SealRefused.Reason.KEY_FILE_UNREADABLE, pem.getFileName().toString());
    }
  }
}
