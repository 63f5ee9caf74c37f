package io.emrgateway.routes.camel;

import io.emrgateway.mappings.Mapped;
import io.emrgateway.mappings.queries.Draft;
import io.emrgateway.mappings.queries.Query;
import io.emrgateway.mappings.queries.QueryRefused;
import io.emrgateway.mappings.queries.Reminded;
import io.emrgateway.mappings.queries.Reminded.Ground;
import io.emrgateway.mappings.queries.Reminded.Word;
import io.emrgateway.mappings.queries.Reply;
import io.emrgateway.routes.core.lookup.Practitioner;
import io.emrgateway.routes.core.lookup.Rule;
import io.emrgateway.routes.core.records.Identifier;
import io.emrgateway.routes.core.reminders.Facts.Origin;
import io.emrgateway.routes.core.reminders.Order;
import io.emrgateway.routes.core.reminders.Remind;
import io.emrgateway.routes.core.reminders.Reminder;
import io.emrgateway.routes.core.reminders.Severity;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Draft orders that a HIS sends as a query: read as orders are read, reminded of as at the CDS Hooks door, and forgotten. */
public final class CheckOrders {
  private static final ZoneOffset BEIJING = ZoneOffset.ofHours(8);

  /** The use case, as narrow as this door needs it. */
  public interface Reminding {
    /** As {@code Remind.orders}. */
    List<Order> orders(byte[] bundle);

    /** As {@code Remind.remind}; other hospitals are asked meanwhile. */
    Remind.Answer remind(Remind.Asking asking, List<Order> orders);

    /** @param shown told of each reminder that is shown */
    static Reminding of(Remind remind, Consumer<Reminder> shown) {
      return new Reminding() {
        @Override
        public List<Order> orders(byte[] bundle) {
          return remind.orders(bundle);
        }

        @Override
        public Remind.Answer remind(Remind.Asking asking, List<Order> orders) {
          remind.warm(asking);
          Remind.Answer answer = remind.remind(asking, orders);
          answer.reminders().forEach(shown);
          return answer;
        }
      };
    }
  }

  private final Reminding reminding;
  private final UnaryOperator<String> nameOf;

  /** @param nameOf a hospital's name by its number */
  public CheckOrders(Reminding reminding, UnaryOperator<String> nameOf) {
    this.reminding = reminding;
    this.nameOf = nameOf;
  }

  /**
   * What the drafts of a query are to be reminded of.
   *
   * @throws QueryRefused if one of them cannot be understood: then none is looked at
   */
  Reminded reminded(Query query, Reply reply, List<Identifier> patient, Translate.Rules rules, String source) {
    List<Order> orders = new ArrayList<>();
    List<Draft> drafts = reply.drafts();
    for (int k = 1; k <= drafts.size(); k++) {
      for (Order one : orders(drafts.get(k - 1), rules, source)) {
        // Two drafts without numbers of their own are two all the same.
        orders.add(new Order(String.valueOf(k), one.name(), one.numbers(), one.drug(), one.route(), one.strength(), one.asNeeded(), one.tests(),
            one.agents()));
      }
    }
    return told(reminding.remind(new Remind.Asking(patient, query.visit(),
        new Practitioner(query.doctor().id(), query.doctor().name()), query.department()), orders));
  }

  private List<Order> orders(Draft draft, Translate.Rules rules, String source) {
    Mapped mapped = rules.mapping().map(draft.text(), rules.of(source).site(), "urn:emr-gateway:check");
    List<Order> orders = mapped.converted() ? reminding.orders(mapped.bundle()) : List.of();
    if (orders.isEmpty() || orders.stream().anyMatch(one -> one.name().isEmpty())) {
      throw new QueryRefused(QueryRefused.Reason.DRAFT_UNUSABLE, draft.place());
    }
    return orders;
  }

  private Reminded told(Remind.Answer answer) {
    return new Reminded(word(answer.elsewhere().code(), answer.elsewhere().zh(), answer.elsewhere().en()), why(answer.code()),
        answer.missing().stream().map(one -> new Word(one, nameOf.apply(one))).toList(),
        answer.notAgreed().stream().sorted().map(one -> word(one.wireName(), one.zh(), one.wireName())).toList(), answer.reminders().stream().map(CheckOrders::told).toList());
  }

  private static Word why(String code) {
    return code.isEmpty() ? null : Rule.of(code).map(rule -> word(code, rule.textZh(), rule.text())).orElse(new Word(code, ""));
  }

  private static Reminded.Reminder told(Reminder one) {
    return new Reminded.Reminder(Integer.parseInt(one.order()), word(one.rule().code(), one.rule().zh(), one.rule().en()), severity(one.severity()),
        one.zh(), one.en(), one.grounds().stream().map(CheckOrders::told).toList());
  }

  private static Word severity(Severity severity) {
    String code = severity.name().toLowerCase(Locale.ROOT);
    return switch (severity) {
      case CRITICAL -> word(code, "须确认", "interrupts");
      case WARNING -> word(code, "警告", "warning");
      case INFO -> word(code, "提示", "information");
    };
  }

  private static Ground told(Reminder.Ground one) {
    Origin origin = one.origin();
    return new Ground(new Word(origin.org(), origin.hospital()), origin.at() == null ? null : origin.at().atOffset(BEIJING).toLocalDate(),
        origin.code(), origin.name(), one.zh(), one.en());
  }

  private static Word word(String code, String zh, String en) {
    return new Word(code, zh + " " + en);
  }
}
