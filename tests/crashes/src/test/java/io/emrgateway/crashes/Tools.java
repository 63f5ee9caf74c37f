package io.emrgateway.crashes;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.emrgateway.journeys.Needed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of the system that break things on purpose. */
final class Tools {
  private Tools() {}

  /** A test that cannot have one is skipped; in CI it fails. */
  static void assumeInstalled(String... files) {
    for (String file : files) {
      assumeTrue(Needed.isThere(file), () -> Needed.absent(file));
    }
  }

  /** Runs a command to its end; true if its status is 0. */
  static boolean run(String... command) {
    try {
      Process process = new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return false;
      }
      if (process.exitValue() != 0) {
        System.out.println("[crashes] " + String.join(" ", command) + ": " + output.strip());
      }
      return process.exitValue() == 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
