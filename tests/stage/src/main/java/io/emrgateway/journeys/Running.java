package io.emrgateway.journeys;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process of ours: started, killed, stopped; never left behind. */
final class Running {
  private static final File NOTHING = new File("/dev/null");

  private final Process process;
  private final Path log;

  private Running(Process process, Path log) {
    this.process = process;
    this.log = log;
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
  }

  /** Starts a command whose output is appended to a log file, and whose questions nobody answers. */
  static Running start(Path log, Map<String, String> environment, List<String> command) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().putAll(environment);
      builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
          .redirectInput(NOTHING);
      return new Running(builder.start(), log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL; returns when the process is gone. */
  void kill() {
    process.destroyForcibly();
    await(Duration.ofSeconds(20));
  }

  /** SIGTERM, and SIGKILL if that does not help within the patience. */
  int stop(Duration patience) {
    process.destroy();
    if (!await(patience)) {
      kill();
    }
    return process.exitValue();
  }

  boolean await(Duration patience) {
    try {
      return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** SIGQUIT: a JVM goes on and prints what its threads do. */
  void quit() {
    signal("QUIT");
  }

  /** Sent by the shell, which needs no program for it. */
  void signal(String name) {
    try {
      new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid()).inheritIO().start().waitFor(5, TimeUnit.SECONDS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
