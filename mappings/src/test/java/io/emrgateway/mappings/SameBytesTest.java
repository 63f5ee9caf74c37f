package io.emrgateway.mappings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Guards changes that must not change what is written, e.g. for speed: one hash per own message, over what it and
 * 300 damaged copies of it become at two sites.
 *
 * <p>When rules or engine change the meaning on purpose, the new hashes stand in the failure; raise the mapping's
 * {@code ENGINE} when it was the engine.
 */
@DisplayName("What becomes of our own messages")
class SameBytesTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/bundles.txt");
  private static final Site ODD = new Site("H/医", ZoneOffset.ofHoursMinutes(5, 45), "urn:x:y", "AUTH",
      Map.of("RMYY", "urn:oid:1.2.3", "MR", "http://a.b/c"));
  private static final int COPIES = 300;

  /** What senders get wrong, and what our rules look for. */
  private static final String[] PIECES = {"\"\"", "-", "<5", "1.50", "20240230", "2024-03-18 09:15:00", "199", "A", "^",
      "~", "&", "|", "||", "\\T\\", "\\.br\\", "\\X41\\", "Y", "女", "\u2022", "\uD83D\uDE00", "\u0001",
      "11010519491231002X", "LN", "99X", "HL70203", "1.2.840", "http://a b", "urn:x:1", "NM", "SN", "ED", "CWE", "TX",
      "D", "CA", "202403180915+0800", "5-10", " ", "10^9/L", "!"};

  @Test
  void is_byte_for_byte_what_it_was() throws IOException {
    List<String> now = new ArrayList<>();
    for (Path file : Samples.own()) {
      now.add(file.getFileName() + " " + fingerprint(Samples.text(file), file.getFileName().toString().hashCode()));
    }
    if (Boolean.getBoolean("golden.write")) {
      // A rule was changed on purpose, and somebody has looked at what it changes.
      Files.write(GOLDEN, now);
    }

    assertThat(now).isEqualTo(Files.readAllLines(GOLDEN));
  }

  private static String fingerprint(String text, long seed) {
    MessageDigest digest = sha256();
    add(digest, text, Samples.SITE, true);
    add(digest, text, ODD, true);
    Random random = new Random(seed);
    for (int i = 0; i < COPIES; i++) {
      add(digest, damaged(text, random), i % 4 == 0 ? ODD : Samples.SITE, i % 8 == 0);
    }
    return HexFormat.of().formatHex(digest.digest(), 0, 12);
  }

  private static void add(MessageDigest digest, String text, Site site, boolean unread) {
    Mapped mapped = Samples.MAPPING.map(text, site, "b-1,$x");
    StringBuilder said = new StringBuilder(mapped.messageType() + '\n' + mapped.controlId() + '\n');
    mapped.diagnostics().forEach(d -> said.append(d.code()).append(' ').append(d.place()).append('\n'));
    said.append(unread ? Samples.MAPPING.unreadFields(text, site) : "");
    digest.update(said.toString().getBytes(StandardCharsets.UTF_8));
    digest.update(mapped.converted() ? mapped.bundle() : new byte[0]);
  }

  private static String damaged(String text, Random random) {
    StringBuilder out = new StringBuilder(text);
    for (int n = 1 + random.nextInt(6); n > 0; n--) {
      int at = 8 + random.nextInt(out.length() - 8);
      String piece = PIECES[random.nextInt(PIECES.length)];
      switch (random.nextInt(5)) {
        case 0 -> out.deleteCharAt(at);
        case 1 -> replaceFieldAfter(out, at, piece);
        case 2 -> repeatSegmentAfter(out, at);
        default -> out.insert(at, piece);
      }
    }
    return out.toString();
  }

  private static void replaceFieldAfter(StringBuilder text, int at, String piece) {
    int from = text.indexOf("|", at);
    int to = from < 0 ? -1 : text.indexOf("|", from + 1);
    if (to > 0) {
      text.replace(from + 1, to, piece);
    }
  }

  private static void repeatSegmentAfter(StringBuilder text, int at) {
    int from = text.indexOf("\r", at);
    int to = from < 0 ? -1 : text.indexOf("\r", from + 1);
    if (to > 0) {
      text.insert(to, text.substring(from, to));
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java runtime has SHA-256.", e);
    }
  }
}
