package io.emrgateway.agent.seal;

import io.emrgateway.agent.seal.SealRefused.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;

/** The files that TLS needs, towards the city and towards senders, as the JDK takes them. */
public final class KeyStores {
  private KeyStores() {}

  /**
   * A key with its certificate.
   *
   * @param file PKCS#12
   * @param unusable the code for a file that can be read and is no such store
   * @throws SealRefused {@code seal.key-file-unreadable} (a wrong password too), or {@code unusable}; names the file
   */
  public static KeyStore pkcs12(Path file, char[] password, Reason unusable) {
    return read(file, unusable, (store, in) -> store.load(in, password));
  }

  /**
   * The authorities whose certificates are taken, and no other.
   *
   * @param file PEM, one or more certificates
   * @param unusable the code for a file that can be read and holds something else
   * @throws SealRefused {@code seal.key-file-unreadable}, or {@code unusable}; names the file
   */
  public static KeyStore authorities(Path file, Reason unusable) {
    return read(file, unusable, (store, in) -> {
      store.load(null, null);
      int k = 0;
      for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("authority-" + k++, one);
      }
    });
  }

  private interface Filling {
    void fill(KeyStore store, InputStream in) throws IOException, GeneralSecurityException;
  }

  private static KeyStore read(Path file, Reason unusable, Filling filling) {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      filling.fill(store, in);
      return store;
    } catch (IOException e) {
      throw new SealRefused(Reason.KEY_FILE_UNREADABLE, SecretFile.place(file));
    } catch (GeneralSecurityException e) {
      throw new SealRefused(unusable, SecretFile.place(file));
    }
  }
}
