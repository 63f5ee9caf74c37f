package io.emrgateway.city;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The proof of one record")
class ProofTest {
  @TempDir Path dir;

  /** How: RFC 9162, 2.1.3.2, over trees of every size up to 33 and the largest, every leaf of each. */
  @ParameterizedTest
  @ValueSource(strings = {"intl", "gm"})
  void leads_from_any_line_to_the_root_and_from_no_other(String suite) throws Exception {
    try (Trial trial = new Trial(dir, suite)) {
      List<byte[]> lines = new ArrayList<>();
      for (int size = 1; size <= 256; size++) {
        lines.add(("{\"i\":" + size + "}").getBytes(StandardCharsets.UTF_8));
        if (size <= 33 || size == 256) {
          String root = HexFormat.of().formatHex(Tree.root(Suite.named(suite), lines));
          for (int index = 0; index < size; index++) {
            List<byte[]> path = Tree.path(Suite.named(suite), lines, index);
            String line = new String(lines.get(index), StandardCharsets.UTF_8);
            assertThat(Proven.root(trial.gateway, line, index, size, path)).isEqualTo(root);
            assertThat(Proven.root(trial.gateway, line + " ", index, size, path)).isNotEqualTo(root);
            if (size > 1) {
              int beside = (index + 1) % size;
              assertThat(Proven.root(trial.gateway, line, beside, size, path)).isNotEqualTo(root);
            }
          }
        }
      }
    }
  }
}
