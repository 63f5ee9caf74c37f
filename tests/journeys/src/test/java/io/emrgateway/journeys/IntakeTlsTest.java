package io.emrgateway.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.SocketFactory;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How: certificates made by the JDK's keytool, named in gateway.yaml as a hospital would. */
@DisplayName("A source behind TLS")
class IntakeTlsTest {
  private static final String PASSWORD = "password-of-tests";

  @TempDir Path folder;
  private Path keys;

  @Test
  void as_gateway_yaml_names_it_takes_messages_from_senders_whose_certificate_it_knows_and_from_nobody_else() throws Exception {
    keys = Files.createDirectory(folder.resolve("tls"));
    for (String who : List.of("gateway", "his", "stranger")) {
      keytool("-genkeypair", "-alias", who, "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=" + who,
          "-validity", "40", "-keystore", keys.resolve(who + ".p12").toString(), "-storetype", "PKCS12");
      keytool("-exportcert", "-rfc", "-alias", who, "-keystore", keys.resolve(who + ".p12").toString(),
          "-file", keys.resolve(who + ".pem").toString());
    }
    Files.writeString(keys.resolve("password"), PASSWORD + "\n");
    for (String secret : List.of("gateway.p12", "password")) {
      Files.setPosixFilePermissions(keys.resolve(secret), PosixFilePermissions.fromString("rw-------"));
    }
    try (Trial trial = Trial.intl(folder)) {
      int port = trial.source("lis", """
              tls:
                keystore: %1$s/gateway.p12
                password-file: %1$s/password
                client-ca: %1$s/his.pem
          """.formatted(keys));
      assertThat(trial.command("check").status()).isZero();
      trial.start();

      try (His known = new His(port, tls("his"))) {
        known.admit("T", 3);
        trial.awaitSettled();
        trial.assertHeldOnce(known.acknowledged());
      }
      for (SocketFactory other : List.of(tls("stranger"), tls(null), SocketFactory.getDefault())) {
        assertThat(isAnswered(port, other)).isFalse();
      }
      assertThat(trial.agent.status().path("admitted").asLong()).isEqualTo(3);
      assertThat(trial.metric("emr_gateway_intake_tls_certificate_days{source=\"lis\"}")).isBetween(39.0, 40.0);
      assertThat(trial.metric("emr_gateway_city_tls_certificate_days")).isGreaterThan(300);
      long sent = 3L * His.admission("T1").length;
      assertThat(trial.metric("emr_gateway_received_bytes_total{source=\"lis\"}")).isEqualTo(sent);
    }
  }

  private static boolean isAnswered(int port, SocketFactory sockets) {
    try (His his = new His(port, sockets)) {
      his.send(His.admission("N1"));
      return true;
    } catch (UncheckedIOException turnedAway) {
      return false;
    }
  }

  /** @param who whose certificate is shown; null for none */
  private SocketFactory tls(String who) throws GeneralSecurityException, IOException {
    KeyManagerFactory own = KeyManagerFactory.getInstance("SunX509");
    if (who != null) {
      own.init(load(who), PASSWORD.toCharArray());
    }
    TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
    KeyStore gateway = KeyStore.getInstance("PKCS12");
    gateway.load(null, null);
    gateway.setCertificateEntry("gateway", load("gateway").getCertificate("gateway"));
    trusted.init(gateway);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(who == null ? new KeyManager[0] : own.getKeyManagers(), trusted.getTrustManagers(), null);
    return context.getSocketFactory();
  }

  private KeyStore load(String who) throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys.resolve(who + ".p12"))) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }

  private static void keytool(String... arguments) {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
    command.addAll(List.of(arguments));
    command.addAll(List.of("-storepass", PASSWORD));
    assertThat(Trial.process(Trial.PATIENCE, command)).extracting(Trial.Done::status).isEqualTo(0);
  }
}
