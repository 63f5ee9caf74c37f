package io.emrgateway.agent.his;

import io.emrgateway.routes.core.lookup.Section;
import io.emrgateway.routes.core.reminders.Facts.Allergy;
import io.emrgateway.routes.core.reminders.Facts.Origin;
import io.emrgateway.routes.core.reminders.OverrideReason;
import io.emrgateway.routes.core.reminders.Remind;
import io.emrgateway.routes.core.reminders.Remind.Answer;
import io.emrgateway.routes.core.reminders.Reminder;
import io.emrgateway.routes.core.reminders.Reminder.Ground;
import io.emrgateway.routes.core.reminders.Rule;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reminders as CDS Hooks 2.0 cards: Chinese first, English below, each with its rule, its grounds and where they stand. */
final class Cards {
  static final String RULES = "urn:emr-gateway:codes:reminder-rule";
  static final String REASONS = "urn:emr-gateway:codes:override-reason";
  private static final int SUMMARY_MAX = 139;
  private static final ZoneOffset BEIJING = ZoneOffset.ofHours(8);
  private static final DateTimeFormatter DAY = DateTimeFormatter.ISO_LOCAL_DATE;
  /** What a record says is shown as it is written, and is no mark-up of the card's. */
  private static final Pattern MARKUP = Pattern.compile("([\\\\`*_{}\\[\\]<>#+!|~])");

  private final UnaryOperator<String> nameOf;

  /** @param nameOf a hospital's name by its number */
  Cards(UnaryOperator<String> nameOf) {
    this.nameOf = nameOf;
  }

  /** Of an order: each reminder, and at the end what is missing. */
  JsonObject ofOrders(Answer answer) {
    JsonArray cards = new JsonArray();
    answer.reminders().forEach(one -> cards.add(card(one)));
    missing(answer).ifPresent(cards::add);
    notAgreed(answer).ifPresent(cards::add);
    return new JsonObject().put("cards", cards);
  }

  /** On opening a patient: the allergies, and what is missing. */
  JsonObject ofPatient(Answer answer) {
    JsonArray cards = new JsonArray();
    List<Allergy> standing = answer.facts().allergies().stream().filter(Allergy::stands).toList();
    if (!standing.isEmpty()) {
      String names = standing.stream().map(one -> one.origin().name()).distinct().collect(Collectors.joining("、"));
      String lines = standing.stream().map(one -> "- " + text(one.origin().name()) + (one.reaction().isEmpty() ? "" : "，反应 reaction: " + text(one.reaction()))
          + "（" + where(one.origin()) + "）").collect(Collectors.joining("\n"));
      cards.add(info("过敏史：" + names, lines + "\n\nKnown allergies, by hospital."));
    }
    missing(answer).ifPresent(cards::add);
    notAgreed(answer).ifPresent(cards::add);
    return new JsonObject().put("cards", cards);
  }

  private JsonObject card(Reminder reminder) {
    String zh = reminder.grounds().stream().map(one -> "- " + text(one.zh()) + "（" + where(one.origin()) + "）").collect(Collectors.joining("\n"));
    String en = reminder.grounds().stream().map((Ground one) -> "- " + text(one.en())).collect(Collectors.joining("\n"));
    JsonArray reasons = new JsonArray();
    OverrideReason.of(reminder.rule()).forEach(one ->
        reasons.add(new JsonObject().put("code", one.code()).put("system", REASONS).put("display", one.zh() + " / " + one.en())));
    return new JsonObject().put("uuid", number(reminder.rule()).toString()).put("summary", cut(reminder.zh()))
        .put("detail", "**" + reminder.rule().zh() + "**\n\n" + zh + "\n\n" + text(reminder.en()) + "\n\n" + en)
        .put("indicator", reminder.severity().name().toLowerCase(Locale.ROOT))
        .put("source", source(reminder.rule()))
        .put("overrideReasons", reasons);
  }

  private static JsonObject source(Rule rule) {
    return new JsonObject().put("label", "EMR Gateway 提醒 " + rule.code())
        .put("topic", new JsonObject().put("system", RULES).put("code", rule.code()).put("display", rule.zh() + " / " + rule.en()));
  }

  private static String where(Origin origin) {
    return text(origin.hospital()) + (origin.at() == null ? "" : " " + DAY.format(origin.at().atOffset(BEIJING)))
        + (origin.code().isEmpty() || origin.code().equals(origin.name()) ? "" : "，原编码 code " + text(origin.code()));
  }

  private Optional<JsonObject> missing(Answer answer) {
    String names = answer.missing().stream().map(nameOf).map(Cards::text).collect(Collectors.joining("、"));
    Remind.Elsewhere elsewhere = answer.elsewhere();
    return switch (elsewhere) {
      case THERE -> names.isEmpty() ? Optional.empty()
          : Optional.of(info("部分医院的记录未计入，提醒可能不全", "没有可用的答复 no usable answer: " + names + "\n\nSome hospitals have given no usable answer; reminders may be incomplete."));
      case IN_PART -> Optional.of(info(elsewhere.zh(), "尚未答复 not yet: " + names + "\n\n" + elsewhere.en()));
      case NOT_YET -> Optional.of(info(elsewhere.zh(), elsewhere.en()));
      case NO_CONSENT -> Optional.of(info(elsewhere.zh(),
          "取得患者授权，一分钟后重新打开患者。\n\n" + elsewhere.en() + " Obtain the consent, and open the patient again a minute later."));
      case DENIED -> Optional.of(info(elsewhere.zh(), denied(answer.code()) + "\n\n" + elsewhere.en()));
      case FAILED -> Optional.of(info(elsewhere.zh(), "代码 code: " + answer.code() + "\n\n" + elsewhere.en()));
    };
  }

  private static String denied(String code) {
    return io.emrgateway.routes.core.lookup.Rule.of(code)
        .map(rule -> text(rule.textZh() + "。" + rule.remedyZh() + "。") + "\n\n" + text(rule.text() + ". " + rule.remedy() + ".")).orElse("代码 code: " + text(code));
  }

  private static Optional<JsonObject> notAgreed(Answer answer) {
    return answer.notAgreed().isEmpty() ? Optional.empty()
        : Optional.of(info("患者未授权调阅外院的" + Section.zh(answer.notAgreed()) + "，这部分只按本院记录提醒",
            "请患者扩大授权，一分钟后重新打开患者。\n\nThe patient has not agreed to: " + Section.wireNames(answer.notAgreed())
                + ". Of these, only this hospital's own records count. Obtain a wider consent, and open the patient again a minute later."));
  }

  private static JsonObject info(String summary, String detail) {
    return new JsonObject().put("uuid", UUID.randomUUID().toString()).put("summary", cut(summary)).put("detail", detail).put("indicator", "info")
        .put("source", new JsonObject().put("label", "EMR Gateway 提醒"));
  }

  private static String cut(String summary) {
    return summary.codePointCount(0, summary.length()) <= SUMMARY_MAX ? summary
        : summary.substring(0, summary.offsetByCodePoints(0, SUMMARY_MAX - 1)) + "…";
  }

  private static String text(String written) {
    return MARKUP.matcher(written.replace('\n', ' ').replace('\r', ' ')).replaceAll("\\\\$1");
  }

  /** A random number that tells its rule (RFC 9562, version 8), so that feedback finds it, after a restart too. */
  static UUID number(Rule rule) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    long most = random.nextLong() & ~0xF000L | 0x8000L;
    long least = random.nextLong() & 0x3FFF_FFFF_FFFF_FF00L | 0x8000_0000_0000_0000L | rule.ordinal();
    return new UUID(most, least);
  }

  /** The rule of a card of ours; empty for any other number. */
  static Optional<Rule> ruleOf(UUID card) {
    int ordinal = (int) (card.getLeastSignificantBits() & 0xFF);
    return card.version() == 8 && ordinal < Rule.values().length ? Optional.of(Rule.values()[ordinal]) : Optional.empty();
  }
}
