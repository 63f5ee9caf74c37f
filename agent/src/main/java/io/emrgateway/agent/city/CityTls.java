package io.emrgateway.agent.city;

import io.emrgateway.agent.seal.Authorities;
import io.emrgateway.agent.seal.TlsKey;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** TLS to the city: our key, and no authority but the city's own; the machine's trust store is not asked. */
public final class CityTls {
  private final SSLContext context;
  private final X509Certificate certificate;

  public CityTls(TlsKey key, Authorities city) {
    try {
      TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(city.store());
      context = SSLContext.getInstance("TLSv1.3");
      context.init(key.managers().toArray(KeyManager[]::new), trust.getTrustManagers(), null);
      certificate = key.certificate();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("What was opened can be used, and every Java platform has TLS 1.3", e);
    }
  }

  SSLContext context() {
    return context;
  }

  /** What we show the city. */
  public X509Certificate certificate() {
    return certificate;
  }
}
