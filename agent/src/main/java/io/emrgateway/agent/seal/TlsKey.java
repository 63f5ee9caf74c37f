package io.emrgateway.agent.seal;

import io.emrgateway.agent.seal.SealRefused.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509KeyManager;

/**
 * A key for TLS with its certificate, towards the city or towards senders, tried out when it was opened.
 *
 * @param store as the JDK takes it; its one key opens with the password that the file was opened with
 * @param managers the same for whoever needs no password any more
 * @param certificate the key's own; those of its issuers stand behind it in the store
 */
public record TlsKey(KeyStore store, List<KeyManager> managers, X509Certificate certificate) {
  /** How a key of each kind signs; one of another kind is taken as it is. */
  private static final Map<String, String> SIGNATURES =
      Map.of("EC", "SHA256withECDSA", "RSA", "SHA256withRSA", "EdDSA", "EdDSA");

  /**
   * @param file PKCS#12 with exactly one private key and its certificate, mode 0600
   * @param password not kept; the caller may wipe it
   * @throws SealRefused {@code seal.key-file-unreadable}, {@code seal.key-file-open-to-others},
   *     {@code seal.key-file-content} (a wrong password too), {@code seal.key-certificate-mismatch}; names the file
   */
  public static TlsKey open(Path file, char[] password) {
    byte[] bytes = SecretFile.read(file, FileSigner.FILE_BYTES_MAX);
    String place = SecretFile.place(file);
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(new ByteArrayInputStream(bytes), password);
      List<String> keys = Collections.list(store.aliases()).stream().filter(alias -> isKey(store, alias)).toList();
      if (keys.size() != 1 || !(store.getCertificate(keys.get(0)) instanceof X509Certificate certificate)) {
        throw new SealRefused(Reason.KEY_FILE_CONTENT, place);
      }
      KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
      factory.init(store, password);
      // Asked for here and not of the store: deciphering a key takes longer than all else together.
      PrivateKey key = ((X509KeyManager) factory.getKeyManagers()[0]).getPrivateKey(keys.get(0));
      if (!isPair(key, certificate.getPublicKey())) {
        throw new SealRefused(Reason.KEY_CERTIFICATE_MISMATCH, place);
      }
      return new TlsKey(store, List.of(factory.getKeyManagers()), certificate);
    } catch (IOException | GeneralSecurityException e) {
      throw new SealRefused(Reason.KEY_FILE_CONTENT, place);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private static boolean isKey(KeyStore store, String alias) {
    try {
      return store.isKeyEntry(alias);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("A store that is loaded answers", e);
    }
  }

  private static boolean isPair(PrivateKey key, PublicKey other) throws GeneralSecurityException {
    String signs = SIGNATURES.get(key.getAlgorithm());
    if (signs == null) {
      return key.getAlgorithm().equals(other.getAlgorithm());
    }
    byte[] anything = {1};
    Signature signature = Signature.getInstance(signs);
    signature.initSign(key);
    signature.update(anything);
    byte[] signed = signature.sign();
    try {
      signature.initVerify(other);
    } catch (InvalidKeyException ofAnotherKind) {
      return false;
    }
    signature.update(anything);
    return signature.verify(signed);
  }
}
