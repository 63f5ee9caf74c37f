package io.emrgateway.city;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;

/**
 * A private key with its certificate, in a PKCS#12 file.
 *
 * <p>Keys on SM2's curve can only be read and written by Bouncy Castle; for TLS the JDK's own reader is used, because
 * the JDK's TLS takes the key from there.
 */
record Keys(PrivateKey key, Pinned certificate) {

  /** Reads the only key of a PKCS#12 file. */
  static Keys read(Path file, char[] password) {
    try {
      KeyStore store = load(file, password, Suite.BC);
      String alias = store.aliases().nextElement();
      return new Keys((PrivateKey) store.getKey(alias, password), new Pinned(store.getCertificate(alias).getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the key file " + file.getFileName() + " cannot be read", e);
    }
  }

  static KeyStore load(Path file, char[] password, Provider provider) {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = provider == null ? KeyStore.getInstance("PKCS12") : KeyStore.getInstance("PKCS12", provider);
      store.load(in, password);
      return store;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("the key file " + file.getFileName() + " cannot be read", e);
    }
  }

  /** Writes key and chain; {@code forTls} for the JDK's reader, else for Bouncy Castle's. */
  static void write(Path file, char[] password, String alias, PrivateKey key, boolean forTls, byte[]... chain) {
    try (OutputStream out = ownersOnly(file)) {
      CertificateFactory factory =
          forTls ? CertificateFactory.getInstance("X.509") : CertificateFactory.getInstance("X.509", Suite.BC);
      Certificate[] certificates = new Certificate[chain.length];
      for (int k = 0; k < chain.length; k++) {
        certificates[k] = factory.generateCertificate(new ByteArrayInputStream(chain[k]));
      }
      KeyStore store = forTls ? KeyStore.getInstance("PKCS12") : KeyStore.getInstance("PKCS12", Suite.BC);
      store.load(null, null);
      store.setKeyEntry(alias, key, password, certificates);
      store.store(out, password);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("the key file " + file.getFileName() + " cannot be written", e);
    }
  }

  /** A new file that only its owner may read, from its first byte on. */
  static OutputStream ownersOnly(Path file) throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.newOutputStream(file);
  }
}
