package io.emrgateway.routes.core.reminders;

import io.emrgateway.routes.core.reminders.Facts.Allergy;
import io.emrgateway.routes.core.reminders.Facts.Result;
import io.emrgateway.routes.core.reminders.Facts.Therapy;
import io.emrgateway.routes.core.reminders.Reminder.Ground;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What an order is reminded of. Of each order at most one reminder for its allergies, one for a repeated drug and one for a
 * repeated test, and at most one that interrupts.
 */
public final class Rules {
  /** Regulation 2007/53 on prescriptions: seven days unless a reason is given; stands in where nobody said how long. */
  private static final int DAYS_UNSAID = 7;
  /** From this supply on it is a chronic patient's, who fetches the next before the last has run out. */
  private static final int CHRONIC_DAYS = 28;
  /** So many days before it runs out a chronic patient's refill is quiet; any other's only on the last day. */
  private static final int REFILL_DAYS = 7;
  private static final int REFILL_DAYS_OTHERWISE = 1;
  private static final int GROUNDS_MAX = 5;
  private static final int SPELT_MIN = 2;
  /** Routes by which little gets into the blood, or only where it is wanted. */
  private static final Set<String> LOCAL_ROUTES = Set.of("topical", "eye", "ear", "nose", "mouth", "rectal", "vaginal");
  private static final Set<String> NEVER_REPEATED = Set.of("carrier", "minor");
  private static final String NARROW = "narrow-margin";
  private static final ZoneOffset BEIJING = ZoneOffset.ofHours(8);
  private static final DateTimeFormatter DAY = DateTimeFormatter.ISO_LOCAL_DATE;

  private Rules() {}

  /**
   * Looks at each order.
   *
   * @param visit number of the visit in which it is ordered, whose own orders repeat nothing; "" when not known
   * @param org the hospital where it is ordered
   */
  public static List<Reminder> reminders(Facts facts, List<Order> orders, String visit, String org, Instant now) {
    List<Reminder> all = new ArrayList<>();
    for (Order order : orders) {
      Optional<Reminder> allergy = allergy(facts, order);
      allergy.ifPresent(all::add);
      boolean interrupted = allergy.filter(one -> one.severity() == Severity.CRITICAL).isPresent();
      repeatedDrug(facts, order, visit, org, now.atOffset(BEIJING).toLocalDate())
          .map(one -> interrupted ? one.spoken(min(one.severity(), Severity.WARNING)) : one).ifPresent(all::add);
      repeatedTest(facts, order, org, now).ifPresent(all::add);
    }
    all.sort(Comparator.comparing(Reminder::severity).reversed());
    return all;
  }

  private static Severity min(Severity a, Severity b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private record Match(Allergy allergy, Rule rule, Severity severity) {}

  private static Optional<Reminder> allergy(Facts facts, Order order) {
    List<Match> matches = new ArrayList<>();
    for (Allergy allergy : facts.allergies()) {
      if (allergy.stands()) {
        match(allergy, order).ifPresent(matches::add);
      }
    }
    if (matches.isEmpty()) {
      return Optional.empty();
    }
    matches.sort(Comparator.comparing(Match::severity).reversed().thenComparing(Match::rule));
    Match first = matches.get(0);
    List<Ground> grounds = matches.stream().limit(GROUNDS_MAX).map(one -> ground(one, facts, order)).toList();
    return Optional.of(new Reminder(order.id(), first.rule(), first.severity(),
        order.name() + "：患者" + first.rule().zh() + "（" + first.allergy().origin().name() + "）",
        order.name() + ": " + first.rule().en() + " (" + first.allergy().origin().name() + ")", grounds));
  }

  private static Optional<Match> match(Allergy allergy, Order order) {
    Map<String, Set<String>> ingredients = order.drug() == null ? Map.of() : order.drug().ingredients();
    boolean named = allergy.unknownName().length() >= SPELT_MIN && order.drug() != null && order.drug().spelt().contains(allergy.unknownName());
    if (named || ingredients.keySet().stream().anyMatch(allergy.substances()::contains)) {
      return Optional.of(new Match(allergy, ingredients.size() > 1 ? Rule.ALLERGY_INGREDIENT : Rule.ALLERGY_SUBSTANCE, loud(allergy, Severity.CRITICAL)));
    }
    Severity loudest = null;
    Set<String> classes = new TreeSet<>(order.agents());
    ingredients.values().forEach(classes::addAll);
    for (String one : classes) {
      Severity severity = allergy.classes().get(one);
      loudest = loudest == null || severity != null && severity.compareTo(loudest) > 0 ? severity : loudest;
    }
    return loudest == null ? Optional.empty()
        : Optional.of(new Match(allergy, loudest == Severity.CRITICAL ? Rule.ALLERGY_CLASS : Rule.ALLERGY_CROSS, loud(allergy, loudest)));
  }

  /** A drug that is not borne well is no danger of death. */
  private static Severity loud(Allergy allergy, Severity severity) {
    return allergy.intolerance() ? min(severity, Severity.WARNING) : severity;
  }

  private static Ground ground(Match match, Facts facts, Order order) {
    Allergy allergy = match.allergy();
    String reaction = allergy.reaction().isEmpty() ? "" : "，反应 " + allergy.reaction();
    String reactionEn = allergy.reaction().isEmpty() ? "" : ", reaction " + allergy.reaction();
    Optional<Therapy> borne = toleratedSince(allergy, facts, order);
    String since = borne.map(one -> "；此后曾使用 " + told(one)).orElse("");
    String sinceEn = borne.map(one -> "; taken since: " + told(one)).orElse("");
    return new Ground(allergy.origin(), match.rule().zh() + "：" + allergy.origin().name() + reaction + since,
        match.rule().en() + ": " + allergy.origin().name() + reactionEn + sinceEn);
  }

  private static String told(Therapy therapy) {
    return therapy.origin().name() + " " + DAY.format(therapy.begins()) + " " + therapy.origin().hospital();
  }

  /** The last time that an ingredient of the order was handed out or given after the allergy was known. */
  private static Optional<Therapy> toleratedSince(Allergy allergy, Facts facts, Order order) {
    return allergy.since() == null || order.drug() == null ? Optional.empty()
        : facts.therapies().stream()
            .filter(one -> one.taken() && one.begins() != null && one.begins().isAfter(allergy.since()))
            .filter(one -> one.drug().ingredients().entrySet().stream()
                .anyMatch(part -> !part.getValue().contains("minor") && order.drug().ingredients().containsKey(part.getKey())))
            .max(Comparator.comparing(Therapy::begins));
  }

  private record Left(Therapy therapy, String ingredient, LocalDate end, long days) {}

  private static Optional<Reminder> repeatedDrug(Facts facts, Order order, String visit, String org, LocalDate today) {
    if (order.drug() == null || order.asNeeded() || LOCAL_ROUTES.contains(order.route())) {
      return Optional.empty();
    }
    List<Left> left = new ArrayList<>();
    boolean narrow = false;
    for (Map.Entry<String, Set<String>> ingredient : order.drug().ingredients().entrySet()) {
      if (ingredient.getValue().stream().noneMatch(NEVER_REPEATED::contains)) {
        List<Left> of = facts.therapies().stream().filter(one -> one.drug().ingredients().containsKey(ingredient.getKey()))
            .filter(one -> isAnother(one, order, visit, org) && sameRoute(one.route(), order.route()))
            .map(one -> left(one, ingredient.getKey(), today)).filter(Objects::nonNull).toList();
        left.addAll(of);
        narrow |= !of.isEmpty() && ingredient.getValue().contains(NARROW);
      }
    }
    if (left.isEmpty()) {
      return Optional.empty();
    }
    left.sort(Comparator.comparing(Left::days).reversed());
    Left most = left.get(0);
    return Optional.of(new Reminder(order.id(), Rule.DRUG_REPEATED, narrow ? Severity.CRITICAL : Severity.WARNING,
        order.name() + "：重复用药，" + most.ingredient() + " 尚余 " + most.days() + " 天",
        order.name() + ": " + most.ingredient() + " is left for " + most.days() + " days",
        left.stream().limit(GROUNDS_MAX).map(one -> ground(one, order)).toList()));
  }

  /** Numbers of orders and visits are a hospital's own: another's may be the same by chance. */
  private static boolean isAnother(Therapy therapy, Order order, String visit, String org) {
    boolean same = therapy.origin().org().equals(org)
        && (therapy.orders().stream().anyMatch(order.numbers()::contains) || !visit.isEmpty() && therapy.visits().contains(visit));
    return therapy.goesOn() && !therapy.asNeeded() && !same;
  }

  private static boolean sameRoute(String one, String other) {
    return one.isEmpty() || other.isEmpty() || one.equals(other);
  }

  /** What is left of it, or null if it has run out or its patient may fetch the next. */
  private static Left left(Therapy therapy, String ingredient, LocalDate today) {
    if (therapy.begins() == null || LOCAL_ROUTES.contains(therapy.route())) {
      return null;
    }
    int days = therapy.days() == null ? DAYS_UNSAID : therapy.days();
    LocalDate end = therapy.begins().plusDays(days);
    long left = ChronoUnit.DAYS.between(today, end);
    return left > (days >= CHRONIC_DAYS ? REFILL_DAYS : REFILL_DAYS_OTHERWISE) ? new Left(therapy, ingredient, end, left) : null;
  }

  private static Ground ground(Left left, Order order) {
    Therapy therapy = left.therapy();
    String strength = therapy.strength().isEmpty() || order.strength().isEmpty() || therapy.strength().equals(order.strength()) ? ""
        : "；规格 " + therapy.strength() + "，本次 " + order.strength();
    String strengthEn = strength.isEmpty() ? "" : "; strength " + therapy.strength() + ", now " + order.strength();
    String assumed = therapy.days() == null ? "（未写天数，按 " + DAYS_UNSAID + " 天计）" : "";
    String assumedEn = therapy.days() == null ? " (days not said, taken as " + DAYS_UNSAID + ")" : "";
    return new Ground(therapy.origin(),
        therapy.origin().name() + "，用至 " + DAY.format(left.end()) + assumed + "，尚余 " + left.days() + " 天" + strength,
        therapy.origin().name() + ", until " + DAY.format(left.end()) + assumedEn + ", " + left.days() + " days left" + strengthEn);
  }

  private static Optional<Reminder> repeatedTest(Facts facts, Order order, String org, Instant now) {
    List<Result> found = new ArrayList<>();
    int days = 0;
    for (Order.Test test : order.tests()) {
      for (Result result : facts.results()) {
        if (isValid(result, test, now) && !found.contains(result)) {
          found.add(result);
          days = Math.max(days, test.days());
        }
      }
    }
    if (found.isEmpty()) {
      return Optional.empty();
    }
    found.sort(Comparator.comparing((Result one) -> one.origin().at()).reversed());
    boolean recognised = found.stream().anyMatch(one -> !one.mark().isEmpty() || one.origin().org().equals(org));
    Result newest = found.get(0);
    return Optional.of(new Reminder(order.id(), Rule.TEST_REPEATED, recognised ? Severity.WARNING : Severity.INFO,
        order.name() + "：" + newest.origin().hospital() + " " + day(newest) + " 已做，结果在 " + days + " 天有效期内",
        order.name() + ": done on " + day(newest) + " at " + newest.origin().hospital() + ", valid for " + days + " days",
        found.stream().limit(GROUNDS_MAX).map(Rules::ground).toList()));
  }

  private static boolean isValid(Result result, Order.Test test, Instant now) {
    Instant at = result.origin().at();
    return result.isFinal() && at != null && !at.isAfter(now) && !at.isBefore(now.minus(Duration.ofDays(test.days())))
        && result.keys().stream().anyMatch(test.keys()::contains)
        && (test.units().isEmpty() || result.unit() == null || test.units().contains(result.unit()));
  }

  private static Ground ground(Result result) {
    return new Ground(result.origin(),
        result.origin().name() + " " + result.value() + (result.mark().isEmpty() ? "（无互认标识）" : "（互认 " + result.mark() + "）"),
        result.origin().name() + " " + result.value() + (result.mark().isEmpty() ? " (without HR mark)" : " (" + result.mark() + ")"));
  }

  private static String day(Result result) {
    return DAY.format(result.origin().at().atOffset(BEIJING));
  }
}
