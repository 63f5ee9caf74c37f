package io.emrgateway.journeys;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * A second hospital for a first lookup on one machine: it knows the patient whom the first one has in hospital. Both are
 * invented, the patient's resident ID is the example of GB 11643.
 */
final class OtherHospital {
  private static final String PATIENT = "PID|1||000123^^^HIS^MR~11010519491231002X^^^GA^NNCHN||张^伟||19491231|F";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Agent asking;
  private final Agent other;
  private final Path environment;

  private OtherHospital(Agent asking, Agent other, Path environment) {
    this.asking = asking;
    this.other = other;
    this.environment = environment;
  }

  /** Keys and settings of both; before the city starts. */
  static OtherHospital of(City city, Path folder, String suite) throws IOException {
    Path keys = city.anotherGateway("H-0105/main", suite);
    city.vouchForAll(Map.of("H-0104", "示例第一医院", "H-0105", "示例第二医院"), List.of(city.gatewayKeys(), keys));
    byte[] octets = new byte[16];
    new SecureRandom().nextBytes(octets);
    String secret = HexFormat.of().formatHex(octets);
    Path file = folder.resolve("his.secret");
    Files.writeString(file, secret + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    int door = House.freePort();
    Agent asking = Agent.of(folder, city, suite, "",
        "his:\n  port: " + door + "\n  clients:\n    - name: try\n      secret-file: " + file + "\n").asking();
    Agent other = Agent.of(Files.createDirectories(folder.resolve("H-0105")), city, "H-0105", keys, suite, "", "");
    Path environment = folder.resolve("lookups.env");
    Files.writeString(environment, "DOOR=http://127.0.0.1:" + door + "\nSECRET=" + secret + "\nMLLP=" + asking.mllpPort() + "\n");
    return new OtherHospital(asking, other, environment);
  }

  /** The first hospital, whose doctor asks. */
  Agent asker() {
    return asking;
  }

  /** A file for a shell: where to ask, and by which secret. */
  Path environment() {
    return environment;
  }

  /** The second hospital starts, and both get to know the patient; when this returns, a question finds an answer. */
  void start(Agent running) {
    other.start();
    send(running, "ADT^A01", "PV1|1|I|N03^301^02||||||||||||||||ZY900^^^HIS^VN|||||||||||||||||||||||||" + hoursAgo(5));
    String visit = "PV1|1|O|||||||||||||||||MZ77^^^HIS^VN|||||||||||||||||||||||||" + hoursAgo(200);
    send(other, "ADT^A04", visit, "AL1|1|DA|QMS^青霉素^L|SV|皮疹");
    send(other, "ORU^R01", visit, "OBR|1|P1^HIS|F1^LIS|XJ^心肌损伤^L|||" + hoursAgo(190),
        "OBX|1|NM|10839-9^肌钙蛋白I^LN^TNI^肌钙蛋白I^L||0.50|ng/mL|0.00-0.10|H|||F|||" + hoursAgo(189));
    send(other, "RDE^O11", visit, "ORC|NW|RX1^HIS|||||||" + hoursAgo(188), "RXE||QMS^阿司匹林肠溶片^L|100||mg", "RXR|PO^口服", "TQ1|1||qd^每日一次|||30^d");
    running.awaitSettled(PATIENCE);
    other.awaitSettled(PATIENCE);
  }

  void stop() {
    other.stop();
  }

  private static void send(Agent agent, String type, String... segments) {
    String[] all = new String[segments.length + 1];
    all[0] = PATIENT;
    System.arraycopy(segments, 0, all, 1, segments.length);
    try (His his = His.of(agent)) {
      His.Answer answer = his.send(His.message(type, "TRY" + System.nanoTime(), StandardCharsets.UTF_8, all));
      if (!answer.code().equals("AA")) {
        throw new IllegalStateException(answer.text());
      }
    }
  }

  private static String hoursAgo(int hours) {
    return LocalDateTime.now(ZoneOffset.ofHours(8)).minusHours(hours).format(DateTimeFormatter.ofPattern("yyyyMMddHHmmss"));
  }
}
