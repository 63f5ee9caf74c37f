package io.emrgateway.agent.seal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("The tree over a batch")
class TreeTest {

  private static List<byte[]> lines(int count) {
    List<byte[]> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lines.add(("{\"i\":" + i + "}").getBytes(StandardCharsets.UTF_8));
    }
    return lines;
  }

  /** RFC 9162 section 2.1.1, word for word: split at the largest power of two below n. */
  private static byte[] mth(Suite suite, List<byte[]> d) {
    if (d.isEmpty()) {
      return suite.hashUntagged();
    }
    if (d.size() == 1) {
      return suite.hashUntagged(new byte[] {0}, d.get(0));
    }
    int k = Integer.highestOneBit(d.size() - 1);
    return suite.hashUntagged(new byte[] {1}, mth(suite, d.subList(0, k)), mth(suite, d.subList(k, d.size())));
  }

  /** RFC 9162 section 2.1.3.1, word for word. */
  private static List<byte[]> path(Suite suite, int m, List<byte[]> d) {
    if (d.size() == 1) {
      return new ArrayList<>();
    }
    int k = Integer.highestOneBit(d.size() - 1);
    List<byte[]> path;
    if (m < k) {
      path = path(suite, m, d.subList(0, k));
      path.add(mth(suite, d.subList(k, d.size())));
    } else {
      path = path(suite, m - k, d.subList(k, d.size()));
      path.add(mth(suite, d.subList(0, k)));
    }
    return path;
  }

  @ParameterizedTest
  @EnumSource
  void has_the_head_that_the_rfc_defines(Suite suite) {
    for (int size = 0; size <= 70; size++) {
      assertThat(Tree.head(suite, lines(size))).as("size %d", size).isEqualTo(mth(suite, lines(size)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void proves_every_line_and_no_other(Suite suite) {
    for (int size = 1; size <= 40; size++) {
      List<byte[]> lines = lines(size);
      byte[] head = Tree.head(suite, lines);
      for (int index = 0; index < size; index++) {
        List<byte[]> path = Tree.path(suite, lines, index);
        assertThat(path).as("%d of %d", index, size).containsExactlyElementsOf(path(suite, index, lines));
        for (int other = 0; other < size; other++) {
          assertThat(Tree.proves(suite, lines.get(other), index, size, path, head)).isEqualTo(other == index);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void proves_nothing_with_a_path_too_short_too_long_or_for_another_place(Suite suite) {
    List<byte[]> lines = lines(7);
    byte[] head = Tree.head(suite, lines);
    List<byte[]> path = Tree.path(suite, lines, 3);
    List<byte[]> longer = new ArrayList<>(path);
    longer.add(head);
    assertThat(Tree.proves(suite, lines.get(3), 3, 7, path.subList(0, path.size() - 1), head)).isFalse();
    assertThat(Tree.proves(suite, lines.get(3), 3, 7, longer, head)).isFalse();
    assertThat(Tree.proves(suite, lines.get(3), 2, 7, path, head)).isFalse();
    assertThat(Tree.proves(suite, lines.get(3), 7, 7, path, head)).isFalse();
    assertThat(Tree.proves(suite, lines.get(3), -1, 7, path, head)).isFalse();
    assertThat(Tree.proves(suite, lines.get(3), 3, 3, path, head)).isFalse();
  }

  /** SHA-256 of nothing (FIPS 180-4); SM3 of "abc" (GB/T 32905-2016, appendix A.1). */
  @Test
  void is_hashed_by_the_standards() {
    assertThat(Suite.hex(Tree.head(Suite.INTL, List.of())))
        .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assertThat(Suite.hex(Suite.GM.hashUntagged("abc".getBytes(StandardCharsets.US_ASCII))))
        .isEqualTo("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
  }
}
