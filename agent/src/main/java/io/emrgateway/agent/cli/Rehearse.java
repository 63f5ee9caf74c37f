package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.seal.FileSigner;
import io.emrgateway.agent.seal.NewKey;
import io.emrgateway.agent.seal.Suite;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/**
 * A start on throw-away keys and made-up messages in a temporary folder, so that the JVM sees what a start needs and
 * can archive it. {@code bin/emr-gateway prepare} runs it with the flags that make the archive.
 *
 * <p>Touches nothing of the hospital: own folder, own ports on loopback, a city address that nobody listens at.
 */
@Command(name = "rehearse", hidden = true, description = "以临时数据试运行一次 / one start on throw-away data")
final class Rehearse implements Callable<Integer> {
  private static final int MESSAGES = 400;
  private static final long PATIENCE_NANOS = 60_000_000_000L;
  private static final String FEED = "H-9999/main";

  @ParentCommand private EmrGateway command;

  @Override
  public Integer call() throws Exception {
    Path folder = Files.createTempDirectory("emr-gateway-rehearsal",
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    try {
      int port = freePort();
      Path yaml = settings(folder, port);
      boolean[] heard = new boolean[1];
      Thread ward = new Thread(() -> {
        heard[0] = sends(port);
        command.stopGateway();
      }, "rehearsal");
      ward.setDaemon(true);
      ward.start();
      int status = command.runGateway(GatewaySettings.load(yaml));
      return status != 0 ? status : heard[0] ? 0 : 1;
    } finally {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(one);
        }
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static Path settings(Path folder, int port) throws IOException {
    Path keys = Files.createDirectory(folder.resolve("keys"));
    char[] password = Long.toString(System.nanoTime(), 36).toCharArray();
    Path secret = Files.createFile(keys.resolve("password"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(secret, new String(password));
    Instant now = Instant.now();
    for (String name : List.of("signing.p12", "tls.p12")) {
      NewKey.make(keys.resolve(name), password, Suite.INTL, FEED, now, Duration.ofDays(1));
    }
    FileSigner signer = FileSigner.open(keys.resolve("signing.p12"), password, Clock.systemUTC());
    String der = Base64.getEncoder().encodeToString(signer.certificate().der());
    Files.writeString(keys.resolve("city-ca.pem"), "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(signer.certificate().der())
        + "\n-----END CERTIFICATE-----\n");
    String trust = "{\"v\":1,\"version\":1,\"issued\":\"%s\",\"expires\":\"%s\",\"suite\":\"intl\",\"roots\":[\"%s\"],"
        + "\"receipt\":[\"%s\"],\"lookup\":[],\"hospitals\":[]}";
    Files.write(keys.resolve("trust.cms"), signer.sign(trust.formatted(
        time(now), time(now.plus(Duration.ofDays(1))), der, der).getBytes(StandardCharsets.UTF_8)));
    return Files.writeString(folder.resolve("gateway.yaml"), """
        hospital: H-9999
        home: %s
        keys:
          dir: %s
        city:
          address: https://127.0.0.1:%d
        sources:
          - name: rehearsal
            port: %d
        http:
          port: %d
        log:
          level: error
        """.formatted(folder.resolve("home"), keys, freePort(), port, freePort()));
  }

  private static String time(Instant at) {
    return DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSxxx").format(at.atOffset(ZoneOffset.ofHours(8)));
  }

  /** True if every message was answered. */
  private static boolean sends(int port) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (System.nanoTime() < end) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.setSoTimeout((int) TimeUnit.NANOSECONDS.toMillis(PATIENCE_NANOS));
        OutputStream out = socket.getOutputStream();
        InputStream in = socket.getInputStream();
        for (int k = 0; k < MESSAGES; k++) {
          boolean chinese = k % 2 == 0;
          out.write(message(k, chinese).getBytes(chinese ? Charset.forName("GB18030") : StandardCharsets.UTF_8));
          if (!answered(in)) {
            return false;
          }
        }
        return true;
      } catch (IOException notOpenYet) {
        pause();
      }
    }
    return false;
  }

  private static boolean answered(InputStream in) throws IOException {
    StringBuilder answer = new StringBuilder();
    for (int octet = in.read(); octet != 0x1C; octet = in.read()) {
      if (octet < 0) {
        return false;
      }
      answer.append((char) octet);
    }
    return answer.indexOf("MSA|AA|") > 0;
  }

  private static String message(int number, boolean chinese) {
    return "\u000BMSH|^~\\&|HIS|REHEARSAL|EMR|CITY|20261122080000+0800||ADT^A01^ADT_A01|R" + number + "|P|2.4||||||"
        + (chinese ? "GB 18030-2000" : "UNICODE UTF-8") + "\rEVN|A01|20261122080000+0800\rPID|1||R" + number
        + "^^^HIS^PI||演^练||19800101|M\rPV1|1|I|301^1^1|||||||||||||||||V" + number + "\r\u001C\r";
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
