package io.emrgateway.routes.camel;

import static io.emrgateway.routes.camel.Hospital.adt;
import static io.emrgateway.routes.camel.Hospital.door;
import static io.emrgateway.routes.camel.Hospital.frame;
import static io.emrgateway.routes.camel.Hospital.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.emrgateway.mappings.hl7.CharsetPolicy;
import io.emrgateway.routes.camel.Hospital.Ward;
import io.emrgateway.routes.camel.mllp.AllowList;
import io.emrgateway.routes.camel.mllp.Listener;
import io.emrgateway.routes.core.Refused;
import io.emrgateway.routes.core.Refused.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How: a plain Camel, real loopback sockets, a journal in memory that works on a thread of its own. */
@DisplayName("The hospital's door")
@Timeout(60)
class DoorTest {

  @Test
  void answers_a_message_once_it_is_kept_and_not_before() throws Exception {
    try (Hospital hospital = new Hospital(door()); Ward ward = hospital.ward()) {
      CompletableFuture<Void> commit = new CompletableFuture<>();
      hospital.journal.gate = commit;
      ward.send(frame(adt("M1")));
      Thread.sleep(150);
      assertThat(ward.socket.getInputStream().available()).isZero();
      commit.complete(null);
      assertThat(ward.verdict()).isEqualTo("AA M1");
      assertThat(hospital.journal.kept.get(0).bytes()).isEqualTo(adt("M1").getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void answers_pipelined_messages_one_by_one_in_their_order() throws Exception {
    try (Hospital hospital = new Hospital(door()); Ward ward = hospital.ward()) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        all.writeBytes(frame(adt("M" + i)));
        expected.add("M" + i);
      }
      ward.send(all.toByteArray());
      for (String control : expected) {
        assertThat(ward.verdict()).isEqualTo("AA " + control);
      }
      assertThat(hospital.journal.controls()).isEqualTo(expected);
    }
  }

  @Test
  void takes_a_frame_byte_by_byte() throws Exception {
    try (Hospital hospital = new Hospital(door()); Ward ward = hospital.ward()) {
      for (byte octet : frame(adt("SLOW"))) {
        ward.send(new byte[] {octet});
      }
      assertThat(ward.verdict()).isEqualTo("AA SLOW");
    }
  }

  @Test
  void does_not_hang_on_a_frame_whose_last_cr_never_comes() throws Exception {
    try (Hospital hospital = new Hospital(door()); Ward ward = hospital.ward()) {
      byte[] framed = frame(adt("NOCR"));
      ward.send(java.util.Arrays.copyOf(framed, framed.length - 1));
      assertThat(ward.verdict()).isEqualTo("AA NOCR");
      ward.send(frame(adt("NEXT")));
      assertThat(ward.verdict()).isEqualTo("AA NEXT");
    }
  }

  @Test
  void answers_a_repeated_message_again_and_keeps_it_once() throws Exception {
    try (Hospital hospital = new Hospital(door()); Ward ward = hospital.ward()) {
      ward.send(frame(adt("M1"))).send(frame(adt("M1")));
      assertThat(ward.verdict()).isEqualTo("AA M1");
      assertThat(ward.verdict()).isEqualTo("AA M1");
      assertThat(hospital.journal.kept).hasSize(1);
    }
  }

  @Test
  void gives_a_repeated_refusal_again() throws Exception {
    try (Hospital hospital = new Hospital(door()); Ward ward = hospital.ward()) {
      String bad = "MSH|^~\\&|HIS|H1|||20261122||ADT^A01||P|2.4\rPID|1\r";
      ward.send(frame(bad)).send(frame(bad));
      assertThat(ward.verdict()).isEqualTo("AR ");
      assertThat(ward.verdict()).isEqualTo("AR ");
      assertThat(hospital.journal.refusals()).containsExactly("intake.control-id-missing");
    }
  }

  @Test
  void says_AE_when_the_message_could_not_be_kept_even_if_it_would_be_refused() throws Exception {
    try (Hospital hospital = new Hospital(door()); Ward ward = hospital.ward()) {
      hospital.journal.failure = new Refused(Reason.DISK_FULL, "");
      ward.send(frame(adt("M1"))).send(frame("no message at all"));
      String answer = ward.answer(StandardCharsets.US_ASCII);
      assertThat(Ward.verdict(answer)).isEqualTo("AE M1");
      assertThat(answer).contains("store.disk-full").contains("\rERR|");
      assertThat(ward.verdict()).isEqualTo("AE ");
    }
  }

  @Test
  void shows_no_java_name_when_something_unforeseen_happens() throws Exception {
    try (Hospital hospital = new Hospital(door()); Ward ward = hospital.ward()) {
      hospital.journal.failure = new IllegalStateException("java.lang.Secret: value");
      ward.send(frame(adt("M1")));
      String answer = ward.answer();
      assertThat(Ward.verdict(answer)).isEqualTo("AE M1");
      assertThat(answer).contains("gateway.internal").doesNotContain("java").doesNotContain("Exception")
          .doesNotContain("Secret");
    }
  }

  @Test
  void never_answers_an_acknowledgement_but_keeps_it() throws Exception {
    try (Hospital hospital = new Hospital(door()); Ward ward = hospital.ward()) {
      ward.send(frame("MSH|^~\\&|HIS|H1|GW|CITY|20261122||ACK^A01|X1|P|2.4|||AL|AL\rMSA|AA|77\r"));
      ward.send(frame("MSH|^~\\&|HIS|H1|GW|CITY|20261122||RSP^K22|X2|P|2.5|||AL|AL\rSFT|x\rMSA|AA|78\rQAK|1\r"));
      ward.send(frame(adt("M1")));
      assertThat(ward.verdict()).isEqualTo("AA M1");
      assertThat(hospital.journal.refusals())
          .containsExactly("intake.acknowledgement-not-expected", "intake.acknowledgement-not-expected");
    }
  }

  @Test
  void answers_a_frame_without_a_header_with_AR_and_keeps_it() throws Exception {
    try (Hospital hospital = new Hospital(door()); Ward ward = hospital.ward()) {
      for (String content : List.of("", "hello", "<xml/>", "PID|1||1\r")) {
        ward.send(frame(content));
        assertThat(ward.verdict()).isEqualTo("AR ");
      }
      ward.send(frame("FHS|^~\\&|A\rBHS|^~\\&|A\r" + adt("M1") + "BTS|1\rFTS|1\r"));
      assertThat(ward.verdict()).isEqualTo("AR ");
      ward.send(frame("MSH|^^~&|A|B\r"));
      assertThat(ward.verdict()).isEqualTo("AR ");
      ward.send(frame(adt("M1") + adt("M2")));
      assertThat(ward.verdict()).isEqualTo("AR M1");
      assertThat(hospital.journal.refusals()).endsWith(
          "intake.batch-in-frame", "intake.msh-unreadable", "intake.several-messages-in-frame").hasSize(7);
    }
  }

  @Test
  void refuses_a_frame_over_the_limit_with_AR_keeps_its_beginning_and_closes() throws Exception {
    Listener small = door().withLimits(200_000, Duration.ofMinutes(1));
    try (Hospital hospital = new Hospital(small); Ward ward = hospital.ward()) {
      byte[] large = new byte[2_000_000];
      java.util.Arrays.fill(large, (byte) 'x');
      byte[] head = adt("BIG").getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(head, 0, large, 0, head.length);
      try {
        ward.send(frame(large));
      } catch (SocketException closedEarly) {
        // The gateway may be done with us before we are done sending; the answer has to be there all the same.
      }
      assertThat(ward.verdict()).isEqualTo("AR BIG");
      assertThat(ward.verdict()).isEqualTo("closed");
      assertThat(hospital.journal.refusals()).containsExactly("intake.frame-too-large");
      assertThat(hospital.journal.kept.get(0).bytes()).hasSize(64 * 1024);
    }
  }

  @Test
  void takes_a_frame_of_exactly_the_limit_and_refuses_one_byte_more() throws Exception {
    Listener small = door().withLimits(10_000, Duration.ofMinutes(1));
    try (Hospital hospital = new Hospital(small)) {
      String most = adt("FITS") + "NTE|1||" + "x".repeat(10_000 - adt("FITS").length() - 8) + "\r";
      assertThat(most).hasSize(10_000);
      try (Ward ward = hospital.ward()) {
        ward.send(frame(most));
        assertThat(ward.verdict()).isEqualTo("AA FITS");
      }
      try (Ward ward = hospital.ward()) {
        ward.send(frame(most + "y"));
        assertThat(ward.verdict()).isEqualTo("AR FITS");
      }
    }
  }

  @Test
  void keeps_what_a_sender_that_hangs_up_had_sent_whole_and_the_rest_as_a_fragment() throws Exception {
    try (Hospital hospital = new Hospital(door())) {
      CompletableFuture<Void> commit = new CompletableFuture<>();
      hospital.journal.gate = commit;
      try (Ward ward = hospital.ward()) {
        byte[] third = frame(adt("M3"));
        ward.send(frame(adt("M1"))).send(frame(adt("M2"))).send(java.util.Arrays.copyOf(third, 60));
      }
      Thread.sleep(200);
      commit.complete(null);
      until(() -> hospital.journal.kept.size() == 3 && hospital.watch.open.get() == 0);
      assertThat(hospital.journal.controls()).startsWith("M1", "M2");
      assertThat(hospital.journal.refusals()).containsExactly("intake.frame-unterminated");
    }
  }

  @Test
  void still_answers_a_sender_that_has_said_it_will_send_no_more() throws Exception {
    try (Hospital hospital = new Hospital(door()); Ward ward = hospital.ward()) {
      ward.send(frame(adt("M1"))).send(frame(adt("M2"))).send(frame(adt("M3")));
      ward.socket.shutdownOutput();
      assertThat(ward.verdict()).isEqualTo("AA M1");
      assertThat(ward.verdict()).isEqualTo("AA M2");
      assertThat(ward.verdict()).isEqualTo("AA M3");
      assertThat(ward.verdict()).isEqualTo("closed");
    }
  }

  @Test
  void can_be_shut_and_opened_again() throws Exception {
    try (Hospital hospital = new Hospital(door())) {
      try (Ward ward = hospital.ward()) {
        ward.send(frame(adt("M1")));
        assertThat(ward.verdict()).isEqualTo("AA M1");
        hospital.camel.getRouteController().stopRoute("intake.adt");
        assertThat(ward.verdict()).isEqualTo("closed");
      }
      assertThatThrownBy(hospital::ward).isInstanceOf(java.net.ConnectException.class);
      hospital.camel.getRouteController().startRoute("intake.adt");
      try (Ward ward = hospital.ward()) {
        ward.send(frame(adt("M2")));
        assertThat(ward.verdict()).isEqualTo("AA M2");
      }
    }
  }

  @Test
  void stands_beside_other_doors_each_with_its_own_rules() throws Exception {
    Listener gbk = Listener.plain("his", "127.0.0.1", Hospital.freePort()).withCharset(CharsetPolicy.of("GBK"));
    Listener utf8 = Listener.plain("lis", "127.0.0.1", Hospital.freePort()).withCharset(CharsetPolicy.of("UTF-8"));
    byte[] chinese = (adt("M1") + "NTE|1||患者姓名\r").getBytes(Charset.forName("GBK"));
    try (Hospital hospital = new Hospital(List.of(gbk, utf8), true);
        Ward his = new Ward(new Socket("127.0.0.1", gbk.port()));
        Ward lis = new Ward(new Socket("127.0.0.1", utf8.port()))) {
      his.send(frame(chinese));
      lis.send(frame(chinese));
      assertThat(his.verdict()).isEqualTo("AA M1");
      assertThat(lis.verdict()).isEqualTo("AE M1");
      assertThat(hospital.journal.kept).extracting(m -> m.source() + " " + m.charset())
          .containsExactlyInAnyOrder("his GB18030", "lis ");
    }
  }

  @Test
  void takes_a_message_of_sixteen_mebibytes_which_is_the_ceiling() throws Exception {
    try (Hospital hospital = new Hospital(door()); Ward ward = hospital.ward()) {
      byte[] most = new byte[Listener.FRAME_MAX_BYTES];
      java.util.Arrays.fill(most, (byte) 'Q');
      byte[] head = (adt("MOST") + "OBX|1|ED|PDF||").getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(head, 0, most, 0, head.length);
      hospital.journal.forgetful = true;
      ward.send(frame(most));
      assertThat(ward.verdict()).isEqualTo("AA MOST");
    }
  }

  /** How: the journal never completes; the context has five seconds of grace. */
  @Test
  void can_be_stopped_while_a_message_is_being_kept_and_says_nothing_about_it() throws Exception {
    Hospital hospital = new Hospital(door());
    hospital.journal.gate = new CompletableFuture<>();
    try (Ward ward = hospital.ward()) {
      ward.send(frame(adt("M1")));
      Thread.sleep(100);
      long start = System.nanoTime();
      hospital.close();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(9));
      assertThat(refusedOrClosed(ward)).isTrue();
    }
  }

  /** How: answers are never read; the socket's buffers fill, and the door has to notice by itself. */
  @Test
  void closes_on_a_sender_that_never_reads_its_answers() throws Exception {
    Listener impatient = door().withLimits(1 << 20, Duration.ofMillis(500));
    try (Hospital hospital = new Hospital(impatient); Ward ward = hospital.ward()) {
      hospital.journal.forgetful = true;
      byte[] many = frame(adt("M1").replace("|HIS|", "|" + "x".repeat(100_000) + "|"));
      assertThatThrownBy(() -> {
        for (int i = 0; i < 2_000; i++) {
          ward.send(many);
        }
      }).isInstanceOf(SocketException.class);
      until(() -> hospital.watch.open.get() == 0);
    }
  }

  @Test
  void listens_on_ipv6_as_well() throws Exception {
    Listener six = Listener.plain("six", "::1", Hospital.freePort()).withGate(AllowList.of(List.of(range("::1", 128))), 2, null);
    try (java.net.ServerSocket probe = new java.net.ServerSocket()) {
      probe.bind(new java.net.InetSocketAddress("::1", 0));
    } catch (IOException none) {
      assumeTrue(false, "no IPv6 on this machine");
    }
    try (Hospital hospital = new Hospital(six); Ward ward = new Ward(new Socket("::1", six.port()))) {
      ward.send(frame(adt("M1")));
      assertThat(ward.verdict()).isEqualTo("AA M1");
      assertThat(hospital.journal.kept).extracting(m -> m.source()).containsExactly("six");
    }
  }

  /** How: 8 MB of LF lines and 8 MB of separators, each within ten seconds; quadratic work would take hours. */
  @Test
  void reads_a_large_message_of_nothing_but_line_ends_or_separators_in_good_time() throws Exception {
    try (Hospital hospital = new Hospital(door()); Ward ward = hospital.ward()) {
      ward.send(frame(adt("LINES").replace('\r', '\n') + "NTE|1\n".repeat(1_300_000)));
      assertThat(ward.verdict()).isEqualTo("AA LINES");
      ward.send(frame("MSH|^~\\&|A|B|C|D|2026||ADT^A01|BARS|P|2.4" + "|".repeat(8_000_000)));
      assertThat(ward.verdict()).isEqualTo("AA BARS");
    }
  }

  @Test
  void keeps_a_cut_message_apart_and_answers_only_the_one_that_follows() throws Exception {
    try (Hospital hospital = new Hospital(door()); Ward ward = hospital.ward()) {
      ward.send("\u000b".getBytes(StandardCharsets.US_ASCII))
          .send(adt("CUT").substring(0, 80).getBytes(StandardCharsets.US_ASCII))
          .send(frame(adt("WHOLE")));
      assertThat(ward.verdict()).isEqualTo("AA WHOLE");
      assertThat(hospital.journal.refusals()).containsExactly("intake.frame-unterminated");
    }
  }

  @Test
  void keeps_bytes_outside_any_frame_and_closes_when_no_frame_follows() throws Exception {
    try (Hospital hospital = new Hospital(door())) {
      try (Ward ward = hospital.ward()) {
        ward.send("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(ward.verdict()).isEqualTo("closed");
      }
      try (Ward ward = hospital.ward()) {
        ward.send("noise".getBytes(StandardCharsets.US_ASCII)).send(frame(adt("M1")));
        assertThat(ward.verdict()).isEqualTo("AA M1");
      }
      assertThat(hospital.journal.refusals())
          .containsExactly("intake.bytes-between-frames", "intake.bytes-between-frames");
      until(() -> hospital.watch.events.contains("closed broken"));
    }
  }

  @Test
  void turns_away_an_address_that_is_not_on_the_list() throws Exception {
    Listener elsewhere = door().withGate(AllowList.of(List.of(range("10.0.0.0", 8), range("fd00::", 8))), 5, null);
    try (Hospital hospital = new Hospital(elsewhere)) {
      try (Ward ward = hospital.ward()) {
        assertThat(refusedOrClosed(ward)).isTrue();
      }
      until(() -> hospital.watch.events.contains("turned away intake.sender-not-allowed"));
    }
  }

  @Test
  void turns_away_one_connection_too_many_and_lets_the_next_in_after_a_close() throws Exception {
    Listener two = door().withGate(AllowList.of(List.of(range("127.0.0.0", 8))), 2, null);
    try (Hospital hospital = new Hospital(two); Ward first = hospital.ward()) {
      first.send(frame(adt("M1")));
      assertThat(first.verdict()).isEqualTo("AA M1");
      try (Ward second = hospital.ward()) {
        second.send(frame(adt("M2")));
        assertThat(second.verdict()).isEqualTo("AA M2");
        try (Ward third = hospital.ward()) {
          assertThat(refusedOrClosed(third)).isTrue();
        }
      }
      // The doors count a connection until it is gone on their side too.
      until(() -> isLetIn(hospital));
    }
  }

  private static boolean isLetIn(Hospital hospital) {
    try (Ward ward = hospital.ward()) {
      ward.send(frame(adt("M3")));
      return ward.verdict().equals("AA M3");
    } catch (IOException reset) {
      return false;
    }
  }

  private static boolean refusedOrClosed(Ward ward) throws IOException {
    try {
      return ward.verdict().equals("closed");
    } catch (SocketException reset) {
      return true;
    }
  }

  @Test
  void closes_a_silent_connection_but_not_one_whose_message_is_in_our_hands() throws Exception {
    Listener impatient = door().withLimits(1 << 20, Duration.ofMillis(300));
    try (Hospital hospital = new Hospital(impatient)) {
      CompletableFuture<Void> commit = new CompletableFuture<>();
      hospital.journal.gate = commit;
      try (Ward ward = hospital.ward()) {
        ward.send(frame(adt("M1")));
        Thread.sleep(1_000);
        commit.complete(null);
        assertThat(ward.verdict()).isEqualTo("AA M1");
        assertThat(ward.verdict()).isEqualTo("closed");
      }
      until(() -> hospital.watch.events.contains("closed idle"));
      try (Ward ward = hospital.ward()) {
        ward.send("\u000bMSH|half".getBytes(StandardCharsets.US_ASCII));
        assertThat(ward.verdict()).isEqualTo("closed");
      }
      assertThat(hospital.journal.refusals()).containsExactly("intake.frame-unterminated");
    }
  }

  @Test
  void speaks_the_senders_character_set_in_its_answer() throws Exception {
    Charset gb = Charset.forName("GB18030");
    Listener chinese = door().withCharset(CharsetPolicy.of("GB18030"));
    try (Hospital hospital = new Hospital(chinese); Ward ward = hospital.ward()) {
      ward.send(frame(("MSH|^~\\&|住院系统|医院|||2026||ADT^A01||P|2.5|||||| GB 18030-2000\rPID|1||1||和珅\r")
          .getBytes(gb)));
      String answer = ward.answer(gb);
      assertThat(answer).contains("||住院系统|医院|").contains("MSA|AR||消息没有控制号 / The message has no control id\r")
          .contains("ERR||MSH^1^10|101^Required field missing^HL70357|E|intake.control-id-missing^");
    }
  }

  @Test
  void never_says_AA_over_bytes_that_do_not_decode() throws Exception {
    Listener strict = door().withCharset(CharsetPolicy.of("UTF-8"))
        .withAnswers(Listener.Answers.ONE, Listener.Undecodable.AR);
    try (Hospital hospital = new Hospital(strict); Ward ward = hospital.ward()) {
      ward.send(frame((adt("M1") + "NTE|1||患者姓名\r").getBytes(Charset.forName("GBK"))));
      assertThat(ward.verdict()).isEqualTo("AR M1");
      assertThat(hospital.journal.kept.get(0).refused().place()).startsWith("byte ");
      assertThat(hospital.journal.kept.get(0).type()).isEqualTo("ADT^A01");
      assertThat(hospital.journal.kept.get(0).charset()).isEmpty();
    }
  }

  @Test
  void says_nothing_when_nothing_was_asked_for_and_goes_on() throws Exception {
    try (Hospital hospital = new Hospital(door()); Ward ward = hospital.ward()) {
      ward.send(frame(adt("M1").replace("|P|2.4\r", "|P|2.4|||NE|NE\r"))).send(frame(adt("M2")));
      assertThat(ward.verdict()).isEqualTo("AA M2");
      assertThat(hospital.journal.controls()).containsExactly("M1", "M2");
    }
  }

  @Test
  void sends_two_answers_in_order_where_the_source_is_set_so() throws Exception {
    Listener both = door().withAnswers(Listener.Answers.TWO, Listener.Undecodable.AE);
    try (Hospital hospital = new Hospital(both); Ward ward = hospital.ward()) {
      ward.send(frame(adt("M1").replace("|P|2.4\r", "|P|2.4|||AL|AL\r")));
      assertThat(ward.verdict()).isEqualTo("CA M1");
      assertThat(ward.verdict()).isEqualTo("AA M1");
    }
  }

  @Test
  void serves_32_connections_without_mixing_up_an_answer() throws Exception {
    try (Hospital hospital = new Hospital(door())) {
      ExecutorService wards = Executors.newFixedThreadPool(32);
      try {
        List<Future<Integer>> sent = new ArrayList<>();
        for (int w = 0; w < 32; w++) {
          int number = w;
          sent.add(wards.submit(() -> {
            try (Ward ward = hospital.ward()) {
              for (int i = 0; i < 50; i++) {
                ward.send(frame(adt("W" + number + "-" + i)));
                assertThat(ward.verdict()).isEqualTo("AA W" + number + "-" + i);
              }
              return 50;
            }
          }));
        }
        long threads = Thread.getAllStackTraces().keySet().stream()
            .filter(t -> t.getName().startsWith("intake") || t.getName().startsWith("Camel")).count();
        assertThat(threads).isLessThan(16);
        int total = 0;
        for (Future<Integer> one : sent) {
          total += one.get();
        }
        assertThat(total).isEqualTo(1_600);
        assertThat(hospital.journal.kept).hasSize(1_600);
        until(() -> hospital.watch.open.get() == 0);
      } finally {
        wards.shutdownNow();
      }
    }
  }

  private static AllowList.Range range(String network, int bits) throws IOException {
    return new AllowList.Range(InetAddress.getByName(network), bits);
  }
}
