package io.emrgateway.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The audit")
class AuditTest {
  private static final String RESIDENT_ID = "110105198712093145";

  @TempDir Path folder;

  @Test
  void is_verified_with_the_gateway_running_and_stopped_against_the_citys_receipt_and_a_head_from_elsewhere() throws Exception {
    try (Trial trial = Trial.intl(folder).start(); His his = His.of(trial.agent)) {
      Trial.Done list = trial.command("audit", "list", "--act", "start");
      assertThat(list.status()).isZero();
      assertThat(list.output()).contains("#1 start");
      his.admit("A", 2);
      trial.awaitSettled();
      Trial.Done running = trial.command("audit", "verify");
      assertThat(running.output()).contains("完整 / whole", "receipt's signature verified");
      assertThat(running.status()).isZero();
      JsonNode witnessed = trial.city.status().path("audit");
      assertThat(trial.command("audit", "verify", "--head", witnessed.path("n").asText() + ":" + witnessed.path("head").asText()).status()).isZero();

      trial.agent.stop();
      assertThat(trial.command("audit", "verify").status()).isZero();
      assertThat(trial.command("audit", "list").status()).as("to read it takes the gateway").isEqualTo(3);
      Trial.Done other = trial.command("audit", "verify", "--json", "--head", "1:" + "0".repeat(64));
      assertThat(other.status()).isEqualTo(1);
      assertThat(other.output()).contains("\"ok\":false", "\"code\":\"audit.other-head\",\"k\":1", "record 1", "处理 / remedy");
      assertThat(trial.command("audit", "verify", "--head", "1:ab").status()).isEqualTo(2);
    }
  }

  /** How: a number is read from standard input; the list of the second time has the first time in it. */
  @Test
  void makes_a_patients_list_for_which_no_number_stands_on_a_command_line_and_which_is_in_it_too() throws Exception {
    try (Trial trial = Trial.intl(folder).start(); His his = His.of(trial.agent)) {
      Path page = folder.resolve("list.html");
      Trial.Done unknown = patient(trial, RESIDENT_ID + "\n", page);
      assertThat(unknown.output()).contains("audit.patient-unknown", "处理 / remedy").doesNotContain(RESIDENT_ID);
      assertThat(unknown.status()).isEqualTo(1);
      assertThat(page).as("no empty list").doesNotExist();
      assertThat(patient(trial, "110105198712093141", page).output()).contains("control.resident-id-check").doesNotContain("110105");
      his.send(His.message("ADT^A01", "A1", StandardCharsets.UTF_8, "PID|1||000123^^^HIS^MR~" + RESIDENT_ID + "^^^GA^NNCHN||李^丽||19871209|F",
          "PV1|1|I|N03^301^02||||||||||||||||ZY1^^^HIS^VN"));
      trial.awaitSettled();
      Trial.Done made = patient(trial, RESIDENT_ID + "\n", page);
      assertThat(made.status()).as(made.output()).isZero();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(page))).isEqualTo("rw-------");
      assertThat(Files.readString(page)).contains("**************3145").doesNotContain(RESIDENT_ID);
      Path events = folder.resolve("list.json");
      assertThat(patient(trial, "urn:oid:2.16.156.10011.1.3|" + RESIDENT_ID, events).status()).isZero();
      assertThat(Files.readString(events)).contains("\"Audit Log Used\"", "a patient's list, html", RESIDENT_ID);
      assertThat(patient(trial, RESIDENT_ID, events).status()).as("a file that exists").isEqualTo(2);
      assertThat(patient(trial, "", folder.resolve("none.csv")).status()).as("no number").isEqualTo(2);
      Path byTheHis = folder.resolve("his.csv");
      assertThat(patient(trial, "HIS|000123", byTheHis).status()).isZero();
      assertThat(Files.readString(byTheHis)).as("the same patient").contains("read this list");
      assertThat(trial.command("audit", "list", "--act", "nonsense")).returns(2, Trial.Done::status)
          .satisfies(one -> assertThat(one.output()).contains("consent-evidence", "objection").doesNotContain("nonsense"));
      assertThat(trial.command("audit", "list", "--act", "audit-read").output()).contains("audit-read").doesNotContain(RESIDENT_ID);
      trial.agent.stop();
      assertThat(trial.agent.log()).doesNotContain(RESIDENT_ID);
      assertThat(new String(Files.readAllBytes(trial.agent.home().resolve("gateway.db")), StandardCharsets.ISO_8859_1)).doesNotContain(RESIDENT_ID);
    }
  }

  private static Trial.Done patient(Trial trial, String typed, Path out) throws IOException {
    Path input = Files.writeString(trial.folder.resolve("typed"), typed);
    return Trial.process(Trial.PATIENCE, List.of("sh", "-c", "exec \"$0\" \"$@\" < '" + input + "'", House.gateway().toString(),
        "audit", "patient", "--out", out.toString(), "-c", trial.agent.settings().toString()));
  }

  /** How: four callers read the audit, which writes into it; SIGKILL in the midst of them, then a restart. */
  @Test
  void has_every_entry_that_was_answered_for_after_a_kill() throws Exception {
    try (Trial trial = Trial.intl(folder).start()) {
      AtomicInteger answered = new AtomicInteger();
      List<Thread> readers = IntStream.range(0, 4).mapToObj(k -> new Thread(() -> {
        for (int n = 0; n < 2_000; n++) {
          try {
            if (trial.agent.ask("audit-emergencies 2020-01-01").get(0).path("ok").asBoolean()) {
              answered.incrementAndGet();
            }
          } catch (RuntimeException killed) {
            return;
          }
        }
      })).toList();
      readers.forEach(Thread::start);
      Waiting.until("some are answered", Duration.ofSeconds(60), () -> answered.get() > 60);
      trial.agent.kill();
      for (Thread reader : readers) {
        reader.join();
      }
      assertThat(trial.command("audit", "verify").status()).as("on the file as it was left").isZero();
      trial.agent.start();
      assertThat(trial.command("audit", "verify").status()).isZero();
      long kept = trial.command("audit", "list", "--act", "audit-read").output().lines().filter(line -> line.contains("emergencies of")).count();
      assertThat(kept).isGreaterThanOrEqualTo(answered.get());
    }
  }
}
