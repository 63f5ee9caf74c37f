package io.emrgateway.agent.seal;

import io.emrgateway.agent.seal.SealRefused.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * The authorities whose TLS certificates are taken, and no other.
 *
 * @param store as the JDK takes it
 * @param certificates at least one
 */
public record Authorities(KeyStore store, List<X509Certificate> certificates) {

  /**
   * @param file PEM, one or more certificates
   * @throws SealRefused {@code seal.key-file-unreadable}, {@code seal.certificate-unreadable} unless there is a
   *     certificate in it and nothing else; names the file
   */
  public static Authorities open(Path file) {
    String place = SecretFile.place(file);
    byte[] bytes;
    try {
      if (Files.size(file) > FileSigner.FILE_BYTES_MAX) {
        throw new SealRefused(Reason.CERTIFICATE_UNREADABLE, place);
      }
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new SealRefused(Reason.KEY_FILE_UNREADABLE, place);
    }
    try {
      List<X509Certificate> certificates = CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(bytes)).stream().map(X509Certificate.class::cast).toList();
      if (certificates.isEmpty()) {
        throw new SealRefused(Reason.CERTIFICATE_UNREADABLE, place);
      }
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (X509Certificate one : certificates) {
        store.setCertificateEntry("authority-" + store.size(), one);
      }
      return new Authorities(store, certificates);
    } catch (IOException | GeneralSecurityException e) {
      throw new SealRefused(Reason.CERTIFICATE_UNREADABLE, place);
    }
  }
}
