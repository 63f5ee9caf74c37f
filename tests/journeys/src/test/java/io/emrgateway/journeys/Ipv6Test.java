package io.emrgateway.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How: the packaged gateway with the flags it is delivered with, which once kept it to IPv4. */
@DisplayName("Over IPv6")
class Ipv6Test {

  @Test
  void a_source_listens_and_names_the_address_of_whom_it_turns_away(@TempDir Path folder) throws Exception {
    assumeTrue(hasIpv6(), "this machine has no IPv6 loopback");
    try (Trial trial = Trial.intl(folder)) {
      int open = trial.source("v6", "    address: '::1'\n    allow: ['::1/128']\n");
      int shut = trial.source("shut", "    address: '::'\n    allow: [10.20.0.0/16, '::2/128']\n");
      trial.start();
      assertThat(told(open)).contains("MSA|AA|V6");
      assertThat(told(shut)).isEmpty();
      Waiting.until("the log names the address", Duration.ofSeconds(10),
          () -> trial.agent.log().contains("intake.sender-not-allowed shut 0:0:0:0:0:0:0:1"));
    }
  }

  private static String told(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("::1", port), 2_000);
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(0x0b);
      socket.getOutputStream().write(His.admission("V6"));
      socket.getOutputStream().write(new byte[] {0x1c, 0x0d});
      byte[] answer = new byte[2048];
      int read = socket.getInputStream().read(answer);
      return read < 0 ? "" : new String(answer, 0, read, StandardCharsets.UTF_8);
    } catch (IOException closed) {
      return "";
    }
  }

  private static boolean hasIpv6() {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress("::1", 0));
      return true;
    } catch (IOException none) {
      return false;
    }
  }
}
