package io.emrgateway.agent.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A squeezed bundle")
class SqueezeTest {
  private final Squeeze squeeze = new Squeeze(2);

  @Test
  void unpacks_to_the_same_bytes() {
    for (int seed = 0; seed < 50; seed++) {
      byte[] bundle = Batches.bundle(seed);
      byte[] small = squeeze.squeeze(bundle);
      assertThat(squeeze.unsqueeze(small)).isEqualTo(bundle);
      assertThat(small.length).isLessThan(bundle.length / 5);
    }
  }

  @Test
  void of_any_content_and_length_is_at_most_one_byte_longer() {
    Random random = new Random(7);
    for (int length : new int[] {0, 1, 2, 3, 4, 5, 6, 7, 20, 1000, 6_143, 6_144, 6_145, 16_384, 100_000}) {
      byte[] noise = new byte[length];
      random.nextBytes(noise);
      for (byte[] plain : new byte[][] {noise, new byte[length]}) {
        byte[] small = squeeze.squeeze(plain);
        assertThat(small.length).isLessThanOrEqualTo(length + 1);
        assertThat(squeeze.unsqueeze(small)).isEqualTo(plain);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5})
  void that_is_cut_lengthened_or_from_a_later_version_is_refused(int bundles) {
    StringBuilder text = new StringBuilder();
    for (int k = 0; k < bundles; k++) {
      text.append(new String(Batches.bundle(k), StandardCharsets.UTF_8));
    }
    byte[] small = squeeze.squeeze(text.toString().getBytes(StandardCharsets.UTF_8));
    assertThat(small[0]).as("short ones with the dictionary, long ones as pieces").isEqualTo((byte) (bundles == 1 ? 1 : 2));
    for (int length = 0; length < small.length; length++) {
      refuses(Arrays.copyOf(small, length));
    }
    refuses(Arrays.copyOf(small, small.length + 1));
    refuses(with(small, 4, small[4] + 1));
    refuses(with(small, 4, small[4] - 1));
    refuses(with(small, 0, 3 - small[0]));
    refuses(with(small, 0, 3));
  }

  private void refuses(byte[] squeezed) {
    assertThatThrownBy(() -> squeeze.unsqueeze(squeezed)).isInstanceOf(SealRefused.class);
  }

  private static byte[] with(byte[] bytes, int at, int value) {
    byte[] changed = bytes.clone();
    changed[at] = (byte) value;
    return changed;
  }
}
