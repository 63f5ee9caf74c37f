package io.emrgateway.agent.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

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
    for (int length : new int[] {0, 1, 2, 3, 4, 5, 6, 7, 20, 1000, 100_000}) {
      byte[] noise = new byte[length];
      random.nextBytes(noise);
      for (byte[] plain : new byte[][] {noise, new byte[length]}) {
        byte[] small = squeeze.squeeze(plain);
        assertThat(small.length).isLessThanOrEqualTo(length + 1);
        assertThat(squeeze.unsqueeze(small)).isEqualTo(plain);
      }
    }
  }

  @Test
  void that_is_cut_lengthened_or_from_a_later_version_is_refused() {
    byte[] small = squeeze.squeeze(Batches.bundle(1));
    for (int length = 0; length < small.length; length++) {
      byte[] cut = Arrays.copyOf(small, length);
      assertThatThrownBy(() -> squeeze.unsqueeze(cut)).isInstanceOf(SealRefused.class);
    }
    byte[] longer = Arrays.copyOf(small, small.length + 1);
    assertThatThrownBy(() -> squeeze.unsqueeze(longer)).isInstanceOf(SealRefused.class);
    byte[] more = small.clone();
    more[4]++;
    assertThatThrownBy(() -> squeeze.unsqueeze(more)).isInstanceOf(SealRefused.class);
    byte[] fewer = small.clone();
    fewer[4]--;
    assertThatThrownBy(() -> squeeze.unsqueeze(fewer)).isInstanceOf(SealRefused.class);
    byte[] later = small.clone();
    later[0] = 2;
    assertThatThrownBy(() -> squeeze.unsqueeze(later)).isInstanceOf(SealRefused.class);
  }
}
