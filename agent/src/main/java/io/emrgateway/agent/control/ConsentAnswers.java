package io.emrgateway.agent.control;

import io.emrgateway.agent.lookup.Telling;
import io.emrgateway.routes.core.lookup.Consent;
import io.emrgateway.routes.core.lookup.ConsentRule;
import io.emrgateway.routes.core.lookup.Consents;
import io.emrgateway.routes.core.lookup.Consents.Standing;
import io.emrgateway.routes.core.lookup.KeepConsent;
import io.emrgateway.routes.core.lookup.Section;
import java.io.PrintWriter;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the control socket answers about consents, without patient and guardian: who may read these has the HIS for it. */
final class ConsentAnswers {
  private static final int LISTED_AT_ONCE = 1_000;

  private ConsentAnswers() {}

  /**
   * {@code consents AFTER}; {@code consent show REFERENCE}; {@code consent withdraw REFERENCE BY}. The reference is in the
   * form of a URL's query.
   */
  static void answer(Consents consents, Telling telling, String[] words, PrintWriter out) {
    if (words[0].equals("consents")) {
      List<Standing> listed = consents.list(Long.parseLong(words[1]), LISTED_AT_ONCE);
      listed.forEach(one -> out.println(line(one)));
      out.println(new Line().put("ok", true).put("listed", listed.size()).put("more", listed.size() == LISTED_AT_ONCE));
      return;
    }
    String reference = words.length < 3 ? "" : URLDecoder.decode(words[2], StandardCharsets.UTF_8);
    boolean withdraw = words.length == 4 && words[1].equals("withdraw") && KeepConsent.isStaff(words[3]);
    if (!withdraw && !(words.length == 3 && words[1].equals("show"))) {
      out.println(ControlDoor.refused("control.command-unknown"));
      return;
    }
    if (withdraw) {
      telling.withdraw(reference, words[3]);
    }
    Optional<Standing> found = consents.find(reference);
    if (found.isEmpty()) {
      out.println(ControlDoor.refused(ConsentRule.UNKNOWN.code()));
      return;
    }
    Consent consent = found.get().consent();
    out.println(line(found.get())
        .put("sections", consent.scope().stream().sorted().map(Section::wireName).collect(Collectors.joining(" ")))
        .put("evidence", consent.evidence()).put("incapacitated", consent.incapacitated()).put("by", consent.recordedBy()));
    out.println(new Line().put("ok", true));
  }

  private static Line line(Standing one) {
    Consent consent = one.consent();
    return new Line().put("i", one.number()).put("reference", consent.reference())
        .put("kind", consent.kind().name().toLowerCase(Locale.ROOT)).put("granted", consent.grantedAt())
        .put("expires", consent.expiresAt()).put("withdrawn", one.withdrawn()).put("cityHeard", one.told());
  }
}
