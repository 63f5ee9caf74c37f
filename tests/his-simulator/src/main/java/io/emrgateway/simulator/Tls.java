package io.emrgateway.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** TLS for wards whose gateway wants to know them. */
public final class Tls {
  private Tls() {}

  /**
   * A context that shows the key of one PKCS#12 file and trusts the certificates of another.
   *
   * @throws SimulatorRefused {@code simulator.key-unreadable}: no such file, another password, or no PKCS#12
   */
  public static SSLContext context(Path key, char[] password, Path trusted, char[] trustedPassword) {
    try {
      KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store(key, password), password);
      TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store(trusted, trustedPassword));
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new SimulatorRefused("simulator.key-unreadable", "PKCS#12 文件不存在、口令不符或格式不对",
          "the PKCS#12 file is absent, has another password or is none");
    }
  }

  private static KeyStore store(Path path, char[] password) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(path)) {
      store.load(in, password);
    }
    return store;
  }
}
