package io.emrgateway.agent.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.agent.seal.Header.Audit;
import io.emrgateway.agent.seal.Header.Kind;
import io.emrgateway.agent.seal.Header.Last;
import io.emrgateway.agent.seal.Header.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Writes the feed that tests/conformance keeps as golden files: run with
 * {@code -Dgolden=tests/conformance/src/test/resources/golden} (absolute) to write it anew, which is only
 * right when the contract has changed.
 */
@DisplayName("A whole feed")
class GoldenExportTest {
  @TempDir Path folder;

  private Suite suite;
  private Path out;
  private Keys.Issued city;
  private FileSigner signer;
  private long epoch = 1;
  private long seq = 1;
  private String prev = Suite.ZERO_HASH;
  private Last last = Last.NONE;
  private long iNext = 1;
  private long nNext = 1;

  @ParameterizedTest
  @EnumSource
  void is_sealed_and_settled_from_the_first_batch_over_rotation_and_restore(Suite suite) throws IOException {
    this.suite = suite;
    String golden = System.getProperty("golden");
    out = Files.createDirectories((golden == null ? folder : Path.of(golden)).resolve(suite.wireName()));
    Keys keys = new Keys(suite);
    Keys.Issued feed = keys.forFeed(Batches.FEED);
    Keys.Issued renewed = keys.forFeed(Batches.FEED);
    city = keys.forCity("receipts");
    signer = feed.signer();

    send(Kind.DATA, List.of(held(1, 1), Input.explained(2, "quarantined"), held(3, 2)), 3, Optional.empty(), Optional.empty());
    send(Kind.HEARTBEAT, List.of(), 0, Optional.empty(), Optional.empty());
    send(Kind.DATA, List.of(Input.explained(4, "duplicate-of:3"), held(5, 3), Input.explained(6, "filtered:no-a60"), held(2, 4)),
        3, Optional.empty(), Optional.empty());
    send(Kind.ROTATE, List.of(), 0, Optional.empty(), Optional.of(renewed.certificate()));
    signer = renewed.signer();
    send(Kind.DATA, List.of(held(7, 5), Input.explained(8, "quarantined")), 2, Optional.empty(), Optional.empty());
    epoch = 2;
    send(Kind.RESYNC, List.of(), 0, Optional.of(new Header.Restore(Optional.of(Batches.TIME), Suite.ZERO_HASH, new Range(8, 8))),
        Optional.empty());
    send(Kind.DATA, List.of(held(9, 6)), 1, Optional.empty(), Optional.empty());
    assertThat(last.seq()).isEqualTo(7);

    Files.writeString(out.resolve("signing.pem"), pem(feed) + pem(renewed));
    Files.writeString(out.resolve("receipt.pem"), pem(city));
  }

  private Input.Held held(long i, long n) {
    byte[] body = ("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"identifier\":{\"value\":\"合成-" + i + "\"}}")
        .getBytes(StandardCharsets.UTF_8);
    return Batches.held(suite, i, n, body);
  }

  private void send(
      Kind kind, List<Input> inputs, int own, Optional<Header.Restore> restore, Optional<Certificate> fresh)
      throws IOException {
    Audit audit = new Audit(seq, Suite.hex(suite.hash(Suite.TAG_AUDIT, new byte[] {(byte) seq})));
    SealedBatch batch = new BatchSealer(signer).seal(
        new BatchSealer.Context(Batches.FEED, epoch, seq, prev, kind, Batches.TIME.plusSeconds(seq), "1.4.2", Batches.CONFIG,
            iNext, own == 0 ? List.of() : List.of(new Source("his-adt", own)), nNext, audit, last, restore, fresh),
        inputs);
    iNext = batch.header().in().last() + 1;
    nNext = batch.header().n().last() + 1;
    prev = batch.hh();
    String ch = suite.cityHead(last.ch(), batch.hh());
    String json = "{\"v\":1,\"feed\":\"" + Batches.FEED + "\",\"epoch\":" + epoch + ",\"seq\":" + seq + ",\"hh\":\"" + batch.hh()
        + "\",\"n\":[" + batch.header().n().first() + "," + batch.header().n().last() + "],\"in\":" + (iNext - 1)
        + ",\"audit\":{\"n\":" + audit.n() + ",\"head\":\"" + audit.head() + "\"},\"prevCh\":\"" + last.ch() + "\",\"ch\":\"" + ch
        + "\",\"t\":\"2026-11-22T17:41:00.000+08:00\",\"status\":\"held\"}";
    byte[] cms = city.signer().sign(json.getBytes(StandardCharsets.UTF_8));
    Receipt receipt = Receipt.open(cms, suite, List.of(city.certificate()));
    receipt.requireSettles(new Receipt.Sent(Batches.FEED, epoch, seq, batch.hh(), batch.header().n(),
        batch.header().in().last(), audit, last.ch()));
    last = new Last(seq, receipt.ch());
    Files.write(out.resolve(epoch + "-" + seq + ".batch"), Batches.request(batch, false).bytes());
    Files.write(out.resolve(epoch + "-" + seq + ".receipt"), cms);
    seq++;
  }

  private static String pem(Keys.Issued issued) {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(issued.certificate().der())
        + "\n-----END CERTIFICATE-----\n";
  }
}
