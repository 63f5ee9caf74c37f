package io.emrgateway.peers;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.emrgateway.journeys.Needed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of other people's making, started for one question. */
final class Programs {
  private static final int PATIENCE_SECONDS = 20;

  private Programs() {}

  /** @param ok ended with 0 within the patience */
  record Answer(boolean ok, byte[] output) {
    String text() {
      return new String(output, StandardCharsets.UTF_8);
    }
  }

  /** A test that cannot have one is skipped; in CI it fails. */
  static void assumeInstalled(String program) {
    assumeTrue(Needed.isThere(program), () -> Needed.absent(program));
  }

  /** @param input all that it reads; may be empty */
  static Answer run(byte[] input, String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
    try {
      process.getOutputStream().write(input);
      process.getOutputStream().close();
      byte[] output = process.getInputStream().readAllBytes();
      return new Answer(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0, output);
    } finally {
      process.destroyForcibly();
    }
  }
}
