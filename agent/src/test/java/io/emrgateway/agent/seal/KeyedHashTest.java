package io.emrgateway.agent.seal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A keyed hash")
class KeyedHashTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void finds_the_same_identifier_again_after_a_restart_and_no_other(Suite suite) {
    Path file = folder.resolve("master.key");
    MasterKey.create(file).close();
    byte[] found = new KeyedHash(suite, MasterKey.load(file)).of("mrn", "SYN0001");
    KeyedHash again = new KeyedHash(suite, MasterKey.load(file));
    assertThat(again.of("mrn", "SYN0001")).isEqualTo(found).hasSize(32);
    assertThat(again.of("mrn", "SYN0002")).isNotEqualTo(found);
    assertThat(again.of("visit", "SYN0001")).isNotEqualTo(found);
    assertThat(again.of("mrnS", "YN0001")).isNotEqualTo(found);
    assertThat(new KeyedHash(suite, MasterKey.create(folder.resolve("other"))).of("mrn", "SYN0001")).isNotEqualTo(found);
  }

  @ParameterizedTest
  @EnumSource
  void links_the_audit_chain_as_the_contract_says(Suite suite) {
    byte[] record = "{}".getBytes(StandardCharsets.UTF_8);
    assertThat(suite.auditLink(Suite.ZERO_HASH, record)).isEqualTo(
        Suite.hex(suite.hashUntagged(new byte[] {5}, new byte[32], suite.hashUntagged(record))));
  }
}
