package io.emrgateway.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The ledger tells the truth")
@Timeout(60)
class LedgerTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir Path folder;

  @Test
  void about_a_gateway_that_behaves() throws Exception {
    try (BadGateway gateway = new BadGateway(arrival -> arrival.answer("AA"));
        Running ward = ward(gateway).sends(200).connections(4).start()) {
      ward.untilAcknowledged(150);
      assertTrue(ward.await(SOON));
      assertEquals(gateway.hashes(), ward.acknowledged());
      assertEquals(Map.of("AA", 200), ward.ledger().outcomes());
      assertEquals(200, gateway.arrivals().size());
    }
  }

  @Test
  void in_eight_columns_with_the_hash_of_the_citys_contract() throws Exception {
    byte[] message;
    try (BadGateway gateway = new BadGateway(arrival -> arrival.answer("CA"));
        Running ward = ward(gateway).sends(1).start()) {
      assertTrue(ward.await(SOON));
      message = gateway.arrivals().get(0).bytes;
    }
    Ledger.Line line = only(lines());
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update((byte) 4);
    assertEquals(HexFormat.of().formatHex(digest.digest(message)), line.hash());
    assertEquals("A7", line.ward());
    assertEquals("A7.1.00.000001", line.controlId());
    assertEquals("CA", line.outcome());
    assertEquals(1, line.attempts());
    assertTrue(line.micros() > 0);
    assertEquals("-", line.note());
    assertEquals("+08:00", line.time().getOffset().getId());
  }

  @Test
  void although_its_last_line_was_never_finished() throws Exception {
    about_a_gateway_that_behaves();
    Path file = folder.resolve("ledger");
    Files.writeString(file, "2026-11-22T08:00:00.000000+08:00\tA7\tA7.1", StandardOpenOption.APPEND);
    assertEquals(200, Ledger.read(file).size());
  }

  @Test
  void about_a_connection_cut_after_the_message_arrived() throws Exception {
    try (BadGateway gateway = new BadGateway(arrival -> {
      if (arrival.number % 2 == 1) {
        arrival.cut();
      } else {
        arrival.answer("AA");
      }
    }); Running ward = ward(gateway).sends(5).start()) {
      assertTrue(ward.await(SOON));
      assertEquals(Map.of("cut", 5, "AA", 5), ward.ledger().outcomes());
      assertEquals(10, gateway.arrivals().size());
      assertEquals(gateway.hashes(), ward.acknowledged());
      assertEquals(5, gateway.hashes().size(), "every attempt sends the same bytes");
    }
    assertTrue(lines().stream().filter(Ledger.Line::acknowledged).allMatch(line -> line.attempts() == 2));
  }

  @Test
  void about_an_answer_that_comes_too_late() throws Exception {
    try (BadGateway gateway = new BadGateway(arrival -> {
      if (arrival.number == 1) {
        Thread.sleep(600);
      }
      arrival.answer("AA");
    }); Running ward = ward(gateway).sends(2).manners(m -> m.patience(Duration.ofMillis(250))).start()) {
      assertTrue(ward.await(SOON));
      assertEquals(Map.of("timeout", 1, "AA", 2), ward.ledger().outcomes());
      assertEquals(3, gateway.arrivals().size());
    }
    assertEquals(List.of("timeout", "AA", "AA"), lines().stream().map(Ledger.Line::outcome).toList());
  }

  @Test
  void about_an_answer_to_another_message() throws Exception {
    try (BadGateway gateway = new BadGateway(arrival -> arrival.answer("AA", "somebody-elses", ""));
        Running ward = ward(gateway).sends(1)
            .manners(m -> m.patience(Duration.ofMillis(150)).attemptsMax(2)).start()) {
      assertTrue(ward.await(SOON));
      assertEquals(Map.of("stray", 2, "timeout", 2), ward.ledger().outcomes());
      assertEquals(Set.of(), ward.acknowledged());
    }
    assertEquals("MSA-2=somebody-elses", lines().get(0).note());
  }

  /** The receiver answers each message with the number of the one before; the classic way to lose one unseen. */
  @Test
  void about_an_answer_to_the_message_before() throws Exception {
    String[] previous = {"A7.1.00.000000"};
    try (BadGateway gateway = new BadGateway(arrival -> {
      arrival.answer("AA", previous[0], "");
      previous[0] = arrival.controlId;
    }); Running ward = ward(gateway).sends(3)
        .manners(m -> m.patience(Duration.ofMillis(150)).attemptsMax(4)).start()) {
      assertTrue(ward.await(SOON));
      // Sent again, the message before is the message itself: each is acknowledged at its second attempt.
      assertEquals(Map.of("stray", 3, "timeout", 3, "AA", 3), ward.ledger().outcomes());
      assertEquals(6, gateway.arrivals().size());
    }
  }

  @Test
  void about_an_answer_that_comes_byte_by_byte_after_rubbish() throws Exception {
    try (BadGateway gateway = new BadGateway(arrival -> {
      arrival.send("\r\nrubbish".getBytes(StandardCharsets.US_ASCII));
      String answer = "\u000bMSH|^~\\&|GW\rMSA|AA|" + arrival.controlId + "\r\u001c\r";
      for (byte b : answer.getBytes(StandardCharsets.US_ASCII)) {
        arrival.send(new byte[] {b});
        Thread.sleep(1);
      }
    }); Running ward = ward(gateway).sends(5).start()) {
      assertTrue(ward.await(SOON));
      assertEquals(Map.of("AA", 5), ward.ledger().outcomes());
    }
  }

  @Test
  void about_AE_which_is_tried_again_and_AR_which_is_not() throws Exception {
    try (BadGateway gateway = new BadGateway(arrival -> {
      switch (arrival.number) {
        case 1 -> arrival.answer("AE", arrival.controlId, "ERR||MSH^1|207^Application error^HL70357|E|"
            + "intake.disk-full|||磁盘空间不足\r");
        case 2 -> arrival.answer("AA");
        case 3 -> arrival.answer("AR", arrival.controlId, "ERR|||101\r");
        default -> arrival.answer("CE", arrival.controlId, "");
      }
    }); Running ward = ward(gateway).sends(3)
        .manners(m -> m.pauseAfterAe(Duration.ofMillis(5)).attemptsMax(3)).start()) {
      assertTrue(ward.await(SOON));
      assertEquals(Map.of("AE:intake.disk-full", 1, "AA", 1, "AR:101", 1, "AE", 3), ward.ledger().outcomes());
      assertEquals(1, ward.acknowledged().size());
      assertEquals(3, ward.ledger().sent().size());
    }
  }

  @Test
  void about_a_sender_that_hangs_up_in_mid_frame() throws Exception {
    try (BadGateway gateway = new BadGateway(arrival -> arrival.answer("AA"));
        Running ward = ward(gateway).sends(20).manners(m -> m.hangingUpEvery(5)).start()) {
      assertTrue(ward.await(SOON));
      assertEquals(Map.of("hung-up", 4, "AA", 20), ward.ledger().outcomes());
      assertEquals(20, gateway.arrivals().size(), "half a frame is no message");
      assertEquals(gateway.hashes(), ward.acknowledged());
    }
  }

  @Test
  void about_messages_sent_again_after_they_were_acknowledged() throws Exception {
    try (BadGateway gateway = new BadGateway(arrival -> arrival.answer("AA"));
        Running ward = ward(gateway).sends(20).manners(m -> m.repeating(1)).start()) {
      assertTrue(ward.await(SOON));
      assertEquals(Map.of("AA", 40), ward.ledger().outcomes());
      assertEquals(20, ward.acknowledged().size());
      assertEquals(40, gateway.arrivals().size());
    }
  }

  @Test
  void about_frames_that_share_packets_and_answers_in_any_order() throws Exception {
    List<BadGateway.Arrival> held = Collections.synchronizedList(new ArrayList<>());
    try (BadGateway gateway = new BadGateway(arrival -> {
      held.add(arrival);
      if (held.size() == 10) {
        Collections.reverse(held);
        for (BadGateway.Arrival each : held) {
          each.answer("AA");
        }
        held.clear();
      }
    }); Running ward = ward(gateway).sends(100).manners(m -> m.framesTogether(10)).start()) {
      assertTrue(ward.await(SOON));
      assertEquals(Map.of("AA", 100), ward.ledger().outcomes());
      assertEquals(gateway.hashes(), ward.acknowledged());
      assertTrue(gateway.readsOfSeveralFrames() > 0);
    }
  }

  @Test
  void about_frames_in_pieces_of_seven_bytes() throws Exception {
    try (BadGateway gateway = new BadGateway(arrival -> arrival.answer("AA"));
        Running ward = ward(gateway).sends(5).manners(m -> m.dribbling(7)).start()) {
      assertTrue(ward.await(SOON));
      assertEquals(gateway.hashes(), ward.acknowledged());
      assertEquals(5, gateway.hashes().size());
    }
  }

  @Test
  void about_several_on_the_way_when_the_connection_is_cut() throws Exception {
    try (BadGateway gateway = new BadGateway(arrival -> {
      if (arrival.number == 7) {
        arrival.cut();
      } else {
        arrival.answer("AA");
      }
    }); Running ward = ward(gateway).sends(40).manners(m -> m.pipelining(8)).start()) {
      assertTrue(ward.await(SOON));
      assertEquals(40, ward.acknowledged().size());
      assertEquals(gateway.hashes(), ward.acknowledged());
      assertTrue(ward.ledger().outcomes().get("cut") >= 1);
    }
  }

  @Test
  void about_a_gateway_that_is_killed_and_comes_back() throws Exception {
    BadGateway first = new BadGateway(arrival -> arrival.answer("AA"));
    int port = first.port();
    try (Running ward = ward(first).sends(400).perSecond(1_000).connections(3).start()) {
      ward.untilAcknowledged(50);
      first.close();
      Thread.sleep(300);
      assertTrue(first.hashes().containsAll(ward.acknowledged()));
      try (BadGateway second = new BadGateway(arrival -> arrival.answer("AA"), new java.net.ServerSocket(), port)) {
        assertTrue(ward.await(SOON));
        Set<String> both = new java.util.HashSet<>(first.hashes());
        both.addAll(second.hashes());
        assertEquals(both, ward.acknowledged());
        assertEquals(400, both.size());
      }
    }
  }

  @Test
  void about_a_gateway_that_is_not_there() throws Exception {
    int port;
    try (BadGateway gateway = new BadGateway(arrival -> { })) {
      port = gateway.port();
    }
    try (Running ward = Simulator.ward("A7").to("127.0.0.1", port).sends(2)
        .manners(m -> m.unreachableMax(Duration.ofMillis(200))).start()) {
      assertTrue(ward.await(SOON));
      assertEquals(Map.of("unreachable", 2), ward.ledger().outcomes());
    }
  }

  @Test
  void about_what_was_on_the_way_when_it_was_stopped() throws Exception {
    try (BadGateway gateway = new BadGateway(arrival -> {
      if (arrival.number < 3) {
        arrival.answer("AA");
      }
    }); Running ward = ward(gateway).sends(10).start()) {
      ward.untilAcknowledged(2);
      while (gateway.arrivals().size() < 3) {
        Thread.sleep(5);
      }
      ward.stop();
      assertEquals(Map.of("AA", 2, "cut", 1), ward.ledger().outcomes());
      assertEquals(gateway.hashes(), ward.ledger().sent());
    }
    assertEquals("stopped", lines().get(2).note());
  }

  /** How: the simulator in a process of its own, ended by SIGKILL while it sends. */
  @Test
  void even_when_the_simulator_itself_is_killed() throws Exception {
    try (BadGateway gateway = new BadGateway(arrival -> arrival.answer("AA"))) {
      Process simulator = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-XX:+UseSerialGC", "-cp", "target/classes", "io.emrgateway.simulator.Main", "wards", "--to",
          "127.0.0.1:" + gateway.port(), "--messages", "100000", "--rate", "2000", "--connections", "2",
          "--ledger", folder.resolve("ledger").toString())
          .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
      try {
        while (gateway.arrivals().size() < 500) {
          Thread.sleep(5);
        }
      } finally {
        simulator.destroyForcibly().waitFor();
      }
      Set<String> acknowledged = lines().stream().filter(Ledger.Line::acknowledged).map(Ledger.Line::hash)
          .collect(Collectors.toSet());
      Set<String> arrived = gateway.hashes();
      assertTrue(arrived.containsAll(acknowledged));
      // Each connection can have one message whose answer had not been written down yet.
      assertTrue(acknowledged.size() >= arrived.size() - 2, acknowledged.size() + " of " + arrived.size());
    }
  }

  private Simulator ward(BadGateway gateway) {
    return Simulator.ward("A7").to("127.0.0.1", gateway.port()).ledger(folder.resolve("ledger"));
  }

  private List<Ledger.Line> lines() {
    return Ledger.read(folder.resolve("ledger"));
  }

  private static <T> T only(List<T> list) {
    assertEquals(1, list.size(), () -> list.stream().map(Object::toString).collect(Collectors.joining("\n")));
    return list.get(0);
  }
}
