package io.emrgateway.agent.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.emrgateway.agent.lookup.CityAnswer;
import io.emrgateway.agent.lookup.CityAnswer.Source;
import io.emrgateway.agent.lookup.HolderAnswer;
import io.emrgateway.agent.lookup.Inquiry;
import io.emrgateway.agent.lookup.SignedRequest;
import io.emrgateway.agent.lookup.Withdrawal;
import io.emrgateway.agent.seal.Header.Audit;
import io.emrgateway.routes.core.lookup.DoctorAuthorization;
import io.emrgateway.routes.core.lookup.DoctorAuthorization.Emergency;
import io.emrgateway.routes.core.lookup.LookupRequest;
import io.emrgateway.routes.core.lookup.LookupRequest.Requester;
import io.emrgateway.routes.core.lookup.LookupRequest.Scope;
import io.emrgateway.routes.core.lookup.LookupRequest.Sought;
import io.emrgateway.routes.core.lookup.PatientAuthorization;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Guardian;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Kind;
import io.emrgateway.routes.core.lookup.Practitioner;
import io.emrgateway.routes.core.lookup.Purpose;
import io.emrgateway.routes.core.lookup.Section;
import io.emrgateway.routes.core.lookup.Unproved;
import io.emrgateway.routes.core.records.Identifier;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A lookup on the wire")
class LookupWireTest {
  private static final Instant AT = Instant.parse("2026-11-28T02:00:00.120Z");
  private static final Audit AUDIT = new Audit(7, "cd".repeat(32));

  /** Keys of one suite: the asking hospital's, a holder's, the city's. */
  private static final class World {
    final Suite suite;
    final Keys keys;
    final Keys.Issued asker;
    final Keys.Issued holder;
    final Keys.Issued city;
    final TrustFile trust;

    World(Suite suite) {
      this.suite = suite;
      keys = new Keys(suite);
      asker = keys.forFeed("H-0105/main");
      holder = keys.forFeed("H-0104/main");
      city = keys.forCity("lookups");
      Keys.Issued root = keys.forCity("root");
      String json = "{\"v\":1,\"version\":1,\"issued\":\"2026-11-01T00:00:00.000+08:00\",\"expires\":\"2027-11-01T00:00:00.000+08:00\","
          + "\"suite\":\"" + suite.wireName() + "\",\"roots\":" + der(root) + ",\"receipt\":" + der(root) + ",\"lookup\":" + der(city)
          + ",\"hospitals\":[" + hospital("H-0105", asker) + "," + hospital("H-0104", holder) + "]}";
      trust = TrustFile.installed(root.signer().sign(json.getBytes(StandardCharsets.UTF_8)), suite);
    }

    private static String der(Keys.Issued one) {
      return "[\"" + Base64.getEncoder().encodeToString(one.certificate().der()) + "\"]";
    }

    private static String hospital(String org, Keys.Issued one) {
      return "{\"feed\":\"" + org + "/main\",\"org\":\"" + org + "\",\"name\":\"合成医院\",\"certificates\":" + der(one) + "}";
    }

    SignedRequest asked() {
      return SignedRequest.sign(request(), asker.signer());
    }

    byte[] answer(SignedRequest question, String sources, byte[]... frames) {
      String json = "{\"v\":1,\"rid\":\"" + question.request().rid() + "\",\"requestHash\":\"" + question.hash()
          + "\",\"t\":\"2026-11-28T10:00:01.000+08:00\",\"complete\":true,\"sources\":[" + sources + "]}";
      return framed(city.signer().sign(json.getBytes(StandardCharsets.UTF_8)), List.of(frames));
    }
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void is_stopped_by_a_withdrawal_under_the_gateways_own_key(Suite suite) {
    World world = new World(suite);
    byte[] cms = new Withdrawal("XY-1", "ab".repeat(32), AT).sign("H-0105/main", world.asker.signer());
    assertThat(new String(StrictCms.open(cms, suite, List.of(world.asker.certificate())), StandardCharsets.UTF_8)).isEqualTo(
        "{\"v\":1,\"feed\":\"H-0105/main\",\"reference\":\"XY-1\",\"evidence\":\"" + "ab".repeat(32)
            + "\",\"t\":\"2026-11-28T10:00:00.120+08:00\"}");
  }

  private static String source(String status, int count, String by) {
    return "{\"org\":\"H-0104\",\"feed\":\"H-0104/main\",\"status\":\"" + status + "\",\"count\":" + count + ",\"by\":\"" + by + "\"}";
  }

  private static LookupRequest request() {
    return new LookupRequest(UUID.fromString("7f2b9a54-31f5-4b7e-9a3c-0123456789ab"), "H-0105/main", "0f".repeat(16), AT, AT.plusSeconds(60),
        new Requester("H-0105", "心血管\"内科", new Practitioner("D1001", "李明"), "ZY1"),
        new Sought(List.of(new Identifier("urn:oid:2.16.156.10011.1.3", "11010519491231002X")), "张𠮷", LocalDate.of(1949, 12, 31)),
        new Scope(Set.of(Section.RESULTS, Section.ALLERGIES), LocalDate.of(2026, 9, 1), LocalDate.of(2026, 11, 28)), Purpose.TREATMENT,
        new DoctorAuthorization("D1001", "心血管\"内科", "ZY1", AT.minusSeconds(5), null),
        new PatientAuthorization(Kind.GUARDIAN, "XY-1", "ab".repeat(32), AT.minusSeconds(60), AT.plusSeconds(600), "H-0105",
            Set.of(Section.values()), new Guardian("张母", "母亲")));
  }

  private static HolderAnswer answered(SignedRequest question, byte[]... bodies) {
    return new HolderAnswer(question.request().rid(), "H-0104/main", "H-0104", question.hash(), AT, HolderAnswer.ANSWERED,
        List.of(bodies), AUDIT);
  }

  private static byte[] bundle(String text) {
    return ("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"id\":\"" + text + "\"}").getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] framed(byte[] first, List<byte[]> more) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List<byte[]> all = new ArrayList<>(List.of(first));
    all.addAll(more);
    for (byte[] one : all) {
      out.writeBytes(ByteBuffer.allocate(4).putInt(one.length).array());
      out.writeBytes(one);
    }
    return out.toByteArray();
  }

  private static byte[][] frames(byte[] octets) {
    ByteBuffer left = ByteBuffer.wrap(octets);
    List<byte[]> frames = new ArrayList<>();
    while (left.hasRemaining()) {
      byte[] one = new byte[left.getInt()];
      left.get(one);
      frames.add(one);
    }
    return frames.toArray(byte[][]::new);
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void a_request_opens_as_it_was_signed_and_only_by_the_hospital_that_signed_it(Suite suite) {
    World world = new World(suite);
    SignedRequest asked = world.asked();
    SignedRequest opened = SignedRequest.open(asked.cms(), suite, List.of(world.asker.certificate()));
    assertThat(opened.request()).isEqualTo(request());
    assertThat(opened.hash()).isEqualTo(asked.hash());
    assertThatThrownBy(() -> SignedRequest.open(asked.cms(), suite, List.of(world.holder.certificate())))
        .isInstanceOfSatisfying(SealRefused.class, refused -> assertThat(refused.code()).isEqualTo("seal.signer-not-pinned"));
    assertThat(opened.toString() + opened.request()).doesNotContain("110105").doesNotContain("张");
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void an_emergency_opens_as_it_was_signed(Suite suite) {
    World world = new World(suite);
    LookupRequest one = request();
    LookupRequest emergency = new LookupRequest(one.rid(), one.feed(), one.nonce(), one.issued(), one.expires(), one.requester(),
        new Sought(one.patient().identifiers(), "张伟", null), one.scope(), Purpose.EMERGENCY,
        new DoctorAuthorization("D1001", one.requester().department(), "ZY1", AT, new Emergency("昏迷\n无家属", new Practitioner("D2", "王"))),
        PatientAuthorization.none(one.scope().sections()));
    SignedRequest signed = SignedRequest.sign(emergency, world.asker.signer());
    assertThat(SignedRequest.open(signed.cms(), suite, List.of(world.asker.certificate())).request()).isEqualTo(emergency);
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void a_hospitals_answer_is_its_own_word_and_every_octet_of_it_counts(Suite suite) {
    World world = new World(suite);
    SignedRequest question = world.asked();
    byte[][] whole = frames(answered(question, bundle("one"), bundle("two")).sign(world.holder.signer()));

    CityAnswer good = open(world.answer(question, source("answered", 2, "hospital"), whole), world.trust, question);
    assertThat(good.complete()).isTrue();
    assertThat(good.sources()).singleElement().satisfies(one -> {
      assertThat(one.status()).isEqualTo("answered");
      assertThat(one.records()).extracting(record -> new String(record.bundle(), StandardCharsets.UTF_8))
          .containsExactly(new String(bundle("one")), new String(bundle("two")));
    });

    whole[2][20] ^= 1;
    assertUnproved(world, question, whole, Unproved.NOT_SIGNED, "a bit of a body");
    byte[][] swapped = frames(answered(question, bundle("one"), bundle("two")).sign(world.holder.signer()));
    byte[] first = swapped[1];
    swapped[1] = swapped[2];
    swapped[2] = first;
    assertUnproved(world, question, swapped, Unproved.NOT_SIGNED, "bodies swapped");
    assertUnproved(world, question, frames(answered(question, bundle("one"), bundle("two")).sign(world.asker.signer())), Unproved.KEY_UNKNOWN, "signed by another hospital");
    SignedRequest other = SignedRequest.sign(request(), world.asker.signer());
    HolderAnswer toAnother = new HolderAnswer(UUID.randomUUID(), "H-0104/main", "H-0104", other.hash(), AT, HolderAnswer.ANSWERED,
        List.of(bundle("one"), bundle("two")), AUDIT);
    assertUnproved(world, question, frames(toAnother.sign(world.holder.signer())), Unproved.NOT_SIGNED, "an answer to another question");
  }

  private static CityAnswer open(byte[] octets, TrustFile trust, SignedRequest question) {
    return open(octets, Long.MAX_VALUE, trust, question);
  }

  private static CityAnswer open(byte[] octets, long bytesMax, TrustFile trust, SignedRequest question) {
    try {
      return CityAnswer.open(new ByteArrayInputStream(octets), bytesMax, trust, () -> trust, question);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assertUnproved(World world, SignedRequest question, byte[][] frames, Unproved why, String what) {
    CityAnswer answer = open(world.answer(question, source("answered", frames.length - 1, "hospital"), frames), world.trust, question);
    assertThat(answer.sources()).as(what).singleElement().returns(why.status(), Source::status).returns(List.of(), Source::records);
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void of_answers_that_do_not_fit_together_the_largest_gives_way_and_is_named(Suite suite) {
    World world = new World(suite);
    SignedRequest question = world.asked();
    byte[][] small = frames(answered(question, bundle("one")).sign(world.holder.signer()));
    byte[][] large = frames(answered(question, bundle("x".repeat(50_000)), bundle("y".repeat(50_000))).sign(world.holder.signer()));
    String one = source("answered", 1, "hospital");
    String two = source("answered", 2, "hospital");
    byte[][] frames = Stream.of(small, large, small).flatMap(Stream::of).toArray(byte[][]::new);
    byte[] octets = world.answer(question, one + "," + two + "," + one, frames);
    assertThat(open(octets, octets.length, world.trust, question).sources()).extracting(Source::status)
        .containsExactly("answered", "answered", "answered");
    assertThat(open(octets, 100_000, world.trust, question).sources()).extracting(Source::status, source -> source.records().size())
        .containsExactly(tuple("answered", 1), tuple("too-large", 0), tuple("answered", 1));
    byte[] largeFirst = world.answer(question, two + "," + one, Stream.of(large, small).flatMap(Stream::of).toArray(byte[][]::new));
    long ofLarge = Stream.of(large).mapToLong(frame -> frame.length).sum();
    assertThat(open(largeFirst, ofLarge + 10, world.trust, question).sources()).as("even if it was there first").extracting(Source::status)
        .containsExactly("too-large", "answered");
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void that_a_hospital_has_nothing_or_refuses_is_its_own_word_too_and_silence_is_the_citys(Suite suite) {
    World world = new World(suite);
    SignedRequest question = world.asked();
    for (String result : List.of("none", "denied:lookup.withdrawn")) {
      byte[][] said = frames(new HolderAnswer(question.request().rid(), "H-0104/main", "H-0104", question.hash(), AT, result, List.of(), AUDIT)
          .sign(world.holder.signer()));
      assertThat(open(world.answer(question, source(result, 0, "hospital"), said), world.trust, question).sources())
          .extracting(Source::status).containsExactly(result);
      // The city says "none" for a hospital that has answered otherwise: the hospital's word counts.
      assertThat(open(world.answer(question, source("none", 0, "hospital"), said), world.trust, question).sources())
          .extracting(Source::status).containsExactly(result);
    }
    assertThat(open(world.answer(question, source("timeout", 0, "hospital")), world.trust, question).sources())
        .extracting(Source::status).containsExactly("timeout");
    assertThatThrownBy(() -> open(world.answer(question, source("none", 0, "hospital")), world.trust, question))
        .as("none, and nobody signed it").isInstanceOf(SealRefused.class);
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void a_record_out_of_a_feed_is_proved_by_its_batch_and_by_no_other(Suite suite) {
    World world = new World(suite);
    SignedRequest question = world.asked();
    List<Input> inputs = new ArrayList<>();
    for (int k = 1; k <= 5; k++) {
      inputs.add(Batches.held(suite, k, k, Batches.bundle(k)));
    }
    SealedBatch batch = new BatchSealer(world.holder.signer()).seal(Batches.data(1, 1, 5), inputs);
    List<byte[]> lines = new ArrayList<>();
    for (String line : new String(batch.entries(), StandardCharsets.UTF_8).split("\n")) {
      lines.add(line.getBytes(StandardCharsets.UTF_8));
    }
    byte[] body = batch.bodies().get(3);

    CityAnswer good = open(world.answer(question, source("answered", 1, "city"), proof(suite, batch, lines, 3), body), world.trust, question);
    assertThat(good.sources().get(0).records()).singleElement().satisfies(one -> {
      assertThat(one.fed()).isTrue();
      assertThat(one.bundle()).isEqualTo(body);
    });
    byte[] older = batch.bodies().get(1);
    CityAnswer newestFirst = open(world.answer(question, source("answered", 2, "city"), proof(suite, batch, lines, 3), body,
        proof(suite, batch, lines, 1), older), world.trust, question);
    assertThat(newestFirst.sources().get(0).records()).as("in the order of admission, whatever the city's").extracting(CityAnswer.Proved::bundle)
        .containsExactly(older, body);
    byte[] flipped = body.clone();
    flipped[9] ^= 1;
    for (byte[][] wrong : new byte[][][] {{proof(suite, batch, lines, 3), flipped}, {proof(suite, batch, lines, 2), body},
        {new String(proof(suite, batch, lines, 3)).replace("\"index\":3", "\"index\":4").getBytes(StandardCharsets.UTF_8), body}}) {
      assertThat(open(world.answer(question, source("answered", 1, "city"), wrong), world.trust, question).sources())
          .singleElement().returns(Unproved.NOT_SIGNED.status(), Source::status).returns(List.of(), Source::records);
    }
  }

  private static byte[] proof(Suite suite, SealedBatch batch, List<byte[]> lines, int index) {
    String line = Json.quote(new StringBuilder(), new String(lines.get(index), StandardCharsets.UTF_8)).toString();
    String path = Tree.path(suite, lines, index).stream().map(hash -> '"' + Suite.hex(hash) + '"').collect(Collectors.joining(",", "[", "]"));
    return ("{\"header\":\"" + Base64.getEncoder().encodeToString(batch.cms()) + "\",\"line\":" + line + ",\"index\":" + index
        + ",\"entries\":" + lines.size() + ",\"path\":" + path + "}").getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void an_answer_that_is_not_the_citys_or_not_whole_is_refused(Suite suite) {
    World world = new World(suite);
    SignedRequest question = world.asked();
    byte[] good = world.answer(question, source("timeout", 0, "hospital"));
    assertThatThrownBy(() -> open(Arrays.copyOf(good, good.length - 1), world.trust, question)).isInstanceOf(SealRefused.class);
    assertThatThrownBy(() -> open(Arrays.copyOf(good, good.length + 4), world.trust, question)).isInstanceOf(SealRefused.class);
    SignedRequest another = SignedRequest.sign(new LookupRequest(UUID.randomUUID(), "H-0105/main", "0f".repeat(16), AT, AT.plusSeconds(60),
        request().requester(), request().patient(), request().scope(), Purpose.TREATMENT, request().doctor(), request().consent()), world.asker.signer());
    assertThatThrownBy(() -> open(good, world.trust, another)).isInstanceOf(SealRefused.class);
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void an_inquiry_is_the_citys_and_for_this_gateway(Suite suite) {
    World world = new World(suite);
    SignedRequest question = world.asked();
    byte[] cms = world.city.signer().sign(("{\"v\":1,\"rid\":\"" + question.request().rid() + "\",\"feed\":\"H-0104/main\",\"iat\":"
        + "\"2026-11-28T10:00:00.000+08:00\",\"due\":\"2026-11-28T10:00:08.000+08:00\",\"request\":\""
        + Base64.getEncoder().encodeToString(question.cms()) + "\"}").getBytes(StandardCharsets.UTF_8));
    Inquiry inquiry = Inquiry.open(cms, suite, world.trust.lookupCertificates(), "H-0104/main");
    assertThat(SignedRequest.open(inquiry.request(), suite, List.of(world.asker.certificate())).request()).isEqualTo(request());
    assertThatThrownBy(() -> Inquiry.open(cms, suite, world.trust.lookupCertificates(), "H-0106/main"))
        .isInstanceOfSatisfying(SealRefused.class, refused -> assertThat(refused.code()).isEqualTo("lookup.other-feed"));
    assertThatThrownBy(() -> Inquiry.open(cms, suite, List.of(world.asker.certificate()), "H-0104/main")).isInstanceOf(SealRefused.class);
  }
}
