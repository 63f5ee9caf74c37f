package io.emrgateway.journeys;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** Where the built parts lie, and how they are started. */
public final class House {
  private static final int FIRST_PORT = 20_000;
  private static final int PORTS = 1_000;
  private static final int BLOCKS = 12;
  /** Held until this process ends: suites side by side, of other builds too, take no port of each other's. */
  private static final List<FileChannel> HELD = new ArrayList<>();
  private static final int OURS = FIRST_PORT + block() * PORTS;
  private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();
  private static volatile boolean measured;

  private House() {}

  /** The project's root: {@code -Demr.house}, or the folder above the working folder that has the installer. */
  public static Path root() {
    String told = System.getProperty("emr.house");
    Path at = Path.of(told == null ? "" : told).toAbsolutePath().normalize();
    while (at != null && !Files.exists(at.resolve("installer/pom.xml"))) {
      at = at.getParent();
    }
    if (at == null) {
      throw new IllegalStateException("run this inside the project, or say where it is with -Demr.house=…");
    }
    return at;
  }

  /** The packaged gateway's command, prepared as after an installation: it starts in half the time. */
  public static Path gateway() {
    return Prepared.COMMAND;
  }

  private static final class Prepared {
    private static final Path COMMAND = built("installer/target/emr-gateway/bin/emr-gateway");

    static {
      // Other suites run beside this one, and one start cache is enough.
      try (FileChannel lock = FileChannel.open(root().resolve("installer/target/prepare.lock"), CREATE, WRITE); FileLock mine = lock.lock()) {
        if (mine.isValid() && newest(COMMAND.resolveSibling("../cache")) < newest(COMMAND.resolveSibling("../lib/app"))) {
          Process prepare = new ProcessBuilder(COMMAND.toString(), "prepare").redirectErrorStream(true).start();
          String said = new String(prepare.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
          if (prepare.waitFor() != 0) {
            throw new IllegalStateException("the gateway is not prepared: " + said);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while preparing the gateway");
      }
    }

    /** When the newest file of a folder was written, in ms; 0 without one. */
    private static long newest(Path folder) {
      File[] files = folder.toFile().listFiles();
      return files == null ? 0 : Stream.of(files).mapToLong(File::lastModified).max().orElse(0);
    }
  }

  static Path city() {
    return built("tests/reference-city/target/reference-city.jar");
  }

  private static Path built(String path) {
    Path file = root().resolve(path);
    if (!Files.exists(file)) {
      throw new IllegalStateException(path + " is not built; run ./mvnw -DskipTests package");
    }
    return file;
  }

  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** From now on cities run as fast as they can: for whoever measures. */
  public static void measure() {
    measured = true;
  }

  static List<String> cityCommand(String... arguments) {
    List<String> command = new ArrayList<>(List.of(java(), "-Xmx160m", "-XX:+UseSerialGC"));
    if (!measured) {
      // A city that lives for seconds never earns what the second compiler costs.
      command.add("-XX:TieredStopAtLevel=1");
    }
    command.addAll(List.of("-jar", city().toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  private static int block() {
    for (int block = 0; block < BLOCKS; block++) {
      Path file = Path.of(System.getProperty("java.io.tmpdir"), "emr-gateway-ports-" + block);
      try {
        FileChannel channel = FileChannel.open(file, CREATE, WRITE);
        if (channel.tryLock() != null) {
          HELD.add(channel);
          return block;
        }
        channel.close();
      } catch (AccessDeniedException anothersUsers) {
        // Taken as well.
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    throw new IllegalStateException("more than " + BLOCKS + " suites run at once");
  }

  /**
   * A port nobody uses on loopback at the moment. Below those that the system gives to outgoing connections (from
   * 32768 on Linux): one of these is taken by anybody's connection before the process we start has bound it.
   */
  public static int freePort() {
    for (int attempt = 0; attempt < 1_000; attempt++) {
      int port = OURS + ThreadLocalRandom.current().nextInt(PORTS);
      if (!GIVEN.add(port)) {
        continue;
      }
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException taken) {
        // Somebody's; another one then.
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    throw new IllegalStateException("no free port on loopback from " + OURS);
  }
}
