package io.emrgateway.routes.camel.mllp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("An allow list")
class AllowListTest {

  @ParameterizedTest(name = "{1} in {0}: {2}")
  @CsvSource({
      "10.1.2.3, 10.1.2.3, true", "10.1.2.3, 10.1.2.4, false", "10.1.0.0/16, 10.1.255.9, true",
      "10.1.0.0/16, 10.2.0.1, false", "10.1.2.128/25, 10.1.2.127, false", "10.1.2.128/25, 10.1.2.200, true",
      "0.0.0.0/0, 8.8.8.8, true", "0.0.0.0/0, ::1, false", "fd00::/8, fd12::7, true", "fd00::/8, fe80::1, false",
      "::1, ::1, true", "10.1.2.3, ::ffff:10.1.2.3, true"})
  void permits_what_its_ranges_hold(String range, String address, boolean permitted) throws Exception {
    assertThat(AllowList.of(List.of("192.0.2.1", range)).permits(InetAddress.getByName(address))).isEqualTo(permitted);
  }

  @Test
  void without_ranges_permits_anybody() throws Exception {
    assertThat(AllowList.of(List.of()).permits(InetAddress.getByName("203.0.113.7"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"his.example", "10.1.2", "10.1.2.3/33", "10.1.2.3/x", "fd00::/129", "", "300.1.1.1"})
  void refuses_what_is_no_address(String range) {
    assertThatThrownBy(() -> AllowList.of(List.of(range))).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("allow:");
  }
}
