package io.emrgateway.agent.city;

import io.emrgateway.agent.seal.KeyStores;
import io.emrgateway.agent.seal.SealRefused;
import io.emrgateway.agent.seal.SealRefused.Reason;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
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
      keys.init(KeyStores.pkcs12(keystore, password, Reason.KEY_FILE_CONTENT), password);
      TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(KeyStores.authorities(authority, Reason.KEY_FILE_CONTENT));
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return new CityTls(context);
    } catch (GeneralSecurityException e) {
      throw new SealRefused(Reason.KEY_FILE_CONTENT, keystore.getFileName().toString());
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  SSLContext context() {
    return context;
  }
}
