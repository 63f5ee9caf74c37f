package io.emrgateway.agent.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emrgateway.agent.seal.SealRefused.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.YearMonth;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A payload at rest")
class AtRestTest {
  private static final YearMonth NOVEMBER = YearMonth.of(2026, 11);
  private static final byte[] PLAIN = "MSH|^~\\&|合成|".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;

  private MasterKey master(String name) {
    return MasterKey.create(folder.resolve(name));
  }

  private static void broken(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOfSatisfying(SealRefused.class,
        refused -> assertThat(refused.reason()).isIn(Reason.AT_REST_BROKEN, Reason.AT_REST_VERSION));
  }

  @ParameterizedTest
  @EnumSource
  void opens_where_it_was_sealed(Suite suite) {
    AtRest atRest = new AtRest(suite);
    DataKey key = new DataKeys(atRest, master("m")).make(NOVEMBER);
    for (int length : new int[] {0, 1, 15, 16, 17, 1000, 70_000}) {
      byte[] plain = Arrays.copyOf(PLAIN, length);
      byte[] sealed = atRest.seal(key, 42, 7, plain);
      assertThat(sealed).hasSize(length + AtRest.OVERHEAD_BYTES);
      assertThat(atRest.open(key, 42, 7, sealed)).isEqualTo(plain);
    }
  }

  @ParameterizedTest
  @EnumSource
  void does_not_open_with_any_bit_changed_or_any_byte_missing(Suite suite) {
    AtRest atRest = new AtRest(suite);
    DataKey key = new DataKeys(atRest, master("m")).make(NOVEMBER);
    byte[] sealed = atRest.seal(key, 42, 7, PLAIN);
    for (int at = 0; at < 8 * sealed.length; at++) {
      byte[] changed = sealed.clone();
      changed[at / 8] ^= (byte) (1 << at % 8);
      broken(() -> atRest.open(key, 42, 7, changed));
    }
    for (int length = 0; length < sealed.length; length++) {
      byte[] cut = Arrays.copyOf(sealed, length);
      broken(() -> atRest.open(key, 42, 7, cut));
    }
  }

  @ParameterizedTest
  @EnumSource
  void does_not_open_in_another_row_or_for_another_purpose(Suite suite) {
    AtRest atRest = new AtRest(suite);
    DataKey key = new DataKeys(atRest, master("m")).make(NOVEMBER);
    byte[] sealed = atRest.seal(key, 42, 7, PLAIN);
    broken(() -> atRest.open(key, 43, 7, sealed));
    broken(() -> atRest.open(key, 42, 8, sealed));
    broken(() -> atRest.open(key, 7, 42, sealed));
  }

  @ParameterizedTest
  @EnumSource
  void does_not_open_with_another_month_s_key(Suite suite) {
    AtRest atRest = new AtRest(suite);
    DataKeys keys = new DataKeys(atRest, master("m"));
    byte[] sealed = atRest.seal(keys.make(NOVEMBER), 42, 7, PLAIN);
    broken(() -> atRest.open(keys.make(NOVEMBER.plusMonths(1)), 42, 7, sealed));
    broken(() -> atRest.open(keys.make(NOVEMBER), 42, 7, sealed));
  }

  /** After a restore a row number comes twice: the two must not share a key stream. */
  @ParameterizedTest
  @EnumSource
  void shares_nothing_with_another_sealed_for_the_same_row(Suite suite) {
    AtRest atRest = new AtRest(suite);
    DataKey key = new DataKeys(atRest, master("m")).make(NOVEMBER);
    byte[] zeros = new byte[64];
    byte[] one = atRest.seal(key, 42, 7, zeros);
    byte[] two = atRest.seal(key, 42, 7, zeros);
    assertThat(Arrays.copyOfRange(one, 17, 81)).isNotEqualTo(Arrays.copyOfRange(two, 17, 81));
    assertThat(Arrays.copyOfRange(one, 1, 17)).isNotEqualTo(Arrays.copyOfRange(two, 1, 17));
  }

  /** The layout is a promise to every later version: opened here by the JDK alone, from its description. */
  @Test
  void of_intl_is_laid_out_as_described() throws Exception {
    AtRest atRest = new AtRest(Suite.INTL);
    DataKey key = new DataKeys(atRest, master("m")).make(NOVEMBER);
    byte[] sealed = atRest.seal(key, 0x0102030405060708L, 7, PLAIN);
    byte[] place = {0, 0, 0, 7, 1, 2, 3, 4, 5, 6, 7, 8};
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key.bytes(), "HmacSHA256"));
    mac.update(sealed, 1, 16);
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(mac.doFinal(place), "AES"), new GCMParameterSpec(128, new byte[12]));
    cipher.updateAAD(place);
    assertThat(sealed[0]).isEqualTo((byte) 1);
    assertThat(cipher.doFinal(sealed, 17, sealed.length - 17)).isEqualTo(PLAIN);
  }

  @ParameterizedTest
  @EnumSource
  void survives_many_threads(Suite suite) {
    AtRest atRest = new AtRest(suite);
    DataKey key = new DataKeys(atRest, master("m")).make(NOVEMBER);
    var wrong = new ConcurrentLinkedQueue<Integer>();
    IntStream.range(0, 2_000).parallel().forEach(row -> {
      byte[] plain = new byte[row % 300];
      Arrays.fill(plain, (byte) row);
      if (!Arrays.equals(plain, atRest.open(key, row, 1, atRest.seal(key, row, 1, plain)))) {
        wrong.add(row);
      }
    });
    assertThat(wrong).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void opens_after_its_key_was_wrapped_and_the_gateway_started_again(Suite suite) {
    AtRest atRest = new AtRest(suite);
    Path file = folder.resolve("master.key");
    DataKeys.Wrapped wrapped;
    byte[] sealed;
    try (MasterKey master = MasterKey.create(file)) {
      DataKeys keys = new DataKeys(atRest, master);
      DataKey key = keys.make(NOVEMBER);
      wrapped = keys.wrap(key);
      sealed = atRest.seal(key, 1, 1, PLAIN);
      key.close();
    }
    DataKey again = new DataKeys(new AtRest(suite), MasterKey.load(file)).unwrap(wrapped);
    assertThat(again.month()).isEqualTo(NOVEMBER);
    assertThat(new AtRest(suite).open(again, 1, 1, sealed)).isEqualTo(PLAIN);
  }

  @ParameterizedTest
  @EnumSource
  void stays_closed_when_its_wrapped_key_is_another_month_s_or_master_s(Suite suite) {
    AtRest atRest = new AtRest(suite);
    DataKeys keys = new DataKeys(atRest, master("one"));
    DataKeys.Wrapped wrapped = keys.wrap(keys.make(NOVEMBER));
    broken(() -> keys.unwrap(new DataKeys.Wrapped(NOVEMBER.plusMonths(1), wrapped.id(), wrapped.bytes())));
    broken(() -> keys.unwrap(new DataKeys.Wrapped(NOVEMBER, "0".repeat(16), wrapped.bytes())));
    broken(() -> new DataKeys(atRest, master("two")).unwrap(wrapped));
    byte[] changed = wrapped.bytes().clone();
    changed[20] ^= 1;
    broken(() -> keys.unwrap(new DataKeys.Wrapped(NOVEMBER, wrapped.id(), changed)));
  }

  @Test
  void has_a_master_key_file_that_only_its_owner_reads_and_nobody_overwrites() throws Exception {
    Path file = folder.resolve("master.key");
    MasterKey.create(file).close();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
    assertThat(file).hasSize(32);
    assertThatThrownBy(() -> MasterKey.create(file)).isInstanceOfSatisfying(SealRefused.class,
        refused -> assertThat(refused.reason()).isEqualTo(Reason.KEY_FILE_EXISTS));
    for (String mode : List.of("rw-r-----", "rw----r--", "rw--w----", "rw-----w-", "rwx--x---")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
      assertThatThrownBy(() -> MasterKey.load(file)).as(mode).isInstanceOfSatisfying(SealRefused.class,
          refused -> assertThat(refused.reason()).isEqualTo(Reason.KEY_FILE_OPEN_TO_OTHERS));
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
    MasterKey.load(file).close();
  }

  @Test
  void has_a_master_key_of_32_bytes_or_none() throws Exception {
    for (int length : new int[] {0, 31, 33}) {
      Path file = Files.write(folder.resolve("k" + length), new byte[length]);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      assertThatThrownBy(() -> MasterKey.load(file)).isInstanceOfSatisfying(SealRefused.class,
          refused -> assertThat(refused.reason()).isEqualTo(Reason.KEY_FILE_CONTENT));
    }
  }

  @Test
  void is_never_sealed_under_a_key_that_was_closed() {
    AtRest atRest = new AtRest(Suite.INTL);
    MasterKey master = master("m");
    DataKeys keys = new DataKeys(atRest, master);
    DataKey key = keys.make(NOVEMBER);
    key.close();
    assertThatThrownBy(() -> atRest.seal(key, 1, 1, PLAIN)).isInstanceOf(IllegalStateException.class);
    DataKey open = keys.make(NOVEMBER);
    master.close();
    assertThatThrownBy(() -> keys.wrap(open)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shows_nothing_secret_to_a_log() throws Exception {
    Path file = folder.resolve("master.key");
    MasterKey master = MasterKey.create(file);
    DataKeys keys = new DataKeys(new AtRest(Suite.INTL), master);
    DataKey key = keys.make(NOVEMBER);
    String said = master + " " + key + " " + keys.wrap(key) + " "
        + Batches.held(Suite.INTL, 1, 1, "张三".getBytes(StandardCharsets.UTF_8))
        + new SealRefused(Reason.AT_REST_BROKEN, "purpose 1 row 2");
    assertThat(said).doesNotContain(Suite.hex(Files.readAllBytes(file)), Suite.hex(key.bytes()), "张三", "io.emrgateway",
        Arrays.toString(key.bytes()));
  }
}
