package io.emrgateway.agent.viewer;

import io.emrgateway.agent.his.PageRefused;
import io.emrgateway.agent.seal.Json;
import io.emrgateway.agent.viewer.View.Told;
import io.emrgateway.routes.core.Worded;
import io.emrgateway.routes.core.lookup.DoctorAuthorization.Emergency;
import io.emrgateway.routes.core.lookup.LookUp.Question;
import io.emrgateway.routes.core.lookup.LookUp.Result;
import io.emrgateway.routes.core.lookup.LookUp.Result.Denied;
import io.emrgateway.routes.core.lookup.LookUp.Result.Failed;
import io.emrgateway.routes.core.lookup.LookUp.Result.Shown;
import io.emrgateway.routes.core.lookup.LookUp.Result.Unchanged;
import io.emrgateway.routes.core.lookup.Practitioner;
import io.emrgateway.routes.core.lookup.Rule;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Asks a page's question, once, and then for what came late; and writes what the page is told. */
final class Asking {
  static final PageRefused BUSY = new PageRefused(503, "viewer.busy", "上一次查询尚未结束", "The question before is still under way",
      "请稍候", "Wait a moment");
  /** The city keeps an answer for ten minutes; what is asked for later is asked anew. */
  private static final Duration KEPT = Duration.ofMinutes(9);
  /** The city is not asked for more sooner, however often a page does. */
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final Function<Question, Result> ask;
  private final BiFunction<UUID, String, Result> again;
  private final Function<UUID, Optional<Rule>> forbidden;
  private final Function<Shown, byte[]> summary;
  private final Clock clock;

  Asking(Function<Question, Result> ask, BiFunction<UUID, String, Result> again, Function<UUID, Optional<Rule>> forbidden,
      Function<Shown, byte[]> summary, Clock clock) {
    this.ask = ask;
    this.again = again;
    this.forbidden = forbidden;
    this.summary = summary;
    this.clock = clock;
  }

  /**
   * What a page is to show.
   *
   * @param body JSON, or null when it is what the page shows already
   * @param tag null unless records are shown
   */
  record Answer(byte[] body, String tag) {}

  /**
   * Asks; may wait until the city's deadline.
   *
   * @param shown tag of what the page shows already, or null
   * @throws PageRefused {@code viewer.busy} while the page's question before is under way
   */
  Answer answer(View view, String shown) {
    if (!view.asking.tryLock()) {
      throw BUSY;
    }
    try {
      Told told = view.told;
      Instant now = clock.instant();
      boolean same = told != null && told.tag().equals(shown);
      if (same && (told.complete() || now.isBefore(told.last().plus(PAUSE)) || !now.isBefore(told.first().plus(KEPT)))) {
        // Nothing more comes, but the patient may have withdrawn what is on the screen.
        return forbidden.apply(told.rid()).map(rule -> new Answer(bytes(refused(view, new Denied(rule))), null))
            .orElse(new Answer(null, shown));
      }
      // A page that shows nothing yet is new or reloaded: it gets the answer there is, or asks anew.
      boolean more = told != null && (shown != null || now.isBefore(told.first().plus(KEPT)));
      try (Result result = more ? again.apply(told.rid(), same ? shown : "") : ask.apply(view.question)) {
        if (result instanceof Unchanged) {
          view.told = told.asked(clock.instant());
          return new Answer(null, shown);
        }
        if (!(result instanceof Shown all)) {
          return new Answer(bytes(refused(view, result)), null);
        }
        view.told = new Told(all, more ? told.first() : now, clock.instant());
        return new Answer(shown(view, all), all.tag());
      }
    } finally {
      view.asking.unlock();
    }
  }

  private byte[] shown(View view, Shown shown) {
    byte[] head = bytes(page(view, "shown").append(",\"complete\":").append(shown.complete()).append(",\"since\":\"")
        .append(shown.window().first()).append("\",\"until\":\"").append(shown.window().last()).append("\",\"document\":"));
    byte[] document = summary.apply(shown);
    byte[] all = new byte[head.length + document.length + 1];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(document, 0, all, head.length, document.length);
    all[all.length - 1] = '}';
    return all;
  }

  private StringBuilder refused(View view, Result result) {
    return (result instanceof Denied denied ? words(page(view, "denied"), denied) : words(page(view, "failed"), (Failed) result)).append('}');
  }

  /** Who looks, from where and on what ground: it stands on the screen and on paper. Without its closing brace. */
  private StringBuilder page(View view, String outcome) {
    Question question = view.question;
    StringBuilder out = new StringBuilder(512).append("{\"outcome\":\"").append(outcome);
    practitioner(out.append("\",\"doctor\":"), question.doctor());
    field(out, ",\"department\":", question.department());
    field(out, ",\"encounter\":", question.encounter());
    field(out, ",\"workstation\":", view.workstation.getHostAddress());
    field(out, ",\"now\":", Json.time(clock.instant().atOffset(ZoneOffset.UTC)));
    Emergency emergency = question.emergency();
    if (emergency != null) {
      field(out, ",\"emergency\":{\"reason\":", emergency.reason());
      practitioner(out.append(",\"second\":"), emergency.second());
      out.append('}');
    }
    return out;
  }

  private static void practitioner(StringBuilder out, Practitioner one) {
    field(out, "{\"id\":", one.id());
    field(out, ",\"name\":", one.name());
    out.append('}');
  }

  private static StringBuilder words(StringBuilder out, Worded why) {
    field(out, ",\"code\":", why.code());
    field(out, ",\"textZh\":", why.textZh());
    field(out, ",\"text\":", why.text());
    field(out, ",\"remedyZh\":", why.remedyZh());
    field(out, ",\"remedy\":", why.remedy());
    return out;
  }

  private static void field(StringBuilder out, String before, String text) {
    Json.quote(out.append(before), text);
  }

  private static byte[] bytes(StringBuilder json) {
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }
}
