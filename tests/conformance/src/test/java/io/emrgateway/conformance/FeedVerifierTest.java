package io.emrgateway.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A feed")
class FeedVerifierTest {
  @TempDir Path folder;

  private Export export() {
    return new Export(Suite.INTL, folder);
  }

  private static void found(Report report, String rule) {
    assertThat(report.isProven()).isFalse();
    assertThat(report.findings()).extracting(Report.Finding::rule).contains(rule);
  }

  /** An ordinary feed whose third batch, a data batch with a repair, has one thing changed. */
  private void foundWhen(Consumer<Export.Draft> change, String rule) {
    Export export = export();
    export.data().held().explained("quarantined").held().write();
    export.of("heartbeat").write();
    Export.Draft draft = export.data().explained("duplicate-of:3").held().repaired(2);
    change.accept(draft);
    draft.write();
    found(export.verify(), rule);
  }

  @ParameterizedTest
  @EnumSource
  void that_keeps_every_rule_is_proven_and_counted(Suite suite) {
    Report report = new Export(suite, folder).ordinary().verify();
    assertThat(report.findings()).isEmpty();
    assertThat(report.isProven()).isTrue();
    assertThat(report.batches()).isEqualTo(4);
    assertThat(report.receipted()).isEqualTo(4);
    assertThat(report.inputs()).isEqualTo(8);
    assertThat(report.held()).isEqualTo(5);
    assertThat(report.explained()).isEqualTo(Map.of("quarantined", 1L, "filtered:no-a60", 1L, "duplicate", 1L));
  }

  @Test
  void whose_last_batch_has_no_receipt_yet_is_proven_but_not_one_in_the_middle() {
    Export export = export().ordinary();
    Export.Draft last = export.data().held();
    last.withReceipt = false;
    last.write();
    assertThat(export.verify().isProven()).isTrue();
    assertThat(export.verify().receipted()).isEqualTo(4);
    export.data().held().write();
    found(export.verify(), "receipt.missing");
  }

  @Test
  void goes_on_with_the_new_key_after_a_rotation_and_only_with_it() {
    Export export = export().ordinary();
    Key old = export.key;
    Key fresh = new Key(Suite.INTL, Export.FEED, Export.FEED);
    Export.Draft rotation = export.of("rotate");
    rotation.header.put("certificate", Export.quoted(Suite.hex(Suite.INTL.hash(fresh.certificate))));
    rotation.write();
    export.key = fresh;
    export.data().held().write();
    assertThat(export.verify(old.pem() + fresh.pem()).findings()).isEmpty();
    found(export.verify(old.pem()), "rotate.certificate-unknown");
    export.key = old;
    export.data().held().write();
    found(export.verify(old.pem() + fresh.pem()), "cms.signer-not-pinned");
  }

  @Test
  void goes_on_in_the_next_epoch_after_a_restore() {
    Export export = export().ordinary();
    export.epoch = 2;
    Export.Draft resync = export.of("resync");
    resync.header.put("restore", "{\"backup\":null,\"audit\":\"" + Export.ZERO + "\",\"unknown\":[7,8]}");
    resync.write();
    export.data().held().write();
    assertThat(export.verify().findings()).isEmpty();
  }

  @Test
  void that_enters_an_epoch_without_a_resync_is_refused() {
    Export export = export().ordinary();
    export.epoch = 2;
    export.data().held().write();
    found(export.verify(), "header.epoch");
  }

  @Test
  void with_a_batch_missing_is_refused() throws IOException {
    Export export = export().ordinary();
    Files.delete(folder.resolve("1-2.batch"));
    found(export.verify(), "header.seq");
    found(export.verify(), "header.prev");
    found(export.verify(), "receipt.without-batch");
  }

  @Test
  void that_does_not_begin_at_its_beginning_is_refused() throws IOException {
    Export export = export().ordinary();
    Files.delete(folder.resolve("1-1.batch"));
    Files.delete(folder.resolve("1-1.receipt"));
    found(export.verify(), "header.seq");
    found(export.verify(), "receipt.prevCh");
  }

  @Test
  void with_two_batches_exchanged_is_refused() {
    Export export = export().ordinary();
    byte[] third = export.get("1-3.batch");
    export.put("1-3.batch", export.get("1-4.batch"));
    export.put("1-4.batch", third);
    found(export.verify(), "header.seq");
  }

  @Test
  void of_another_hospital_is_refused() {
    found(export().ordinary().verify(new Key(Suite.INTL, "H-0105/main", "H-0105/main").pem()), "cms.signer-not-pinned");
  }

  @Test
  void under_a_key_that_names_another_feed_is_refused() {
    Export export = export();
    export.key = new Key(Suite.INTL, "H-0105/main", "H-0105/main");
    export.data().held().write();
    found(export.verify(), "header.feed");
  }

  @Test
  void with_a_header_that_is_not_as_agreed_is_refused() {
    foundWhen(d -> d.header.put("prev", Export.quoted("11".repeat(32))), "header.prev");
  }

  @Test
  void that_hides_an_input_is_refused() {
    foundWhen(d -> d.lines.remove(0), "entry.i");
  }

  @Test
  void that_skips_an_input_between_batches_is_refused() {
    foundWhen(d -> d.header.put("in", "{\"from\":5,\"to\":5,\"sources\":[[\"his-adt\",1]]}"), "header.in");
  }

  @Test
  void whose_sources_do_not_add_up_is_refused() {
    foundWhen(d -> d.header.put("in", "{\"from\":4,\"to\":5,\"sources\":[[\"a\",1],[\"a\",1]]}"), "header.in.sources");
    foundWhen(d -> d.header.put("in", "{\"from\":4,\"to\":5,\"sources\":[[\"a\",3]]}"), "header.in.sources");
  }

  @Test
  void that_skips_a_body_s_number_is_refused() {
    foundWhen(d -> d.header.put("n", "[4,5]"), "header.n");
    foundWhen(d -> d.header.put("n", "[3,5]"), "entry.n");
  }

  @Test
  void with_a_number_given_twice_is_refused() {
    foundWhen(d -> d.lines.set(2, d.lines.get(2).replace("\"n\":4", "\"n\":3")), "entry.n");
  }

  @Test
  void that_repairs_what_was_not_waiting_is_refused() {
    foundWhen(d -> d.lines.set(2, d.lines.get(2).replace("\"i\":2", "\"i\":1")), "entry.repair");
  }

  @Test
  void with_a_repair_before_the_batch_s_own_inputs_is_refused() {
    foundWhen(d -> d.lines.add(0, d.lines.remove(2)), "entry.order");
  }

  @Test
  void that_explains_an_earlier_input_again_is_refused() {
    foundWhen(d -> d.lines.add("{\"i\":2,\"why\":\"quarantined\"}"), "entry.repair");
  }

  @Test
  void with_an_explanation_that_nobody_knows_is_refused() {
    foundWhen(d -> d.lines.set(0, d.lines.get(0).replace("duplicate-of:3", "lost")), "entry.why");
    foundWhen(d -> d.lines.set(0, d.lines.get(0).replace("duplicate-of:3", "duplicate-of:4")), "entry.why");
  }

  @Test
  void with_keys_in_another_order_missing_or_twice_is_refused() {
    foundWhen(d -> d.lines.set(0, "{\"why\":\"quarantined\",\"i\":4}"), "entry.keys");
    foundWhen(d -> d.lines.set(0, "{\"i\":4,\"i\":4,\"why\":\"quarantined\"}"), "json.broken");
    foundWhen(d -> d.header.put("seq", d.header.remove("seq")), "header.keys");
    foundWhen(d -> d.header.put("more", "1"), "header.keys");
  }

  @Test
  void with_numbers_or_times_written_otherwise_is_refused() {
    foundWhen(d -> d.header.put("seq", "3.0"), "header.seq");
    foundWhen(d -> d.header.put("epoch", "9007199254740992"), "header.epoch");
    foundWhen(d -> d.header.put("created", "\"2026-11-22T09:40:03Z\""), "header.created");
    foundWhen(d -> d.header.put("root", Export.quoted("AB".repeat(32))), "header.root");
  }

  @Test
  void whose_root_is_over_other_entries_is_refused() {
    foundWhen(d -> d.header.put("root", Export.quoted("11".repeat(32))), "header.root");
  }

  @Test
  void whose_count_of_entries_is_another_is_refused() {
    foundWhen(d -> d.header.put("entries", "4"), "header.entries");
  }

  @Test
  void with_a_body_changed_cut_or_added_is_refused() {
    foundWhen(d -> d.bodies.get(0)[20] ^= 1, "body.hash");
    foundWhen(d -> d.bodies.set(1, Arrays.copyOf(d.bodies.get(1), 10)), "body.length");
    foundWhen(d -> d.bodies.add(new byte[1]), "body.length");
    foundWhen(d -> d.bodies.add(0, d.bodies.remove(1)), "body.hash");
  }

  @Test
  void whose_audit_chain_went_back_is_refused() {
    foundWhen(d -> d.header.put("audit", "{\"n\":1,\"head\":\"" + "cd".repeat(32) + "\"}"), "header.audit");
    foundWhen(d -> d.header.put("audit", "{\"n\":2,\"head\":\"" + "ce".repeat(32) + "\"}"), "header.audit");
  }

  @Test
  void that_says_it_holds_another_receipt_is_refused() {
    foundWhen(d -> d.header.put("last", "{\"seq\":2,\"ch\":\"" + "11".repeat(32) + "\"}"), "header.last");
    foundWhen(d -> d.header.put("last", "{\"seq\":3,\"ch\":\"" + "11".repeat(32) + "\"}"), "header.last");
  }

  @Test
  void with_a_heartbeat_that_carries_entries_is_refused() {
    Export export = export();
    export.of("heartbeat").held().write();
    found(export.verify(), "header.kind");
  }

  @Test
  void of_more_than_256_entries_a_batch_is_refused() {
    Export export = export();
    Export.Draft draft = export.data();
    for (int i = 0; i < 257; i++) {
      draft.explained("quarantined");
    }
    draft.write();
    found(export.verify(), "batch.too-large");
  }

  @Test
  void whose_receipt_is_for_something_else_is_refused() {
    foundWhen(d -> d.receipt.put("seq", "4"), "receipt.seq");
    foundWhen(d -> d.receipt.put("feed", "\"H-0105/main\""), "receipt.feed");
    foundWhen(d -> d.receipt.put("n", "[3,5]"), "receipt.numbers");
    foundWhen(d -> d.receipt.put("in", "6"), "receipt.numbers");
    foundWhen(d -> d.receipt.put("audit", "{\"n\":9,\"head\":\"" + "cd".repeat(32) + "\"}"), "receipt.audit");
    foundWhen(d -> d.receipt.put("status", "\"seen\""), "receipt.status");
    foundWhen(d -> d.receipt.put("ch", Export.quoted("11".repeat(32))), "receipt.ch");
  }

  @Test
  void whose_receipt_continues_another_chain_is_refused() {
    String other = "22".repeat(32);
    Export export = export();
    export.data().held().write();
    export.ch = other;
    export.lastSeq = 0;
    Export.Draft draft = export.data().held();
    draft.header.put("last", "{\"seq\":0,\"ch\":\"" + Export.ZERO + "\"}");
    draft.write();
    found(export.verify(), "receipt.prevCh");
  }

  @Test
  void whose_receipts_the_hospital_signed_itself_is_refused() throws IOException {
    Export export = export().ordinary();
    assertThat(FeedVerifier.verify(folder, export.key.pem(), export.key.pem()).findings())
        .extracting(Report.Finding::rule).containsOnly("cms.signer-not-pinned").hasSize(4);
  }

  @ParameterizedTest
  @EnumSource
  void with_any_byte_of_a_batch_changed_is_refused(Suite suite) throws IOException {
    Export export = new Export(suite, folder);
    export.data().held().explained("quarantined").write();
    byte[] batch = export.get("1-1.batch");
    byte[] certificate = export.key.certificate;
    int from = indexOf(batch, certificate);
    int step = suite == Suite.GM ? 7 : 1; // SM2 in big integers is slow; every seventh byte will do
    for (int at = 0; at < batch.length; at += step) {
      if (at >= from && at < from + certificate.length) {
        continue; // the certificate that travels inside is not read: the pinned one counts
      }
      byte[] changed = batch.clone();
      changed[at] ^= 0x10;
      export.put("1-1.batch", changed);
      assertThat(export.verify().isProven()).as("byte %d", at).isFalse();
    }
  }

  @Test
  void cut_off_anywhere_is_refused() {
    Export export = export();
    export.data().held().write();
    byte[] batch = export.get("1-1.batch");
    for (int length = 0; length < batch.length; length += 3) {
      export.put("1-1.batch", Arrays.copyOf(batch, length));
      assertThat(export.verify().isProven()).as("%d bytes", length).isFalse();
    }
  }

  @Test
  void that_is_empty_proves_nothing() {
    found(export().verify(), "export.empty");
  }

  @Test
  void is_verified_from_the_command_line_too() throws IOException {
    Export export = new Export(Suite.INTL, Files.createDirectory(folder.resolve("export"))).ordinary();
    String signing = Files.writeString(folder.resolve("signing.pem"), export.key.pem()).toString();
    String receipt = Files.writeString(folder.resolve("receipt.pem"), export.city.pem()).toString();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List<String> arguments = List.of(export.folder.toString(), "--certificate", signing, "--receipt", receipt);
    assertThat(Verify.run(arguments, new PrintStream(out, true, StandardCharsets.UTF_8))).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("inputs      8", "held      5", "Proven");
    Files.delete(export.folder.resolve("1-2.batch"));
    assertThat(Verify.run(arguments, new PrintStream(out, true, StandardCharsets.UTF_8))).isEqualTo(1);
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("1-3.batch header.prev", "Not proven");
    assertThat(Verify.run(List.of("x"), new PrintStream(out, true, StandardCharsets.UTF_8))).isEqualTo(2);
    assertThat(Verify.run(List.of(folder.resolve("absent").toString(), "--certificate", signing, "--receipt", receipt),
        new PrintStream(out, true, StandardCharsets.UTF_8))).isEqualTo(2);
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    for (int at = 0; at + part.length <= bytes.length; at++) {
      if (Arrays.equals(bytes, at, at + part.length, part, 0, part.length)) {
        return at;
      }
    }
    throw new AssertionError("not there");
  }
}
