package io.emrgateway.routes.core.lookup;

import io.emrgateway.routes.core.lookup.KeepConsent.Offer;
import io.emrgateway.routes.core.lookup.LookupRequest.Sought;
import io.emrgateway.routes.core.records.Identifier;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The text that is shown to whoever signs at the gateway's page; a hospital may have its own. It says who signs for whom,
 * for which records, whom it allows and until when: a text that leaves one of these out is not used.
 *
 * <p>UTF-8; the first line ends with {@code Version: } and the version; values stand as {@code {patient}}.
 */
public final class Agreement {
  /** Octets of the text. */
  public static final int BYTES_MAX = 64 << 10;

  private static final Pattern VERSION = Pattern.compile(".*Version: (\\S.{0,99})");
  private static final Pattern VALUE = Pattern.compile("\\{([a-z]*)}");
  private static final Set<String> NEEDED = Set.of("patient", "signer", "hospital", "sections", "from", "until");
  private static final Set<String> KNOWN = Set.of("patient", "signer", "hospital", "sections", "from", "until", "reference");
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm").withZone(ZoneOffset.ofHours(8));
  private static final int DIGITS_SHOWN = 4;

  private final String template;
  private final String version;

  private Agreement(String template, String version) {
    this.template = template;
    this.version = version;
  }

  /** A text that cannot be used, and why. */
  public static final class Unusable extends Exception {
    private static final long serialVersionUID = 1L;
    private final String textZh;

    Unusable(String textZh, String text) {
      super(text, null, false, false);
      this.textZh = textZh;
    }

    public String textZh() {
      return textZh;
    }
  }

  /** The one that comes with the gateway. */
  public static Agreement shipped() {
    try (InputStream in = Agreement.class.getResourceAsStream("agreement.txt")) {
      return of(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Unusable e) {
      throw new IllegalStateException(e);
    }
  }

  /** A hospital's own. */
  public static Agreement of(byte[] utf8) throws Unusable {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString().replace("\uFEFF", "").replace("\r\n", "\n");
    } catch (CharacterCodingException e) {
      throw new Unusable("不是 UTF-8 文本", "it is no UTF-8 text");
    }
    if (utf8.length > BYTES_MAX) {
      throw new Unusable("超过 64 KiB", "it is larger than 64 KiB");
    }
    Matcher version = VERSION.matcher(text.lines().findFirst().orElse("").strip());
    if (!version.matches()) {
      throw new Unusable("第一行没有写明“Version: …”", "its first line does not say \"Version: …\"");
    }
    Set<String> named = VALUE.matcher(text).results().map(one -> one.group(1)).collect(Collectors.toCollection(TreeSet::new));
    Set<String> missing = new TreeSet<>(NEEDED);
    missing.removeAll(named);
    named.removeAll(KNOWN);
    if (!missing.isEmpty() || !named.isEmpty()) {
      String which = missing.isEmpty() ? named.iterator().next() : missing.iterator().next();
      throw missing.isEmpty() ? new Unusable("有未知的 {" + which + "}", "it names an unknown {" + which + "}")
          : new Unusable("缺少 {" + which + "}", "it lacks {" + which + "}");
    }
    return new Agreement(text, version.group(1));
  }

  public String version() {
    return version;
  }

  /**
   * What is shown for one consent: patient data.
   *
   * @param hospital this hospital's name
   * @param from when it begins, written out also where it is now
   */
  public String text(Offer offer, Sought patient, String hospital, Instant from) {
    Map<String, String> values = Map.of(
        "patient", patient.name() + "（" + ending(patient.identifiers().get(0)) + "）",
        "signer", offer.guardian() == null ? "患者本人 the patient"
            : "监护人 guardian " + offer.guardian().name() + "（" + offer.guardian().relation() + "）",
        "hospital", hospital, "reference", offer.reference(), "from", TIME.format(from), "until", TIME.format(offer.to()),
        "sections", new TreeSet<>(offer.scope()).stream().map(one -> "· " + words(one)).collect(Collectors.joining("\n")));
    return VALUE.matcher(template).replaceAll(value -> Matcher.quoteReplacement(values.get(value.group(1))));
  }

  /** Enough to know oneself by: a tablet is passed from hand to hand. */
  private static String ending(Identifier number) {
    String value = number.value();
    return "证件尾号 number ending in " + value.substring(Math.max(0, value.length() - DIGITS_SHOWN));
  }

  private static String words(Section section) {
    return switch (section) {
      case VISITS -> "就诊经过 visits";
      case DIAGNOSES -> "诊断 diagnoses";
      case PROCEDURES -> "手术与操作 operations and procedures";
      case MEDICATIONS -> "用药 medications";
      case ALLERGIES -> "过敏 allergies";
      case RESULTS -> "检验检查结果 results";
      case REPORTS -> "报告 reports";
    };
  }
}
