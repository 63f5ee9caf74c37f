package io.emrgateway.agent.city;

import io.emrgateway.agent.seal.SealRefused;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.Collection;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** TLS to the city: our key from PKCS#12, and no authority but the city's own. */
public final class CityTls {
  private final SSLContext context;

  private CityTls(SSLContext context) {
    this.context = context;
  }

  /**
   * @param keystore PKCS#12 with the TLS key and its certificate
   * @param password wiped before this returns
   * @param authority PEM, one or more certificates; the machine's own trust store is not asked
   * @throws SealRefused naming the file that cannot be used
   */
  public static CityTls open(Path keystore, char[] password, Path authority) {
    try {
      KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(keyStore(keystore, password), password);
      TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(authorities(authority));
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return new CityTls(context);
    } catch (GeneralSecurityException e) {
      throw new SealRefused(SealRefused.Reason.KEY_FILE_CONTENT, keystore.getFileName().toString());
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  private static KeyStore keyStore(Path file, char[] password) throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, password);
      return store;
    } catch (IOException e) {
      throw new SealRefused(SealRefused.Reason.KEY_FILE_UNREADABLE, file.getFileName().toString());
    }
  }

  private static KeyStore authorities(Path pem) throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(pem)) {
      store.load(null, null);
      Collection<? extends Certificate> all = CertificateFactory.getInstance("X.509").generateCertificates(in);
      int k = 0;
      for (Certificate one : all) {
        store.setCertificateEntry("city-" + k++, one);
      }
      return store;
    } catch (IOException e) {
      throw new SealRefused(SealRefused.Reason.KEY_FILE_UNREADABLE, pem.getFileName().toString());
    }
  }

  SSLContext context() {
    return context;
  }
}
