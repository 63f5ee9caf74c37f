package io.emrgateway.agent.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emrgateway.agent.seal.Header.Audit;
import io.emrgateway.agent.seal.SealRefused.Reason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The city's answer")
class CityAnswersTest {
  private static final Keys INTL = new Keys(Suite.INTL);
  private static final Keys GM = new Keys(Suite.GM);
  private static final Keys.Issued INTL_FEED = INTL.forFeed(Batches.FEED);
  private static final Keys.Issued GM_FEED = GM.forFeed(Batches.FEED);
  private static final Keys.Issued INTL_CITY = INTL.forCity("receipts");
  private static final Keys.Issued GM_CITY = GM.forCity("receipts");
  private static final String NONCE = "0123456789abcdef0123456789abcdef";

  private static Keys.Issued city(Suite suite) {
    return suite == Suite.GM ? GM_CITY : INTL_CITY;
  }

  private static SealedBatch batch(Suite suite) {
    return new BatchSealer((suite == Suite.GM ? GM_FEED : INTL_FEED).signer())
        .seal(Batches.data(1, 1, 2), Batches.heldInputs(suite, 2, Batches.bundle(1)));
  }

  private static byte[] signed(Suite suite, String json) {
    return city(suite).signer().sign(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String receiptJson(Suite suite, SealedBatch batch, String prevCh) {
    return "{\"v\":1,\"feed\":\"H-0104/main\",\"epoch\":1,\"seq\":1,\"hh\":\"" + batch.hh() + "\",\"n\":[1,2],\"in\":2,"
        + "\"audit\":{\"n\":3,\"head\":\"" + "cd".repeat(32) + "\"},\"prevCh\":\"" + prevCh + "\",\"ch\":\""
        + suite.cityHead(prevCh, batch.hh()) + "\",\"t\":\"2026-11-22T17:40:04.001+08:00\",\"status\":\"held\"}";
  }

  private static String headJson(Suite suite, String hh, String nonce) {
    String prevCh = "11".repeat(32);
    return "{\"v\":1,\"feed\":\"H-0104/main\",\"epoch\":1,\"seq\":7,\"hh\":\"" + hh + "\",\"in\":20,\"n\":12,"
        + "\"audit\":{\"n\":3,\"head\":\"" + "cd".repeat(32) + "\"},\"prevCh\":\"" + prevCh + "\",\"ch\":\""
        + suite.cityHead(prevCh, hh) + "\",\"nonce\":" + nonce + ",\"t\":\"2026-11-22T17:40:04.001+08:00\"}";
  }

  private static Receipt open(Suite suite, String json) {
    return Receipt.open(signed(suite, json), suite, List.of(city(suite).certificate()));
  }

  private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, Reason reason, String place) {
    assertThatThrownBy(call).isInstanceOfSatisfying(SealRefused.class, refused -> {
      assertThat(refused.reason()).isEqualTo(reason);
      assertThat(refused.place()).isEqualTo(place);
    });
  }

  @ParameterizedTest
  @EnumSource
  void is_read_as_it_was_signed(Suite suite) {
    SealedBatch batch = batch(suite);
    Receipt receipt = open(suite, receiptJson(suite, batch, Suite.ZERO_HASH));
    assertThat(receipt.n()).isEqualTo(new Range(1, 2));
    assertThat(receipt.ch()).isEqualTo(
        Suite.hex(suite.hashUntagged(new byte[] {6}, new byte[32], Suite.unhex(batch.hh()))));
  }

  @ParameterizedTest
  @EnumSource
  void that_does_not_follow_from_its_own_beginning_is_refused(Suite suite) {
    SealedBatch batch = batch(suite);
    String json = receiptJson(suite, batch, Suite.ZERO_HASH);
    String ch = suite.cityHead(Suite.ZERO_HASH, batch.hh());
    refused(() -> open(suite, json.replace(ch, "44".repeat(32))), Reason.RECEIPT_CHAIN, "receipt.ch");
  }

  @Test
  void signed_by_the_hospital_itself_is_refused() {
    byte[] cms = INTL_FEED.signer().sign(
        receiptJson(Suite.INTL, batch(Suite.INTL), Suite.ZERO_HASH).getBytes(StandardCharsets.UTF_8));
    refused(() -> Receipt.open(cms, Suite.INTL, List.of(INTL_CITY.certificate())),
        Reason.SIGNER_NOT_PINNED, "signerInfos[0].sid");
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "{\"v\":1,\"v\":1", "{\"v\":2", "{\"v\":true", "{\"v\":1.0", "{\"v\":1e0", "{\"v\":\"1\"", "{\"v\":-1", "{\"more\":1,\"v\":1",
      "{\"v\":9007199254740992", "{\"v\":99999999999999999999", "[{\"v\":1", " {\"w\":{\"a\":1,\"a\":2},\"v\":1"})
  void that_is_not_the_agreed_json_is_refused(String beginning) {
    String json = receiptJson(Suite.INTL, batch(Suite.INTL), Suite.ZERO_HASH);
    assertThatThrownBy(() -> open(Suite.INTL, json.replaceFirst("\\{\"v\":1", beginning.replace("\\", "\\\\"))))
        .isInstanceOfSatisfying(SealRefused.class,
            refused -> assertThat(refused.reason()).isEqualTo(Reason.JSON_BROKEN));
  }

  @Test
  void with_anything_after_the_json_or_a_wrong_value_in_it_is_refused() {
    String json = receiptJson(Suite.INTL, batch(Suite.INTL), Suite.ZERO_HASH);
    for (String broken : List.of(json + "{}", json + "x", json.replace("held", "accepted"), json.replace("[1,2]", "[5,2]"),
        json.replace("[1,2]", "[1]"), json.replace("[1,2]", "[1,2,3]"), json.replace("cd".repeat(32), "CD".repeat(32)),
        json.replace("2026-11-22T", "2026-11-99T"), json.replace("\"in\":2,", ""))) {
      assertThatThrownBy(() -> open(Suite.INTL, broken)).isInstanceOfSatisfying(SealRefused.class,
          refused -> assertThat(refused.reason()).isEqualTo(Reason.JSON_BROKEN));
    }
    byte[] latin = json.replace("main", "m\u00e4in").getBytes(StandardCharsets.ISO_8859_1);
    byte[] cms = INTL_CITY.signer().sign(latin);
    refused(() -> Receipt.open(cms, Suite.INTL, List.of(INTL_CITY.certificate())), Reason.JSON_BROKEN, "receipt");
  }

  @ParameterizedTest
  @EnumSource
  void to_a_question_is_the_head_with_the_question_s_nonce(Suite suite) {
    byte[] cms = signed(suite, headJson(suite, "55".repeat(32), "\"" + NONCE + "\""));
    Head head = Head.open(cms, suite, List.of(city(suite).certificate()), Batches.FEED, NONCE);
    assertThat(head.seq()).isEqualTo(7);
    assertThat(head.in()).isEqualTo(20);
    assertThat(head.audit()).isEqualTo(new Audit(3, "cd".repeat(32)));
    refused(() -> Head.open(cms, suite, List.of(city(suite).certificate()), Batches.FEED, "ff".repeat(16)),
        Reason.HEAD_NONCE, "head.nonce");
    refused(() -> Head.open(cms, suite, List.of(city(suite).certificate()), "H-0105/main", NONCE),
        Reason.HEAD_OTHER_FEED, "head.feed");
  }

  @Test
  void before_the_first_batch_is_all_zeros_or_refused() {
    String zeros = "{\"v\":1,\"feed\":\"H-0104/main\",\"epoch\":1,\"seq\":0,\"hh\":\"Z\",\"in\":0,\"n\":0,"
        .replace("Z", Suite.ZERO_HASH) + "\"audit\":{\"n\":0,\"head\":\"Z\"},\"prevCh\":\"Z\",\"ch\":\"Z\",\"nonce\":\""
        .replace("Z", Suite.ZERO_HASH) + NONCE + "\",\"t\":\"2026-11-22T17:40:04.001+08:00\"}";
    List<Certificate> pinned = List.of(INTL_CITY.certificate());
    assertThat(Head.open(signed(Suite.INTL, zeros), Suite.INTL, pinned, Batches.FEED, NONCE).seq()).isZero();
    refused(() -> Head.open(signed(Suite.INTL, zeros.replace("\"ch\":\"00", "\"ch\":\"01")), Suite.INTL, pinned,
        Batches.FEED, NONCE), Reason.HEAD_CHAIN, "head.ch");
  }

  @ParameterizedTest
  @EnumSource(Head.Conflict.class)
  void to_a_batch_that_does_not_fit_is_a_head_with_the_reason(Head.Conflict conflict) {
    String json = headJson(Suite.INTL, "55".repeat(32), "null").replaceFirst("}$", ",\"error\":\"" + conflict + "\"}");
    byte[] cms = signed(Suite.INTL, json);
    List<Certificate> pinned = List.of(INTL_CITY.certificate());
    assertThat(Head.openConflict(cms, Suite.INTL, pinned, Batches.FEED).error()).contains(conflict);
    refused(() -> Head.open(cms, Suite.INTL, pinned, Batches.FEED, NONCE), Reason.HEAD_NONCE, "head.nonce");
    refused(() -> Head.openConflict(signed(Suite.INTL, json.replace("\"" + conflict + "\"", "\"OTHER\"")), Suite.INTL,
        pinned, Batches.FEED), Reason.JSON_BROKEN, "head.error");
  }
}
