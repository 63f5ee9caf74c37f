package io.emrgateway.routes.camel;

import static io.emrgateway.routes.camel.Hospital.adt;
import static io.emrgateway.routes.camel.Hospital.door;
import static io.emrgateway.routes.camel.Hospital.frame;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * How: 8 connections, each waiting for its answer, a journal in memory, everything in this one process. The rate
 * counts the wards' work too; the CPU figures are those of the door's own threads. Prints, and asserts only that no
 * message went unanswered: how fast is a question to a quiet machine ({@code -Dintake.messages=200000}).
 */
@DisplayName("The door under load")
class ThroughputTest {
  private static final int CONNECTIONS = 8;
  private static final int MESSAGES = Integer.getInteger("intake.messages", 24_000);

  @Test
  @Timeout(120)
  void answers_every_message_of_eight_busy_wards() throws Exception {
    try (Hospital hospital = new Hospital(door(), false)) {
      hospital.journal.forgetful = true;
      run(hospital, MESSAGES / 2);
      ThreadMXBean threads = ManagementFactory.getThreadMXBean();
      Map<String, Long> before = cpu(threads);
      long start = System.nanoTime();
      int answered = run(hospital, MESSAGES);
      double seconds = (System.nanoTime() - start) / 1e9;
      Map<String, Long> after = cpu(threads);
      long door = after.getOrDefault("intake", 0L) - before.getOrDefault("intake", 0L);
      long journal = after.getOrDefault("journal", 0L) - before.getOrDefault("journal", 0L);
      System.out.printf("door: %d messages, %d connections: %.0f/s; CPU a message: door %.1f us, journal %.1f us%n",
          answered, CONNECTIONS, answered / seconds, door / 1e3 / answered, journal / 1e3 / answered);
      assertThat(answered).isEqualTo(MESSAGES / CONNECTIONS * CONNECTIONS);
    }
  }

  private static Map<String, Long> cpu(ThreadMXBean threads) {
    Map<String, Long> nanos = new TreeMap<>();
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (thread != null) {
        String group = thread.getThreadName().replaceAll("-.*", "");
        nanos.merge(group, threads.getThreadCpuTime(thread.getThreadId()), Long::sum);
      }
    }
    return nanos;
  }

  private static int run(Hospital hospital, int messages) throws Exception {
    ExecutorService wards = Executors.newFixedThreadPool(CONNECTIONS);
    try {
      List<Future<Integer>> sent = new ArrayList<>();
      for (int c = 0; c < CONNECTIONS; c++) {
        byte[] message = frame(adt("C" + c) + "NTE|1||" + "text ".repeat(150) + "\r");
        sent.add(wards.submit(() -> ward(hospital.listener.port(), message, messages / CONNECTIONS)));
      }
      int total = 0;
      for (Future<Integer> one : sent) {
        total += one.get();
      }
      return total;
    } finally {
      wards.shutdownNow();
    }
  }

  private static int ward(int port, byte[] message, int messages) throws Exception {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setTcpNoDelay(true);
      OutputStream out = socket.getOutputStream();
      InputStream in = new BufferedInputStream(socket.getInputStream(), 8192);
      byte[] buffer = new byte[8192];
      int answered = 0;
      while (answered < messages) {
        out.write(message);
        int read;
        do {
          read = in.read(buffer, 0, buffer.length);
          if (read < 0) {
            return answered;
          }
        } while (buffer[read - 1] != 0x0D || buffer[read - 2] != 0x1C);
        answered++;
      }
      return answered;
    }
  }
}
