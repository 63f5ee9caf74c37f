package io.emrgateway.routes.camel;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.routes.core.reminders.Reminder;
import io.emrgateway.routes.core.reminders.Rule;
import io.emrgateway.routes.core.reminders.Severity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How: each labelled case is told by HL7 v2 messages of another hospital, mapped, found, cut to the window and read, and its
 * order is a CDS Hooks draft. What is said is compared with the label; figures and every miss go to {@code target/reminders.md}.
 */
@DisplayName("Of the labelled cases, reminders")
class LabelledRemindersTest {
  private static final double SENSITIVITY = 0.98;
  private static final double PRECISION = 0.95;

  /** Of one kind of reminder. */
  private static final class Count {
    int right;
    int missed;
    int tooMuch;
    int silent;

    double recall() {
      return right + missed == 0 ? 1 : (double) right / (right + missed);
    }

    double precision() {
      return right + tooMuch == 0 ? 1 : (double) right / (right + tooMuch);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"labelled", "heldout", "heldout-2"})
  void find_what_is_dangerous_and_keep_quiet_otherwise(String set) throws IOException {
    Map<String, Count> counts = new LinkedHashMap<>();
    List<String> wrong = new ArrayList<>();
    int cases = 0;
    for (String line : text("/reminders/" + set + ".tsv").split("\n")) {
      if (line.startsWith("#") || line.isBlank()) {
        continue;
      }
      cases++;
      String[] f = line.split("\t", -1);
      String said = said(Ward.of(f[2]).reminders(f[3]));
      String expected = f[4].equals("-") ? "" : f[4];
      if (!said.equals(expected)) {
        wrong.add("| " + f[0] + " | " + f[2] + " | " + f[3] + " | " + (expected.isEmpty() ? "-" : expected) + " | " + (said.isEmpty() ? "-" : said) + " | " + f[5] + " |");
      }
      for (String kind : List.of("A", "D", "T")) {
        Count count = counts.computeIfAbsent(kind, name -> new Count());
        count(count, expected.toUpperCase(Locale.ROOT).contains(kind), said.toUpperCase(Locale.ROOT).contains(kind));
      }
      count(counts.computeIfAbsent("dangerous (interrupting)", name -> new Count()), expected.contains("!"), said.contains("!"));
    }
    write(set, cases, counts, wrong);
    assertThat(cases).isGreaterThan(100);
    assertThat(counts.get("dangerous (interrupting)").recall()).as("sensitivity on dangerous pairs").isGreaterThanOrEqualTo(SENSITIVITY);
    counts.forEach((kind, count) -> assertThat(count.precision()).as("precision of " + kind).isGreaterThanOrEqualTo(PRECISION));
  }

  private static void count(Count count, boolean expected, boolean said) {
    if (expected && said) {
      count.right++;
    } else if (expected) {
      count.missed++;
    } else if (said) {
      count.tooMuch++;
    } else {
      count.silent++;
    }
  }

  private static String said(List<Reminder> reminders) {
    TreeSet<String> said = new TreeSet<>();
    for (Reminder one : reminders) {
      String kind = one.rule().isOfAllergy() ? "A" : one.rule() == Rule.DRUG_REPEATED ? "D" : "T";
      said.add(one.severity() == Severity.CRITICAL ? kind + "!" : one.severity() == Severity.INFO ? kind.toLowerCase() : kind);
    }
    return String.join(",", said);
  }

  private static void write(String set, int cases, Map<String, Count> counts, List<String> wrong) throws IOException {
    StringBuilder out = new StringBuilder("# Reminders: " + set + " (" + cases + " cases)\n\n| kind | right | missed | too much | silent | recall | precision |\n| --- | --- | --- | --- | --- | --- | --- |\n");
    counts.forEach((kind, one) -> out.append(String.format("| %s | %d | %d | %d | %d | %.3f | %.3f |%n", kind, one.right, one.missed, one.tooMuch, one.silent,
        one.recall(), one.precision())));
    out.append("\nNot as labelled: ").append(wrong.size()).append("\n\n| case | facts | order | expected | said | why |\n| --- | --- | --- | --- | --- | --- |\n");
    wrong.forEach(one -> out.append(one).append('\n'));
    Files.writeString(Path.of("target", "reminders-" + set + ".md"), out);
  }

  static String text(String resource) throws IOException {
    try (InputStream in = LabelledRemindersTest.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
