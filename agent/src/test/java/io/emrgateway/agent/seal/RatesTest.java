package io.emrgateway.agent.seal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.YearMonth;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.Deflater;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Prints what things cost on this machine; run with -Drates=true. Asserts only that the work was done. */
@DisplayName("Sealing costs")
@EnabledIfSystemProperty(named = "rates", matches = "true")
class RatesTest {
  private static final long WARM_NANOS = 1_000_000_000L;
  private static final long RUN_NANOS = 1_500_000_000L;

  @TempDir Path folder;

  private interface Work {
    int run(int round);
  }

  private static void rate(Suite suite, String what, Work work) {
    long sum = run(work, WARM_NANOS)[1];
    long[] result = run(work, RUN_NANOS);
    assertThat(sum).isNotZero();
    System.out.printf(Locale.ROOT, "%-5s %-44s %10.1f us %10.0f /s%n",
        suite.wireName(), what, result[2] / 1e3 / result[0], 1e9 * result[0] / result[2]);
  }

  /** Rounds, a sum that keeps the work from being optimised away, nanoseconds. */
  private static long[] run(Work work, long nanos) {
    long start = System.nanoTime();
    long sum = 0;
    int rounds = 0;
    long spent;
    do {
      sum += work.run(rounds++);
      spent = System.nanoTime() - start;
    } while (spent < nanos);
    return new long[] {rounds, sum, spent};
  }

  private static int deflated(Deflater deflater, byte[] plain, byte[] room) {
    deflater.reset();
    deflater.setInput(plain);
    deflater.finish();
    return deflater.deflate(room);
  }

  @ParameterizedTest
  @EnumSource
  void per_payload_and_per_batch(Suite suite) {
    AtRest atRest = new AtRest(suite);
    DataKey key = new DataKeys(atRest, MasterKey.create(folder.resolve("m" + suite))).make(YearMonth.of(2026, 11));
    byte[] kilobyte = new byte[1024];
    byte[] sealed = atRest.seal(key, 1, 1, kilobyte);
    rate(suite, "seal 1 KB", round -> atRest.seal(key, round, 1, kilobyte).length);
    rate(suite, "open 1 KB", round -> atRest.open(key, 1, 1, sealed).length);
    byte[][] bundles = new byte[64][];
    for (int at = 0; at < bundles.length; at++) {
      bundles[at] = Batches.bundle(at);
    }
    rate(suite, "seal a bundle of " + bundles[0].length + " B", round -> atRest.seal(key, round, 1, bundles[round & 63]).length);
    for (int level = 1; level <= 3; level++) {
      Squeeze squeeze = new Squeeze(level);
      String to = " to " + squeeze.squeeze(bundles[0]).length + " B, level " + level;
      rate(suite, "squeeze" + to, round -> squeeze.squeeze(bundles[round & 63]).length);
      rate(suite, "squeeze and seal" + to, round -> atRest.seal(key, round, 1, squeeze.squeeze(bundles[round & 63])).length);
    }
    Deflater plain = new Deflater(2, true);
    byte[] room = new byte[8192];
    rate(suite, "deflate without a dictionary to " + deflated(plain, bundles[0], room) + " B, level 2",
        round -> deflated(plain, bundles[round & 63], room));
    byte[] short1 = Arrays.copyOf(bundles[0], 1000);
    System.out.printf("%-5s of 1000 B: %d B with the dictionary, %d B without%n", suite.wireName(),
        new Squeeze(2).squeeze(short1).length, deflated(plain, short1, room));
    Squeeze squeeze = new Squeeze(1);
    byte[] small = squeeze.squeeze(bundles[0]);
    rate(suite, "unsqueeze", round -> squeeze.unsqueeze(small).length);

    Keys.Issued feed = new Keys(suite).forFeed(Batches.FEED);
    Path file = Keys.pkcs12(folder.resolve("s" + suite), feed.pair(), feed.x509(), "rw-------");
    long start = System.nanoTime();
    FileSigner signer = FileSigner.open(file, Keys.PASSWORD, Keys.CLOCK);
    System.out.printf("%-5s open the key file: %d ms%n", suite.wireName(), (System.nanoTime() - start) / 1_000_000);
    byte[] content = new byte[800];
    byte[] cms = signer.sign(content);
    rate(suite, "sign a header of 800 B, " + cms.length + " B of CMS", round -> signer.sign(content).length);
    rate(suite, "open it", round -> StrictCms.open(cms, suite, List.of(feed.certificate())).length);
    BatchSealer sealer = new BatchSealer(signer);
    List<Input> inputs = Batches.heldInputs(suite, 256, bundles[0]);
    rate(suite, "batch of 256 entries of " + bundles[0].length + " B",
        round -> sealer.seal(Batches.data(1, 1, 256), inputs).entries().length);
  }
}
