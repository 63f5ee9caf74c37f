package io.emrgateway.routes.camel;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.mappings.Mapping;
import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.hl7.CharsetPolicy;
import io.emrgateway.routes.core.lookup.Found;
import io.emrgateway.routes.core.lookup.Headroom;
import io.emrgateway.routes.core.lookup.LookupRequest.Scope;
import io.emrgateway.routes.core.lookup.LookupRequest.Sought;
import io.emrgateway.routes.core.lookup.Section;
import io.emrgateway.routes.core.lookup.Window;
import io.emrgateway.routes.core.records.Identifier;
import io.emrgateway.routes.core.records.Records;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How: a HIS that listens on a real socket and answers QRY^R02 as a test tells it to. */
@DisplayName("What the HIS itself is asked for")
class HisRecordsTest {
  private static final Mapping MAPPING = Mapping.shipped();
  private static final Charset GB18030 = Charset.forName("GB18030");
  private static final Sought ZHANG = new Sought(List.of(new Identifier("urn:oid:2.16.156.10011.1.3", "11010519491231002X")), "张^伟",
      LocalDate.of(1949, 12, 31));
  private static final Scope RESULTS = new Scope(Set.of(Section.RESULTS), LocalDate.of(2026, 9, 1), LocalDate.of(2026, 11, 28));
  private static final Window WINDOW = new Window(LocalDate.of(2026, 9, 1), LocalDate.of(2026, 11, 28));
  private static final String QUERY = """
      MSH|^~\\&|EMRGW|H-0104|HIS|H-0104|{now}||QRY^R02|{control}|P|2.4||||||GB 18030-2000
      QRD|{now}|R|I|{control}|||100^RD|{number}^{name}|RES|ALL
      QRF|HIS|{since}|{until}
      """;
  private static final String FOUND = "PID|1||1^^^RM^PI~11010519491231002X^^^GA^NI||张伟||19491231|F\r"
      + "OBR|1|P1^HIS|F1^LIS|XCG^血常规^L|||20261120060005\r"
      + "OBX|1|NM|6690-2^白细胞计数^LN||5.5|10*9/L|3.50-9.50|N|||F|||20261120080000\r";

  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final List<String> silent = new CopyOnWriteArrayList<>();
  private final List<Records.Record> fed = new ArrayList<>();
  private final AtomicInteger now = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private UnaryOperator<String> answers = query -> answer(query, "ORF^R04", "AA", FOUND);
  private Duration takes = Duration.ZERO;
  private ServerSocket his;

  @BeforeEach
  void listen() throws IOException {
    his = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(() -> {
      while (true) {
        try {
          Socket socket = his.accept();
          new Thread(() -> serve(socket)).start();
        } catch (IOException closed) {
          return;
        }
      }
    });
    thread.setDaemon(true);
    thread.start();
  }

  @AfterEach
  void close() throws IOException {
    his.close();
  }

  private void serve(Socket socket) {
    try (socket) {
      most.accumulateAndGet(now.incrementAndGet(), Math::max);
      StringBuilder query = new StringBuilder();
      InputStream in = socket.getInputStream();
      byte[] octets = new byte[4096];
      int length = 0;
      while (length == 0 || octets[length - 1] != 0x0d || octets[length - 2] != 0x1c) {
        length += in.read(octets, length, octets.length - length);
      }
      query.append(new String(octets, 1, length - 3, GB18030));
      heard.add(query.toString());
      Thread.sleep(takes.toMillis());
      String answer = answers.apply(query.toString());
      // Before it is told: from then on the next question may come.
      now.decrementAndGet();
      if (answer != null) {
        socket.getOutputStream().write(("\u000b" + answer + "\u001c\r").getBytes(GB18030));
      }
    } catch (IOException | InterruptedException e) {
      // The other side has gone.
    }
  }

  private static String answer(String query, String type, String code, String segments) {
    String control = query.split("\r")[0].split("\\|")[9];
    return "MSH|^~\\&|HIS|H-0104|EMRGW|H-0104|20261128080000||" + type + "|A1|P|2.4||||||GB 18030-2000\r"
        + "MSA|" + code + "|" + control + "\r" + query.split("\r")[1] + "\r" + segments;
  }

  private FoundInRecords found(int atOnce, Duration patience) {
    return found(QUERY, atOnce, patience);
  }

  private FoundInRecords found(String asking, int atOnce, Duration patience) {
    Site site = Site.standard("H-0104");
    CharsetPolicy charset = CharsetPolicy.of("GB18030");
    HisRecords asks = new HisRecords(new HisRecords.Line(new InetSocketAddress(his.getInetAddress(), his.getLocalPort()), asking, charset,
        atOnce, patience),
        () -> MAPPING, () -> site, silent::add, Clock.systemUTC());
    Records records = new Records() {
      @Override
      public void about(List<Identifier> identifiers, long afterInput, Consumer<Record> each) {
        fed.forEach(each);
      }

      @Override
      public Extent extent(List<Identifier> identifiers) {
        return new Extent(fed.size(), 0);
      }

      @Override
      public Optional<VisitState> visit(Identifier visit, List<Identifier> patient) {
        throw new AssertionError();
      }
    };
    return new FoundInRecords("H-0104", records, new Hospitals(org -> "合成医院", (org, why) -> {
      throw new AssertionError(why);
    }), Optional.of(asks), Headroom.ofHeap(160 << 20));
  }

  private String here() {
    return here(found(2, Duration.ofSeconds(5)));
  }

  private static String here(FoundInRecords found) {
    try (Found.Here here = found.here(ZHANG, RESULTS, WINDOW)) {
      return text(here.bundles());
    }
  }

  private static String text(List<byte[]> bundles) {
    StringBuilder all = new StringBuilder();
    bundles.forEach(one -> all.append(new String(one, StandardCharsets.UTF_8)));
    return all.toString();
  }

  @Test
  void is_asked_in_the_hospitals_own_words_and_answered_by_the_same_rules_as_its_feed() {
    assertThat(here()).contains("5.5", "白细胞计数", "urn:emr-gateway:H-0104");
    String[] query = heard.get(0).split("\r");
    assertThat(query[1]).contains("|11010519491231002X^张\\S\\伟|");
    assertThat(query[2]).isEqualTo("QRF|HIS|20260901|20261128");
    assertThat(silent).isEmpty();
  }

  @Test
  void is_asked_in_the_delimiters_that_the_hospital_writes_its_query_with() {
    here(found(QUERY.replace("MSH|^~\\&|", "MSH|*~\\&|").replace("{number}^", "{number}*"), 2, Duration.ofSeconds(5)));
    assertThat(heard.get(0).split("\r")[1]).as("no component of its own").contains("|11010519491231002X*张^伟|");
  }

  @Test
  void stands_beside_what_was_fed_and_never_in_its_place() {
    fed.add(new Records.Record(1, 1, Instant.EPOCH, MAPPING.map("MSH|^~\\&|LIS|RM|G|E|20261120080000||ORU^R01|C1|P|2.4\r"
        + FOUND.replace("5.5", "5.9").replace("F1^LIS|XCG", "F2^LIS|XCG"), Site.standard("H-0104"), "b").bundle()));
    answers = query -> answer(query, "ORF^R04", "AA", FOUND.replace("~11010519491231002X^^^GA^NI", ""));
    assertThat(here()).as("a patient named with fewer numbers").contains("5.5", "5.9");
  }

  @Test
  void counts_for_nothing_when_it_answers_another_question_refuses_or_says_what_cannot_be_read() {
    answers = query -> answer(query, "ORF^R04", "AA", FOUND).replaceFirst("MSA\\|AA\\|[^\r]*", "MSA|AA|another");
    assertThat(here()).isEmpty();
    answers = query -> answer(query, "ORF^R04", "AE", FOUND);
    assertThat(here()).isEmpty();
    answers = query -> "nothing of HL7";
    assertThat(here()).isEmpty();
    answers = query -> null;
    assertThat(here()).isEmpty();
    answers = query -> answer(query, "ORF^R04", "AA", "");
    assertThat(here()).as("nothing found is no failure").isEmpty();
    assertThat(silent).containsExactly("lookup.his-answered-another", "lookup.his-refused", "lookup.his-answer-unreadable", "lookup.his-silent");
  }

  @Test
  void counts_for_nothing_when_it_is_more_than_the_memory_of_lookups_takes() {
    answers = query -> answer(query, "ORF^R04", "AA", FOUND + "OBX|2|NM|X^Y^L||1||||||F\r".repeat(3_000));
    assertThat(here()).isEmpty();
    assertThat(silent).containsExactly("lookup.his-answer-too-large");
  }

  @Test
  void of_another_patient_is_not_shown() {
    answers = query -> answer(query, "ORF^R04", "AA", FOUND.replace("11010519491231002X", "110105194912310038"));
    assertThat(here()).isEmpty();
  }

  @Test
  void never_comes_upon_the_HIS_more_often_at_a_time_than_it_bears() {
    takes = Duration.ofMillis(150);
    FoundInRecords found = found(2, Duration.ofSeconds(10));
    List<CompletableFuture<String>> all = new ArrayList<>();
    for (int k = 0; k < 12; k++) {
      all.add(CompletableFuture.supplyAsync(() -> here(found), work -> new Thread(work).start()));
    }
    assertThat(all).allSatisfy(one -> assertThat(one.join()).contains("5.5"));
    assertThat(most.get()).isEqualTo(2);
  }

  @Test
  void is_done_without_when_there_is_no_turn_or_no_answer_in_time() {
    takes = Duration.ofSeconds(3);
    FoundInRecords found = found(1, Duration.ofMillis(400));
    CompletableFuture<String> first = CompletableFuture.supplyAsync(() -> here(found));
    while (heard.isEmpty()) {
      Thread.onSpinWait();
    }
    fed.add(new Records.Record(1, 1, Instant.EPOCH, MAPPING.map("MSH|^~\\&|LIS|RM|G|E|20261120080000||ORU^R01|C1|P|2.4\r" + FOUND,
        Site.standard("H-0104"), "b").bundle()));
    assertThat(here(found)).as("what was fed is shown all the same").contains("5.5");
    first.join();
    assertThat(silent).contains("lookup.his-silent");
  }
}
