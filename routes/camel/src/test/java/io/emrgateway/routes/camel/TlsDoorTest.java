package io.emrgateway.routes.camel;

import static io.emrgateway.routes.camel.Hospital.adt;
import static io.emrgateway.routes.camel.Hospital.door;
import static io.emrgateway.routes.camel.Hospital.frame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emrgateway.routes.camel.Hospital.Ward;
import io.emrgateway.routes.camel.mllp.AllowList;
import io.emrgateway.routes.camel.mllp.Listener;
import io.emrgateway.routes.camel.mllp.Listener.ClientCertificate;
import io.emrgateway.routes.camel.mllp.Listener.Tls;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.apache.camel.support.jsse.KeyManagersParameters;
import org.apache.camel.support.jsse.KeyStoreParameters;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.camel.support.jsse.TrustManagersParameters;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How: certificates made by this JDK's keytool, real handshakes over loopback. */
@DisplayName("The door behind TLS")
@Timeout(60)
class TlsDoorTest {
  private static final String PASSWORD = "changeit";

  @TempDir static Path keys;

  @BeforeAll
  static void makeCertificates() throws Exception {
    for (String who : List.of("gateway", "his", "stranger")) {
      keytool("-genkeypair", "-alias", who, "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=" + who,
          "-validity", "2", "-keystore", store(who), "-storetype", "PKCS12");
      keytool("-exportcert", "-alias", who, "-keystore", store(who), "-file", keys.resolve(who + ".cer").toString());
    }
    trust("gateway-trusts", "his");
    trust("his-trusts", "gateway");
  }

  private static void trust(String store, String who) throws Exception {
    keytool("-importcert", "-noprompt", "-alias", who, "-file", keys.resolve(who + ".cer").toString(),
        "-keystore", store(store), "-storetype", "PKCS12");
  }

  private static String store(String name) {
    return keys.resolve(name + ".p12").toString();
  }

  private static void keytool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("-storepass", PASSWORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    assertThat(process.waitFor()).isZero();
  }

  private static KeyStoreParameters keyStore(String name) {
    KeyStoreParameters store = new KeyStoreParameters();
    store.setResource("file:" + store(name));
    store.setPassword(PASSWORD);
    store.setType("PKCS12");
    return store;
  }

  private static Listener behindTls(ClientCertificate client, String serverKeys) throws IOException {
    KeyManagersParameters own = new KeyManagersParameters();
    own.setKeyStore(keyStore(serverKeys));
    own.setKeyPassword(PASSWORD);
    TrustManagersParameters trusted = new TrustManagersParameters();
    trusted.setKeyStore(keyStore("gateway-trusts"));
    SSLContextParameters parameters = new SSLContextParameters();
    parameters.setKeyManagers(own);
    parameters.setTrustManagers(trusted);
    return door().withGate(AllowList.ANYBODY, 8, new Tls(parameters, client));
  }

  /** @param certificate whose certificate the sender shows; null for none */
  private static Ward ward(Hospital hospital, String certificate) throws Exception {
    KeyManagerFactory own = KeyManagerFactory.getInstance("SunX509");
    own.init(certificate == null ? null : load(certificate), PASSWORD.toCharArray());
    TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
    trusted.init(load("his-trusts"));
    SSLContext context = SSLContext.getInstance("TLS");
    KeyManager[] shown = certificate == null ? null
        : new KeyManager[] {new Insistent((X509ExtendedKeyManager) own.getKeyManagers()[0], certificate)};
    context.init(shown, trusted.getTrustManagers(), null);
    return new Ward(context.getSocketFactory().createSocket("127.0.0.1", hospital.listener.port()));
  }

  /** Shows its certificate even to a gateway that does not list its issuer; Java's own would then show none. */
  private static final class Insistent extends X509ExtendedKeyManager {
    private final X509ExtendedKeyManager keys;
    private final String alias;

    Insistent(X509ExtendedKeyManager keys, String alias) {
      this.keys = keys;
      this.alias = alias;
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      return alias;
    }

    @Override
    public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
      return alias;
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return new String[] {alias};
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return null;
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return keys.getCertificateChain(alias);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return keys.getPrivateKey(alias);
    }
  }

  private static KeyStore load(String name) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(Path.of(store(name)))) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }

  @Test
  void takes_messages_from_a_sender_whose_certificate_it_knows() throws Exception {
    try (Hospital hospital = new Hospital(behindTls(ClientCertificate.REQUIRED, "gateway"));
        Ward ward = ward(hospital, "his")) {
      String large = adt("M2") + "OBX|1|ED|x||" + "QUJD".repeat(100_000) + "\r";
      ward.send(frame(adt("M1"))).send(frame(large)).send(frame(adt("M3")));
      assertThat(ward.verdict()).isEqualTo("AA M1");
      assertThat(ward.verdict()).isEqualTo("AA M2");
      assertThat(ward.verdict()).isEqualTo("AA M3");
    }
  }

  @Test
  void takes_nothing_from_one_without_a_certificate_with_an_unknown_one_or_without_tls() throws Exception {
    try (Hospital hospital = new Hospital(behindTls(ClientCertificate.REQUIRED, "gateway"))) {
      for (String certificate : new String[] {null, "stranger"}) {
        assertThat(answered(() -> ward(hospital, certificate))).isFalse();
      }
      assertThat(answered(hospital::ward)).isFalse();
      assertThat(hospital.journal.kept).isEmpty();
      Hospital.until(() -> hospital.watch.open.get() == 0);
      assertThat(hospital.watch.events).contains("closed tls");
    }
  }

  @Test
  void lets_a_sender_without_certificate_in_where_it_is_only_wanted_but_not_a_stranger() throws Exception {
    try (Hospital hospital = new Hospital(behindTls(ClientCertificate.WANTED, "gateway"))) {
      assertThat(answered(() -> ward(hospital, null))).isTrue();
      assertThat(answered(() -> ward(hospital, "stranger"))).isFalse();
    }
    try (Hospital hospital = new Hospital(behindTls(ClientCertificate.NONE, "gateway"))) {
      assertThat(answered(() -> ward(hospital, null))).isTrue();
    }
  }

  @Test
  void stays_shut_aloud_when_its_key_store_is_missing() throws Exception {
    Listener keyless = behindTls(ClientCertificate.REQUIRED, "nowhere");
    assertThatThrownBy(() -> new Hospital(keyless)).rootCause().isNotNull();
    assertThatThrownBy(() -> new Hospital(keyless)).hasStackTraceContaining("adt: tls: the key store");
  }

  private interface Caller {
    Ward call() throws Exception;
  }

  private static boolean answered(Caller caller) throws Exception {
    try (Ward ward = caller.call()) {
      ward.send(frame(adt("M1")));
      return ward.verdict().equals("AA M1");
    } catch (IOException turnedAway) {
      return false;
    } catch (AssertionError alertInsteadOfFrame) {
      return false;
    }
  }
}
