package io.emrgateway.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The city's trust file")
class TrustFileTest {
  @TempDir Path folder;

  @Test
  void is_renewed_from_the_city_when_a_receipt_does_not_hold_and_stops_delivery_but_not_intake_when_it_has_expired()
      throws IOException {
    try (Trial trial = Trial.intl(folder).start(); His his = His.of(trial.agent)) {
      Path installed = trial.city.gatewayKeys().resolve("trust.cms");
      Path offered = trial.city.folder().resolve("city/trust-intl.cms");
      byte[] first = Files.readAllBytes(installed);

      assertThat(trial.cityCommand("make-trust").status()).isZero();
      trial.city.misbehave("{\"wrongSignature\":1}");
      his.admit("A", 1);
      Waiting.until("the newer trust file is installed", Trial.PATIENCE, () -> same(installed, offered));
      assertThat(Files.readAllBytes(installed)).isNotEqualTo(first);
      trial.awaitSettled();
      assertThat(trial.agent.log()).contains("city.trust-renewed");

      // One that ended the moment it was made, installed by hand; the city has no better one yet.
      assertThat(trial.cityCommand("make-trust", "--days", "0").status()).isZero();
      trial.agent.stop();
      Files.copy(offered, installed, StandardCopyOption.REPLACE_EXISTING);
      trial.agent.start();
      his.close();
      long seq = trial.city.status().path("seq").asLong();
      his.admit("B", 3);
      trial.awaitCode("delivery.trust-expired");
      his.admit("C", 2);
      assertThat(trial.agent.status().path("waiting").asLong()).isEqualTo(5);
      assertThat(trial.city.status().path("seq").asLong()).isEqualTo(seq);
      assertThat(trial.http("/q/health/ready").statusCode()).isEqualTo(200);
      assertThat(trial.http("/q/health/group/delivery").body()).contains("delivery.trust-expired");
      assertThat(trial.metric("emr_gateway_trust_file_days")).isLessThanOrEqualTo(0);

      assertThat(trial.cityCommand("make-trust").status()).isZero();
      trial.awaitSettled();
      assertThat(same(installed, offered)).isTrue();
      trial.assertHeldOnce(his.acknowledged());
      trial.verified();
    }
  }

  /** A file by somebody else's root is not taken, whatever version it claims, and delivery goes on with the old one. */
  @Test
  void of_another_city_is_left_aside() throws IOException {
    City stranger = City.withKeys(Files.createDirectory(folder.resolve("stranger")).resolve("keys"), Trial.FEED, "intl");
    try (Trial trial = Trial.intl(folder).start(); His his = His.of(trial.agent)) {
      Path installed = trial.city.gatewayKeys().resolve("trust.cms");
      byte[] before = Files.readAllBytes(installed);
      Trial.process(Trial.PATIENCE, House.cityCommand("make-trust", "--dir", stranger.folder().toString()));
      Files.copy(stranger.folder().resolve("city/trust-intl.cms"), trial.city.folder().resolve("city/trust-intl.cms"),
          StandardCopyOption.REPLACE_EXISTING);

      trial.city.misbehave("{\"wrongSignature\":2}");
      his.admit("A", 2);
      trial.awaitCode("delivery.receipt-not-valid");
      trial.awaitSettled();
      assertThat(Files.readAllBytes(installed)).isEqualTo(before);
      trial.assertHeldOnce(his.acknowledged());
    }
  }

  private static boolean same(Path one, Path other) {
    try {
      return Files.mismatch(one, other) < 0;
    } catch (IOException replacedJustNow) {
      return false;
    }
  }
}
