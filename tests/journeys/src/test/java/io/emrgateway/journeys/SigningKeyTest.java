package io.emrgateway.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A signing key")
class SigningKeyTest {
  @TempDir Path folder;

  @Test
  void that_lies_ready_and_cannot_follow_holds_up_nothing_is_told_once_and_gives_way_to_one_that_can() throws IOException {
    try (Trial trial = Trial.intl(folder).start(); His his = His.of(trial.agent)) {
      Path next = trial.city.gatewayKeys().resolve("signing-next.p12");
      Path made = trial.folder.resolve("made.p12");
      assertThat(trial.cityCommand("make-signing", "--feed", "H-0105/main", "--approve", "false", "--out", made.toString()).status())
          .isZero();
      Files.move(made, next, StandardCopyOption.ATOMIC_MOVE);
      awaitNextKey(trial, "seal.certificate-feed");
      assertDeliveryGoesOn(trial, his, "A", "seal.certificate-feed");

      Files.writeString(made, "no key at all");
      Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-------"));
      Files.move(made, next, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      awaitNextKey(trial, "seal.key-file-content");
      assertDeliveryGoesOn(trial, his, "B", "seal.key-file-content");
      assertThat(trial.agent.log()).doesNotContain("delivery.step-failed");

      Path right = trial.folder.resolve("right.p12");
      trial.city.makeSigning(right);
      trial.city.reloadRegister();
      Files.move(right, next, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      Waiting.until("the right key has followed", Trial.PATIENCE, () -> !Files.exists(next));
      awaitNextKey(trial, null);
      his.admit("C", 1);
      trial.awaitSettled();
      trial.assertHeldOnce(his.acknowledged());
      trial.verified();
    }
  }

  private static void awaitNextKey(Trial trial, String code) {
    Waiting.until("status says of the next key " + code, Trial.PATIENCE,
        () -> Objects.equals(code, trial.agent.status().path("nextKeyCode").asText(null)));
  }

  private static void assertDeliveryGoesOn(Trial trial, His his, String prefix, String code) {
    for (int k = 0; k < 3; k++) {
      his.admit(prefix + k + "-", 1);
      trial.awaitSettled();
    }
    trial.awaitLog(code + ": signing-next.p12");
    assertThat(trial.agent.log().split(code + ": signing-next.p12", -1)).as("told once").hasSize(2);
    JsonNode status = trial.agent.status();
    assertThat(status.path("nextKeyFile").asText()).isEqualTo("signing-next.p12");
    assertThat(status.path("nextKeyRemedy").asText()).isNotEmpty();
    assertThat(status.path("code").asText(null)).isNull();
    assertThat(trial.http("/q/health/group/delivery").statusCode()).isEqualTo(200);
    assertThat(trial.http("/q/health/group/delivery").body()).contains("warning").contains(code).contains("signing-next.p12");
  }

  /** The city decides what it takes; ours only warns, for a clock that runs wrong must not stop what the hospital sends. */
  @Test
  void whose_certificate_has_ended_is_warned_of_before_the_start_in_the_log_and_in_figures_and_keeps_nobody_from_sending() throws Exception {
    try (Trial trial = Trial.intl(folder)) {
      Path signing = trial.city.gatewayKeys().resolve("signing.p12");
      String inUse = certificate(trial, signing);
      Path ended = trial.folder.resolve("ended.p12");
      assertThat(trial.cityCommand("make-signing", "--feed", Trial.FEED, "--days", "0", "--approve", "false", "--out", ended.toString())
          .status()).isZero();
      Files.move(ended, signing, StandardCopyOption.REPLACE_EXISTING);
      Path register = trial.city.folder().resolve("city/register.json");
      Files.writeString(register, Files.readString(register).replace(inUse, certificate(trial, signing)));

      Trial.Done check = trial.command("check");
      assertThat(check.status()).isZero();
      assertThat(check.output()).contains("[settings.expired]  警告 / warning").contains("signing.p12");
      trial.start();
      trial.awaitLog("settings.expired: keys.signing");
      assertThat(trial.metric("emr_gateway_signing_certificate_days")).isLessThanOrEqualTo(0);
      try (His his = His.of(trial.agent)) {
        his.admit("E", 2);
        // The reference city refuses what was signed after the certificate's end.
        assertThat(trial.awaitCode("delivery.rule-broken").path("detail").asText()).isEqualTo("certificate.validity");
        his.admit("F", 1);
        assertThat(trial.agent.status().path("waiting").asLong()).isEqualTo(3);
        assertThat(trial.http("/q/health/ready").statusCode()).isEqualTo(200);
      }
    }
  }

  private static String certificate(Trial trial, Path file) throws IOException, GeneralSecurityException {
    char[] password = Files.readString(trial.city.gatewayKeys().resolve("password")).strip().toCharArray();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, password);
    }
    return Base64.getEncoder().encodeToString(store.getCertificate(store.aliases().nextElement()).getEncoded());
  }
}
