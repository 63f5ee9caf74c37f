package io.emrgateway.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How: the packaged gateway in the memory it is delivered with, and messages just under its frame-max of 10 MiB. */
@DisplayName("Large messages")
class LargeMessagesTest {
  private static final int SIZE = 10_485_000;
  private static final Duration LONG = Duration.ofMinutes(4);

  @TempDir static Path folder;
  private static Trial trial;

  @BeforeAll
  static void start() {
    trial = Trial.intl(folder);
    trial.start();
  }

  @AfterAll
  static void stop() {
    trial.close();
  }

  /** A report with a document in it, and a Chinese title: the whole text has to be read as GB 18030. */
  private static byte[] report(String control, int size) {
    byte[] head = His.message("ORU^R01", control, His.GB18030, "PID|1||P" + control + "^^^HIS^MR||测试^患者||19700101|F",
        "OBR|1||F" + control + "|R^报告", "OBX|1|ED|D^文书||^AP^PDF^Base64^");
    byte[] message = Arrays.copyOf(head, size);
    Arrays.fill(message, head.length - 1, size, (byte) 'Q');
    return message;
  }

  private static Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress("127.0.0.1", trial.agent.mllpPort()), 2_000);
    socket.setSoTimeout(120_000);
    return socket;
  }

  /** MSA-1 of the answer, or "closed". */
  private static String answer(Socket socket) {
    try {
      byte[] bytes = new byte[4096];
      int read = socket.getInputStream().read(bytes);
      String text = read < 0 ? "" : new String(bytes, 0, read, StandardCharsets.ISO_8859_1);
      int at = text.indexOf("\rMSA|");
      return at < 0 ? "closed" : text.substring(at + 5, at + 7);
    } catch (SocketTimeoutException silence) {
      return "silence";
    } catch (IOException reset) {
      return "closed";
    }
  }

  private static String send(byte[] message) {
    try (Socket socket = connect()) {
      try {
        socket.getOutputStream().write(0x0b);
        socket.getOutputStream().write(message);
        socket.getOutputStream().write(new byte[] {0x1c, 0x0d});
      } catch (IOException answeredBeforeItsEnd) {
        // The answer says why.
      }
      return answer(socket);
    } catch (IOException e) {
      return "closed";
    }
  }

  @Test
  void of_which_three_come_at_once_are_all_accepted_and_held_by_the_city() throws Exception {
    ExecutorService senders = Executors.newCachedThreadPool();
    try {
      List<Future<String>> answers = new ArrayList<>();
      for (int k = 0; k < 3; k++) {
        byte[] message = report("LARGE" + k, SIZE);
        answers.add(senders.submit(() -> send(message)));
      }
      for (int k = 0; k < 5; k++) {
        assertThat(send(His.admission("BESIDE" + k))).isEqualTo("AA");
      }
      for (Future<String> answer : answers) {
        assertThat(answer.get()).isEqualTo("AA");
      }
      trial.agent.awaitSettled(LONG);
      assertThat(trial.agent.isAlive()).isTrue();
      assertThat(trial.city.entries()).filteredOn(entry -> entry.n() == null).as("explained instead of held").isEmpty();
    } finally {
      senders.shutdownNow();
    }
  }

  /** How: twelve frames of 9 MB without an end; meanwhile small messages; then two large ones. */
  @Test
  void that_never_end_neither_end_the_process_nor_hold_up_anybody() throws Exception {
    ExecutorService senders = Executors.newCachedThreadPool();
    List<Socket> open = new ArrayList<>();
    try (His small = His.of(trial.agent)) {
      for (int k = 0; k < 12; k++) {
        byte[] message = report("HALF" + k, 9_000_000);
        Socket socket = connect();
        open.add(socket);
        senders.submit(() -> {
          socket.getOutputStream().write(0x0b);
          socket.getOutputStream().write(message);
          return null;
        });
      }
      small.admit("MEANWHILE", 50);
      String large = "";
      for (int attempt = 0; attempt < 5 && !large.equals("AA"); attempt++) {
        large = send(report("WHOLE", SIZE));
        assertThat(large).isIn("AA", "AE", "closed");
      }
      assertThat(large).isEqualTo("AA");
      small.admit("AFTERWARDS", 50);
      assertThat(trial.agent.isAlive()).isTrue();
    } finally {
      senders.shutdownNow();
      for (Socket socket : open) {
        socket.close();
      }
    }
    trial.agent.awaitSettled(LONG);
    assertThat(trial.agent.isAlive()).isTrue();
  }

  @Test
  void larger_than_the_memory_can_take_are_refused_by_check_with_key_line_and_remedy() {
    Trial.Done done = Trial.process(Duration.ofMinutes(1), List.of("env", "EMR_GATEWAY_HEAP=120m",
        House.gateway().toString(), "check", "-c", trial.agent.settings().toString()));
    assertThat(done.status()).isNotZero();
    assertThat(done.output()).contains("settings.value-out-of-range", "frame-max", "EMR_GATEWAY_HEAP=", "gateway.yaml:");
  }
}
