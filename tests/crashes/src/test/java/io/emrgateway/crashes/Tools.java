package io.emrgateway.crashes;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of the system that break things on purpose; a test that cannot have one is skipped. */
final class Tools {
  private Tools() {}

  static void assumeInstalled(String... files) {
    for (String file : files) {
      assumeTrue(Files.exists(Path.of(file)), file + " is not there; tests/setup.sh installs it");
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
