package io.emrgateway.routes.camel;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.routes.camel.Hospital.Ward;
import io.emrgateway.routes.camel.mllp.AllowList;
import io.emrgateway.routes.camel.mllp.Listener;
import io.emrgateway.routes.camel.mllp.Room;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How: doors that may hold 4 MiB together, messages of half a megabyte to one, and a journal that can be stopped. */
@DisplayName("The room that all doors share")
class RoomTest {
  private static final int ONE_MIB = 1 << 20;

  private final Room room = new Room(4 * ONE_MIB, Duration.ofMillis(400));

  private Hospital hospital() throws Exception {
    return new Hospital(List.of(Hospital.door()), true, room);
  }

  private static byte[] large(String control, int bytes) {
    byte[] header = (Hospital.adt(control) + "OBX|1|ED|R||").getBytes();
    byte[] message = Arrays.copyOf(header, bytes);
    Arrays.fill(message, header.length, bytes, (byte) 'A');
    return message;
  }

  private static Ward patient(Hospital hospital) throws Exception {
    Socket socket = new Socket("127.0.0.1", hospital.listener.port());
    Ward ward = new Ward(socket);
    socket.setSoTimeout(60_000);
    return ward;
  }

  /** Begins a frame and sends so much of it that it has to ask, without an end. */
  private static void begin(Ward ward, byte[] message, int bytes) throws Exception {
    byte[] framed = Hospital.frame(message);
    ward.send(Arrays.copyOf(framed, bytes));
  }

  @Test
  void is_empty_again_when_every_message_has_been_answered() throws Exception {
    try (Hospital hospital = hospital(); Ward ward = patient(hospital)) {
      for (int k = 0; k < 5; k++) {
        assertThat(ward.send(Hospital.frame(large("L" + k, ONE_MIB))).verdict()).isEqualTo("AA L" + k);
        assertThat(ward.send(Hospital.frame(Hospital.adt("S" + k))).verdict()).isEqualTo("AA S" + k);
      }
      assertThat(ward.send(Hospital.frame("no HL7")).verdict()).startsWith("AR");
      Hospital.until(() -> room.heldBytes() == 0);
    }
  }

  @Test
  void makes_more_large_messages_wait_than_it_holds_and_each_is_accepted_in_the_end() throws Exception {
    ExecutorService senders = Executors.newCachedThreadPool();
    try (Hospital hospital = hospital()) {
      List<Future<String>> verdicts = new ArrayList<>();
      for (int k = 0; k < 12; k++) {
        byte[] message = Hospital.frame(large("W" + k, ONE_MIB));
        verdicts.add(senders.submit(() -> {
          try (Ward ward = patient(hospital)) {
            return ward.send(message).verdict();
          }
        }));
      }
      for (int k = 0; k < 12; k++) {
        assertThat(verdicts.get(k).get()).isEqualTo("AA W" + k);
      }
      Hospital.until(() -> room.heldBytes() == 0);
      assertThat(hospital.journal.kept).hasSize(12).allMatch(m -> m.bytes().length == ONE_MIB);
    } finally {
      senders.shutdownNow();
    }
  }

  @Test
  void lets_small_messages_pass_while_large_ones_fill_it() throws Exception {
    Room room = new Room(4 * ONE_MIB, Duration.ofMinutes(1));
    try (Hospital hospital = new Hospital(List.of(Hospital.door()), true, room); Ward first = patient(hospital); Ward second = patient(hospital);
        Ward small = patient(hospital)) {
      begin(first, large("F1", ONE_MIB), 900_000);
      begin(second, large("F2", ONE_MIB), 900_000);
      Hospital.until(() -> room.heldBytes() >= ONE_MIB);
      for (int k = 0; k < 20; k++) {
        assertThat(small.send(Hospital.frame(Hospital.adt("S" + k))).verdict()).isEqualTo("AA S" + k);
      }
      // While the door is open: one that shuts down need not give room back.
      first.close();
      second.close();
      Hospital.until(() -> room.heldBytes() == 0);
    }
  }

  /** Of six that never end, those that stopped sending give way; the one that goes on is accepted. */
  @Test
  void is_taken_from_senders_that_stopped_in_the_middle_for_one_that_goes_on() throws Exception {
    List<Ward> stopped = new ArrayList<>();
    try (Hospital hospital = hospital(); Ward going = patient(hospital)) {
      for (int k = 0; k < 6; k++) {
        Ward ward = patient(hospital);
        stopped.add(ward);
        begin(ward, large("H" + k, ONE_MIB), 600_000);
      }
      Hospital.until(() -> room.heldBytes() >= ONE_MIB);
      assertThat(going.send(Hospital.frame(large("GO", ONE_MIB))).verdict()).isEqualTo("AA GO");
      List<String> told = new ArrayList<>();
      for (Ward ward : stopped) {
        ward.socket.setSoTimeout(500);
        try {
          told.add(ward.answer());
        } catch (SocketTimeoutException stillHeld) {
          // Its turn has not come.
        }
      }
      assertThat(told).isNotEmpty().allSatisfy(answer -> assertThat(answer).contains("MSA|AE|H", "intake.no-room"));
      assertThat(hospital.journal.controls()).containsExactly("GO");
      for (Ward ward : stopped) {
        ward.close();
      }
      Hospital.until(() -> room.heldBytes() == 0);
    } finally {
      for (Ward ward : stopped) {
        ward.close();
      }
    }
  }

  @Test
  void refuses_at_once_what_it_could_never_hold() throws Exception {
    Listener door = Hospital.door().withLimits(8 * ONE_MIB, Listener.IDLE_TIMEOUT);
    try (Hospital hospital = new Hospital(List.of(door), true, room); Ward ward = patient(hospital)) {
      begin(ward, large("HUGE", 8 * ONE_MIB), 2_200_000);
      assertThat(ward.answer()).contains("MSA|AE|HUGE", "intake.no-room");
      assertThat(hospital.journal.kept).isEmpty();
      Hospital.until(() -> room.heldBytes() == 0);
    }
  }

  /** How: the disk stands still, and senders connect, send, and do not wait for the answer. */
  @Test
  void bounds_also_what_waits_for_a_disk_that_stands_still() throws Exception {
    Listener door = Hospital.door().withGate(AllowList.ANYBODY, 300, null);
    try (Hospital hospital = new Hospital(List.of(door), true, room)) {
      CompletableFuture<Void> gate = new CompletableFuture<>();
      hospital.journal.gate = gate;
      for (int k = 0; k < 200; k++) {
        try (Ward ward = patient(hospital)) {
          ward.send(Hospital.frame(large("Q" + k, 60_000)));
        }
      }
      try (Ward last = patient(hospital)) {
        Hospital.until(() -> room.heldBytes() > 4 * ONE_MIB);
        assertThat(last.send(Hospital.frame(large("LAST", 60_000))).answer()).contains("MSA|AE|LAST", "intake.no-room");
      }
      assertThat(room.heldBytes()).isLessThan(20 * ONE_MIB);
      gate.complete(null);
      Hospital.until(() -> room.heldBytes() == 0);
    }
  }
}
