package io.emrgateway.city;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A batch with one byte changed")
class FlippedByteTest {
  @TempDir Path dir;

  /** How: every position of a batch of two bodies, two changes each, straight into the city without a wire. */
  @ParameterizedTest
  @ValueSource(strings = {"intl", "gm"})
  void is_refused_wherever_the_byte_is(String suite) throws Exception {
    new Pki(dir, Instant.now(), Duration.ofDays(30)).make(Gateway.FEED, Suite.named(suite));
    Register register = new Register(dir.resolve("city/register.json"));
    char[] password = Pki.readPassword(dir.resolve("city/password"));
    try (Holdings holdings = new Holdings(dir.resolve("city/holdings.db"))) {
      City city = new City(register, holdings, City.receiptKeys(dir.resolve("city"), password), Clock.systemUTC());
      Gateway gateway = new Gateway(dir.resolve("agent"), Gateway.FEED, suite, 1);
      byte[] good = gateway.seal(gateway.data(2, 1));
      Register.Feed feed = register.feed(Gateway.FEED);
      Batch.Key key = new Batch.Key(Gateway.FEED, 1, 1);

      for (int at = 0; at < good.length; at++) {
        for (int change : new int[] {0x01, 0x80}) {
          byte[] spoiled = good.clone();
          spoiled[at] ^= (byte) change;
          Answer answer = city.take(feed, key, new ByteArrayInputStream(spoiled));
          assertThat(answer.status()).as("byte %d of %d changed by %d", at, good.length, change).isIn(413, 422);
        }
      }
      assertThat(holdings.state(Gateway.FEED)).isEqualTo(State.BEGINNING);
      for (int length = 0; length < good.length; length += 7) {
        byte[] cut = java.util.Arrays.copyOf(good, length);
        assertThat(city.take(feed, key, new ByteArrayInputStream(cut)).status()).as("cut at %d", length).isIn(422);
      }
      assertThat(city.take(feed, key, new ByteArrayInputStream(good)).status()).isEqualTo(200);
    }
  }
}
