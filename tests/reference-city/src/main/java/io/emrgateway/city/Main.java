package io.emrgateway.city;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** The command line of the reference city. */
public final class Main {
  private static final String USAGE =
      """
      make-pki     --dir D --feed H-0104/main [--suite intl|gm] [--days 365]
      make-feed    --dir D --feed H-0105/main --agent D/agent-2 [--suite intl|gm] [--days 365]
      make-signing --dir D --feed H-0104/main --out FILE.p12 [--agent D/agent] [--suite intl|gm] [--days 365]
                   [--approve false]
      make-trust   --dir D [--suite intl|gm] [--days 365]
      serve        --dir D [--port 0] [--admin-port 0]
      """;

  private Main() {}

  /**
   * Runs one command. {@code serve} prints its two addresses and stays until the process ends.
   *
   * <p>Ends with 2 if the command line makes no sense, with 1 if the command failed.
   */
  public static void main(String[] args) throws InterruptedException {
    try {
      run(args);
    } catch (IllegalArgumentException e) {
      System.err.println("city: " + e.getMessage());
      System.err.print(USAGE);
      System.exit(2);
    } catch (IllegalStateException | UncheckedIOException | IOException e) {
      System.err.println("city: " + e.getMessage());
      System.exit(1);
    }
  }

  private static void run(String[] args) throws IOException, InterruptedException {
    if (args.length == 0) {
      throw new IllegalArgumentException("no command");
    }
    Map<String, String> options = options(args);
    Path dir = Path.of(needed(options, "dir"));
    Suite suite = Suite.named(options.getOrDefault("suite", "intl"));
    if (suite == null) {
      throw new IllegalArgumentException("--suite is intl or gm");
    }
    Pki pki = new Pki(dir, Instant.now(), Duration.ofDays(number(options, "days", 365)));
    switch (args[0]) {
      case "make-pki" -> pki.make(needed(options, "feed"), suite);
      case "make-feed" -> pki.makeGateway(Path.of(needed(options, "agent")), needed(options, "feed"), suite);
      case "make-signing" -> {
        boolean approve = !options.getOrDefault("approve", "true").equals("false");
        Path agent = Path.of(options.getOrDefault("agent", dir.resolve("agent").toString()));
        char[] password = Pki.readPassword(agent.resolve("password"));
        pki.makeSigning(needed(options, "feed"), suite, Path.of(needed(options, "out")), password, approve);
      }
      case "make-trust" -> pki.makeTrust(suite);
      case "serve" -> {
        Server server =
            new Server(dir, number(options, "port", 0), number(options, "admin-port", 0), Clock.systemUTC());
        System.out.println("city listening https://127.0.0.1:" + server.port());
        System.out.println("city admin http://127.0.0.1:" + server.adminPort());
        System.out.flush();
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        new CountDownLatch(1).await();
      }
      default -> throw new IllegalArgumentException("unknown command " + args[0]);
    }
  }

  private static Map<String, String> options(String[] args) {
    Map<String, String> options = new HashMap<>();
    for (int k = 1; k < args.length; k += 2) {
      if (!args[k].startsWith("--") || k + 1 == args.length) {
        throw new IllegalArgumentException("options come in pairs: --name value");
      }
      options.put(args[k].substring(2), args[k + 1]);
    }
    return options;
  }

  private static String needed(Map<String, String> options, String name) {
    String value = options.get(name);
    if (value == null) {
      throw new IllegalArgumentException("--" + name + " is needed");
    }
    return value;
  }

  private static int number(Map<String, String> options, String name, int otherwise) {
    String value = options.get(name);
    if (value == null) {
      return otherwise;
    }
    if (!value.matches("[0-9]{1,6}")) {
      throw new IllegalArgumentException("--" + name + " is a number");
    }
    return Integer.parseInt(value);
  }
}
