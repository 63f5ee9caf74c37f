package io.emrgateway.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A replay")
@Timeout(120)
class ReplayTest {
  private static final Duration SOON = Duration.ofSeconds(90);

  @TempDir Path folder;

  @Test
  void sends_each_file_as_it_is_and_writes_one_line_about_it() throws Exception {
    Samples.write(folder, 60, 1);
    Path ledgerFile = folder.resolve("ledger");
    try (BadGateway gateway = new BadGateway(arrival -> {
      if (arrival.number == 5) {
        arrival.cut();
      } else {
        arrival.answer("AA");
      }
    }); Ledger ledger = Ledger.at(ledgerFile);
        Running replay = Replay.of(folder).to("127.0.0.1", gateway.port()).connections(4).ledger(ledger).start()) {
      assertTrue(replay.await(SOON));
      Set<String> files = new HashSet<>();
      for (Samples.Sample sample : Samples.of(60, 1)) {
        files.add(Ledger.hash(sample.bytes()));
      }
      assertEquals(files, gateway.hashes());
      assertEquals(files, replay.acknowledged());
    }
    List<Ledger.Line> lines = Ledger.read(ledgerFile);
    assertEquals(60, lines.size());
    assertTrue(lines.stream().anyMatch(line -> line.note().equals("0001-ADT_A04-gb18030.hl7")));
    assertEquals(1, lines.stream().filter(line -> line.attempts() == 2).count());
  }

  @Test
  void sends_files_whose_names_end_in_upper_case_too_and_no_others() throws Exception {
    write("1", "MSH|^~\\&|A|B|C|D|2026||ADT^A01|1|P|2.4\r");
    Files.writeString(folder.resolve("2.HL7"), "MSH|^~\\&|A|B|C|D|2026||ADT^A01|2|P|2.4\r");
    Files.writeString(folder.resolve("3.txt"), "MSH|^~\\&|A|B|C|D|2026||ADT^A01|3|P|2.4\r");
    try (BadGateway gateway = new BadGateway(arrival -> arrival.answer("AA"));
        Running replay = Replay.of(folder).to("127.0.0.1", gateway.port()).start()) {
      assertTrue(replay.await(SOON));
      assertEquals(Map.of("AA", 2), replay.ledger().outcomes());
    }
  }

  /** How: a capture of two frames among plain files, all for one connection; each answer is for one of its own messages. */
  @Test
  void gives_a_file_with_several_frames_a_connection_of_its_own_and_hears_its_last_answer() throws Exception {
    String two = "\u000bMSH|^~\\&|A|B|C|D|2026||ADT^A01|1|P|2.4\r\u001c\r\u000bMSH|^~\\&|A|B|C|D|2026||ADT^A01|2|P|2.4\r";
    write("1-two", two);
    write("2-plain", "MSH|^~\\&|A|B|C|D|2026||ADT^A01|3|P|2.4\r");
    write("3-plain", "MSH|^~\\&|A|B|C|D|2026||ADT^A01|4|P|2.4\r");
    Path ledgerFile = folder.resolve("ledger");
    try (BadGateway gateway = new BadGateway(arrival -> arrival.answer("AA")); Ledger ledger = Ledger.at(ledgerFile);
        Running replay = Replay.of(folder).to("127.0.0.1", gateway.port()).connections(1).ledger(ledger).start()) {
      assertTrue(replay.await(SOON));
      assertEquals(Map.of("AA", 3), replay.ledger().outcomes());
    }
    assertEquals(List.of("2", "3", "4"),
        Ledger.read(ledgerFile).stream().map(Ledger.Line::controlId).sorted().toList());
  }

  @Test
  void waits_for_no_answer_where_none_is_due() throws Exception {
    write("1-ack", "MSH|^~\\&|A|B|C|D|2026||ACK|1|P|2.4\rMSA|AA|9\r");
    write("2-never", "MSH|^~\\&|A|B|C|D|2026||ADT^A01|2|P|2.4|||NE|NE\rEVN|A01\r");
    write("3-on-error", "MSH|^~\\&|A|B|C|D|2026||ADT^A01|3|P|2.4|||ER|NE\rEVN|A01\r");
    write("4-always", "MSH|^~\\&|A|B|C|D|2026||ADT^A01|4|P|2.4|||AL|NE\rEVN|A01\r");
    write("5-plain", "MSH|^~\\&|A|B|C|D|2026||ADT^A01|5|P|2.4\rEVN|A01\r");
    write("6-no-header", "PID|1||77\r");
    Set<String> silent = Set.of("1", "2");
    try (BadGateway gateway = new BadGateway(arrival -> {
      if (!silent.contains(arrival.controlId)) {
        arrival.answer(arrival.controlId.equals("4") ? "CA" : arrival.controlId.isEmpty() ? "AR" : "AA");
      }
    }); Running replay = Replay.of(folder).to("127.0.0.1", gateway.port()).start()) {
      assertTrue(replay.await(SOON));
      assertEquals(Map.of("none", 2, "AA", 2, "CA", 1, "AR", 1), replay.ledger().outcomes());
      assertEquals(6, gateway.arrivals().size(), "none is sent twice");
    }
  }

  @Test
  void can_be_told_which_types_stay_without_answer() throws Exception {
    write("1", "MSH|^~\\&|A|B|C|D|2026||QRY^A19|1|P|2.4\rQRD|1\r");
    try (BadGateway gateway = new BadGateway(arrival -> { });
        Running replay = Replay.of(folder).to("127.0.0.1", gateway.port()).expectNoAnswerFor(Set.of("QRY")).start()) {
      assertTrue(replay.await(SOON));
      assertEquals(Map.of("none", 1), replay.ledger().outcomes());
    }
  }

  @Test
  void refuses_a_folder_without_messages() {
    assertEquals("simulator.folder-empty", assertThrows(SimulatorRefused.class,
        () -> Replay.of(folder.resolve("absent")).to("127.0.0.1", 1).start()).code());
  }

  @Test
  void brings_over_every_message_of_the_corpus() throws Exception {
    Path corpus = Path.of("../../../shared/corpus/dev");
    assumeTrue(Files.isDirectory(corpus));
    Set<String> files = new HashSet<>();
    try (var listed = Files.list(corpus)) {
      for (Path file : listed.filter(path -> path.toString().endsWith(".hl7")).toList()) {
        files.add(Ledger.hash(Files.readAllBytes(file)));
      }
    }
    try (BadGateway gateway = new BadGateway(arrival -> arrival.answer("AA"));
        Running replay = Replay.of(corpus).to("127.0.0.1", gateway.port()).connections(8).start()) {
      assertTrue(replay.await(SOON));
      assertEquals(files, replay.ledger().sent());
      assertEquals(files, replay.acknowledged());
    }
  }

  private void write(String name, String text) throws Exception {
    Files.write(folder.resolve(name + ".hl7"), text.getBytes(StandardCharsets.UTF_8));
  }
}
