package io.emrgateway.agent.cli;

import io.emrgateway.agent.audit.Deed;
import io.emrgateway.agent.control.Line;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Iterator;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Who did what when; of patients nothing. */
@Command(name = "list", description = "列出审计记录：谁在何时做了什么（不含患者信息） / list who did what when, without patients")
final class AuditList extends Listing {
  private static final ZoneOffset CHINA = ZoneOffset.ofHours(8);

  @Option(names = "--since", paramLabel = "DAY", description = "起始日 YYYY-MM-DD（北京时间，含当日） / from that day, in +08:00")
  LocalDate since = LocalDate.EPOCH;

  @Option(names = "--until", paramLabel = "DAY", description = "截止日（含当日） / to that day, included")
  LocalDate until = LocalDate.of(9999, 12, 30);

  @Option(names = "--act", paramLabel = "ACT",
      completionCandidates = Acts.class, converter = Acts.class,
      description = "只列一种 / only one kind: ${COMPLETION-CANDIDATES}")
  String act = "-";

  @Option(names = "--practitioner", paramLabel = "NUMBER", description = "只列该工号的医生 / only of the doctor with that staff number")
  String practitioner = "-";

  @Option(names = "--json", description = "每行一个 JSON 对象 / one JSON object a line")
  boolean json;

  /** Every kind there is. */
  static final class Acts implements Iterable<String>, ITypeConverter<String> {
    @Override
    public Iterator<String> iterator() {
      return Deed.words().iterator();
    }

    @Override
    public String convert(String word) {
      if (!Deed.words().contains(word)) {
        throw new TypeConversionException("");
      }
      return word;
    }
  }

  AuditList() {
    super("audit-list");
  }

  @Override
  String more() {
    return " " + start(since) + " " + start(until.plusDays(1)) + " " + word(act) + " " + word(practitioner);
  }

  private static long start(LocalDate day) {
    return day.atStartOfDay().toInstant(CHINA).toEpochMilli();
  }

  private static String word(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  void print(String line) {
    System.out.println(json ? line : words(Line.read(line)));
  }

  /** {@code 2026-11-28 10:00 +08:00 #12 ask H-0104 心血管内科 李明 (D1001): XY-2026-7 …}. */
  static String words(Map<String, String> one) {
    StringBuilder words = new StringBuilder(Reports.time(one.get("at"))).append(" #").append(one.get("k")).append(' ').append(one.get("act"));
    if (one.containsKey("practitioner")) {
      words.append("  ").append(one.get("org")).append(' ').append(one.get("department")).append(' ').append(one.get("name"))
          .append(" (").append(one.get("practitioner")).append(")  ")
          .append("emergency".equals(one.get("purpose")) ? "紧急 emergency" : "授权 consent " + one.getOrDefault("consent", "-"));
    }
    for (String more : new String[] {"encounter", "reason", "second", "secondName", "outcome", "became", "answeredBy", "sources", "detail", "by"}) {
      if (one.containsKey(more)) {
        words.append("  ").append(more).append(": ").append(one.get(more));
      }
    }
    return words.toString();
  }
}
