package io.emrgateway.routes.camel.mllp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emrgateway.routes.camel.mllp.AllowList.Range;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("An allow list")
class AllowListTest {

  @ParameterizedTest(name = "{2} in {0}/{1}: {3}")
  @CsvSource({
      "10.1.2.3, 32, 10.1.2.3, true", "10.1.2.3, 32, 10.1.2.4, false", "10.1.0.0, 16, 10.1.255.9, true",
      "10.1.0.0, 16, 10.2.0.1, false", "10.1.2.128, 25, 10.1.2.127, false", "10.1.2.128, 25, 10.1.2.200, true",
      "0.0.0.0, 0, 8.8.8.8, true", "0.0.0.0, 0, ::1, false", "fd00::, 8, fd12::7, true", "fd00::, 8, fe80::1, false",
      "::1, 128, ::1, true", "10.1.2.3, 32, ::ffff:10.1.2.3, true"})
  void permits_what_its_ranges_hold(String network, int bits, String address, boolean permitted) throws Exception {
    Range other = new Range(InetAddress.getByName("192.0.2.1"), 32);
    assertThat(AllowList.of(List.of(other, new Range(InetAddress.getByName(network), bits)))
        .permits(InetAddress.getByName(address))).isEqualTo(permitted);
  }

  @Test
  void without_ranges_permits_anybody() throws Exception {
    assertThat(AllowList.of(List.of()).permits(InetAddress.getByName("203.0.113.7"))).isTrue();
  }

  @Test
  void has_no_range_of_more_bits_than_an_address() {
    assertThatThrownBy(() -> new Range(InetAddress.getLoopbackAddress(), 129)).isInstanceOf(IllegalArgumentException.class);
  }
}
