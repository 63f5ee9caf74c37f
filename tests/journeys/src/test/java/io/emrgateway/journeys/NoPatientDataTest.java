package io.emrgateway.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How: names, numbers and addresses that occur nowhere else are planted in messages that go every way there is, at log
 * level trace; then every place a person or program can look at is searched for them, in every way they may be written.
 */
@DisplayName("Patient data")
class NoPatientDataTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NAME = "欧阳翡翠兰";
  private static final String LATIN_NAME = "OUYANGFEICUILAN";
  private static final String RESIDENT_ID = "110105198712093147";
  private static final String PHONE = "13957284610";
  private static final String ADDRESS = "槐柏树胡同九十七号";
  private static final List<String> PLANTED = List.of(NAME, LATIN_NAME, RESIDENT_ID, PHONE, ADDRESS);
  private static final Charset GB18030 = His.GB18030;

  @TempDir Path folder;

  @Test
  void is_in_no_log_metric_health_status_list_answer_temporary_file_or_command_line_and_sealed_on_the_disk()
      throws IOException {
    Path temporary = Files.createDirectories(folder.resolve("tmp"));
    Path java = folder.resolve("java");
    Files.writeString(java, "#!/bin/sh\nexec '" + House.java() + "' -Djava.io.tmpdir='" + temporary + "' \"$@\"\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
    try (Trial trial = Trial.in(folder, "intl", "", "")) {
      trial.settings(yaml -> yaml.replace("format: text", "level: trace\n  format: json"));
      int strict = trial.source("strict", "    charset: UTF-8\n    frame-max: 8KiB\n");
      trial.agent.under("env", "EMR_GATEWAY_JAVA=" + java);
      trial.start();

      Map<String, byte[]> visible = new LinkedHashMap<>();
      ByteArrayOutputStream answers = new ByteArrayOutputStream();
      sendEveryWay(trial, strict, answers);
      trial.awaitSettled();
      // Where it belongs it is, so the search would find it where it does not.
      byte[] bundle = trial.city.body(1);
      assertThat(contains(bundle, NAME.getBytes(StandardCharsets.UTF_8))).isTrue();
      assertThat(contains(bundle, RESIDENT_ID.getBytes(StandardCharsets.UTF_8))).isTrue();
      trial.city.kill();
      sendEveryWay(trial, strict, answers);
      trial.awaitCode("delivery.city-unreachable");

      assertThatTheMessagesReallyWentEveryWay(trial);
      visible.put("answers to the sender", answers.toByteArray());
      for (String path : List.of("/q/metrics", "/q/health", "/q/health/ready", "/q/health/group/delivery", "/q/health/group/rules")) {
        visible.put(path, trial.http(path).body().getBytes(StandardCharsets.UTF_8));
      }
      for (String command : List.of("status", "quarantine", "check")) {
        visible.put("emr-gateway " + command, trial.command(command).output().getBytes(StandardCharsets.UTF_8));
      }
      for (String report : List.of("unmapped", "worklist")) {
        visible.put("emr-gateway mapping " + report, trial.command("mapping", report).output().getBytes(StandardCharsets.UTF_8));
      }
      visible.put("emr-gateway replay all", trial.command("replay", "all").output().getBytes(StandardCharsets.UTF_8));
      Path process = Path.of("/proc/" + trial.agent.pid());
      if (Files.exists(process)) {
        visible.put("command line", Files.readAllBytes(process.resolve("cmdline")));
        visible.put("environment", Files.readAllBytes(process.resolve("environ")));
      }
      put(visible, "running ", trial.agent.home());
      assertThat(visible.keySet()).anyMatch(name -> name.endsWith("gateway.db")).anyMatch(name -> name.endsWith("gateway.db-wal"));
      put(visible, "running ", temporary);
      trial.agent.stop();
      put(visible, "stopped ", trial.agent.home());
      put(visible, "stopped ", temporary);
      visible.put("log", trial.agent.log().getBytes(StandardCharsets.UTF_8));

      assertThatTheLogIsJsonLineByLineAtTrace(trial.agent.log());
      List<String> found = new ArrayList<>();
      visible.forEach((where, bytes) -> forms().forEach((form, needle) -> {
        if (contains(bytes, needle)) {
          found.add(form + " in " + where);
        }
      }));
      assertThat(found).isEmpty();
    }
  }

  private static void sendEveryWay(Trial trial, int strict, ByteArrayOutputStream answers) throws IOException {
    String pid = "PID|1||" + RESIDENT_ID + "^^^MPI^NI||" + NAME + "^" + LATIN_NAME + "||19871209|F|||" + ADDRESS + "||" + PHONE;
    String visit = "PV1|1|I|W1";
    String name = "K" + System.nanoTime();
    try (His his = His.of(trial.agent); His other = new His(strict)) {
      List<byte[]> kept = List.of(
          His.message("ADT^A01", name + "a", StandardCharsets.UTF_8, pid, visit),
          His.message("ADT^A01", name + "b", GB18030, pid, visit),
          // Fields that do not hold: a birth date, a sex and a visit number that are names.
          His.message("ADT^A01", name + "c", StandardCharsets.UTF_8,
              "PID|" + NAME + "|" + PHONE + "|" + RESIDENT_ID + "||" + NAME + "||" + NAME + "|" + LATIN_NAME, "PV1|" + NAME + "|" + NAME),
          His.message("ORU^R01", name + "d", StandardCharsets.UTF_8, pid, visit, "OBR|" + NAME + "|" + RESIDENT_ID + "|" + PHONE,
              "OBX|1|NM|" + NAME + "^" + ADDRESS + "||" + NAME + "|" + NAME + "|" + NAME + "||||" + NAME + "|||" + NAME),
          // Nobody maps these types; one has a patient where a segment's name should be.
          His.message("ZZZ^Z01", name + "e", StandardCharsets.UTF_8, pid),
          His.message("ADT^A99", name + "f", StandardCharsets.UTF_8, NAME + "|" + RESIDENT_ID, pid),
          His.message("ADT^A01", name + "g", StandardCharsets.UTF_8, "PV1|1|I|" + NAME + "|" + RESIDENT_ID));
      for (byte[] message : kept) {
        answers.write(his.send(message).text().getBytes(StandardCharsets.UTF_8));
      }
      // Undecodable at a source that says UTF-8; no control id; a second header in the frame.
      answers.write(other.send(His.message("ADT^A01", name + "h", GB18030, pid)).text().getBytes(StandardCharsets.UTF_8));
      answers.write(his.send(His.message("ADT^A01", "", StandardCharsets.UTF_8, pid)).text().getBytes(StandardCharsets.UTF_8));
      answers.write(his.send(His.message("ADT^A01", name + "i", StandardCharsets.UTF_8, pid, "MSH|^~\\&|HIS", pid)).text()
          .getBytes(StandardCharsets.UTF_8));
      // Larger than the source allows; no HL7 at all; noise between frames; a frame without its end.
      byte[] large = His.message("ADT^A01", name + "j", StandardCharsets.UTF_8, pid, "NTE|1||" + (NAME + ADDRESS).repeat(2_000));
      answers.write(other.sendRaw(framed(large)));
      answers.write(his.sendRaw(framed((NAME + RESIDENT_ID + PHONE).getBytes(StandardCharsets.UTF_8))));
      answers.write(his.sendRaw((NAME + "|" + RESIDENT_ID + "\r\n").getBytes(StandardCharsets.UTF_8)));
      answers.write(his.sendRaw(Stream.of("\u000b", "MSH|^~\\&|HIS|H|||20261122||ADT^A01|" + name + "k|P|2.4\r", pid)
          .reduce("", String::concat).getBytes(StandardCharsets.UTF_8)));
    }
  }

  private static byte[] framed(byte[] message) {
    byte[] frame = new byte[message.length + 3];
    frame[0] = 0x0b;
    System.arraycopy(message, 0, frame, 1, message.length);
    frame[frame.length - 2] = 0x1c;
    frame[frame.length - 1] = 0x0d;
    return frame;
  }

  private static void assertThatTheMessagesReallyWentEveryWay(Trial trial) {
    List<String> codes = trial.agent.quarantined().stream().map(Agent.Quarantined::code).distinct().toList();
    assertThat(codes).contains("intake.bytes-do-not-decode", "intake.control-id-missing", "intake.several-messages-in-frame",
        "intake.frame-too-large", "intake.not-hl7", "mapping.message-type-unknown", "mapping.no-patient");
    assertThat(trial.agent.status().path("waiting").asLong()).isPositive();
  }

  private static void assertThatTheLogIsJsonLineByLineAtTrace(String log) throws IOException {
    Set<String> levels = new TreeSet<>();
    for (String line : log.split("\n")) {
      JsonNode event = JSON.readTree(line);
      assertThat(event.path("message").isTextual()).as(line).isTrue();
      assertThat(event.path("timestamp").isTextual()).as(line).isTrue();
      levels.add(event.path("level").asText());
    }
    assertThat(levels).as("the level was really trace").contains("TRACE", "DEBUG", "INFO", "WARN");
  }

  private static void put(Map<String, byte[]> visible, String when, Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        visible.put(when + file, Files.readAllBytes(file));
      }
    }
  }

  /** Each planted value as text in four encodings, in base64 of the two common ones, escaped and in hex. */
  private static Map<String, byte[]> forms() {
    Map<String, byte[]> forms = new LinkedHashMap<>();
    for (String value : PLANTED) {
      for (Charset charset : List.of(StandardCharsets.UTF_8, GB18030, StandardCharsets.UTF_16BE, StandardCharsets.UTF_16LE)) {
        byte[] bytes = value.getBytes(charset);
        String what = "planted value " + PLANTED.indexOf(value) + " (" + charset + ")";
        forms.put(what, bytes);
        for (int shift = 0; shift < 3; shift++) {
          forms.put(what + " base64+" + shift, base64Middle(bytes, shift));
        }
        StringBuilder hex = new StringBuilder();
        for (byte b : bytes) {
          hex.append(String.format("%02x", b));
        }
        forms.put(what + " hex", hex.toString().getBytes(StandardCharsets.US_ASCII));
        forms.put(what + " as Latin-1", new String(bytes, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.UTF_8));
      }
      StringBuilder escaped = new StringBuilder();
      value.chars().forEach(c -> escaped.append(c < 128 ? String.valueOf((char) c) : String.format("\\u%04x", c)));
      forms.put("planted value " + PLANTED.indexOf(value) + " escaped", escaped.toString().getBytes(StandardCharsets.US_ASCII));
    }
    return forms;
  }

  /** The part of a base64 text that does not depend on what stands before and after the value. */
  private static byte[] base64Middle(byte[] value, int shift) {
    byte[] padded = new byte[value.length + shift];
    System.arraycopy(value, 0, padded, shift, value.length);
    String text = Base64.getEncoder().withoutPadding().encodeToString(padded);
    int whole = padded.length / 3 * 4;
    return text.substring(shift == 0 ? 0 : 4, whole).getBytes(StandardCharsets.US_ASCII);
  }

  private static boolean contains(byte[] bytes, byte[] needle) {
    outer:
    for (int at = 0; at <= bytes.length - needle.length; at++) {
      for (int k = 0; k < needle.length; k++) {
        if (bytes[at + k] != needle[k]) {
          continue outer;
        }
      }
      return true;
    }
    return false;
  }
}
