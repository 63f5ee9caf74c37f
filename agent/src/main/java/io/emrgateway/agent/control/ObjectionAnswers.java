package io.emrgateway.agent.control;

import io.emrgateway.mappings.rules.ResidentId;
import io.emrgateway.routes.core.lookup.ConsentRefused;
import io.emrgateway.routes.core.lookup.ConsentRule;
import io.emrgateway.routes.core.lookup.KeepConsent;
import io.emrgateway.routes.core.lookup.KeepObjection;
import io.emrgateway.routes.core.lookup.Objection;
import io.emrgateway.routes.core.lookup.Objections;
import io.emrgateway.routes.core.lookup.Objections.Standing;
import io.emrgateway.routes.core.lookup.Section;
import io.emrgateway.routes.core.records.Identifier;
import java.io.PrintWriter;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What the control socket answers about objections, without patient, guardian and reason: the HIS shows these. */
final class ObjectionAnswers {
  private static final int LISTED_AT_ONCE = 1_000;
  /** Stands for "none" where a word is due. */
  private static final String NONE = "-";

  private ObjectionAnswers() {}

  /**
   * {@code objections AFTER}; {@code objection show REFERENCE}; {@code objection lift REFERENCE BY}; {@code objection record
   * REFERENCE BY SECTIONS REASON NUMBER …}, the sections with commas. What may hold anything is in the form of a URL's query.
   */
  static void answer(Objections objections, PatientOrders orders, String[] words, PrintWriter out) {
    if (words[0].equals("objections")) {
      List<Standing> listed = objections.list(Long.parseLong(words[1]), LISTED_AT_ONCE);
      listed.forEach(one -> out.println(line(one)));
      out.println(new Line().put("ok", true).put("listed", listed.size()).put("more", listed.size() == LISTED_AT_ONCE));
      return;
    }
    String reference = words.length < 3 ? "" : decoded(words[2]);
    try {
      if (words.length > 6 && words[1].equals("record")) {
        if (ResidentId.isWithin(reference)) {
          throw new ConsentRefused(ConsentRule.REFERENCE_PERSONAL);
        }
        record(orders, reference, words);
      } else if (words.length == 4 && words[1].equals("lift") && KeepConsent.isStaff(words[3])) {
        orders.telling().lift(reference, words[3]);
      } else if (!(words.length == 3 && words[1].equals("show"))) {
        out.println(ControlDoor.refused("control.command-unknown"));
        return;
      }
    } catch (ConsentRefused refused) {
      out.println(ControlDoor.refused(refused.rule().code()).put("place", refused.place().isEmpty() ? null : refused.place()));
      return;
    }
    Optional<Standing> found = objections.find(reference);
    if (found.isEmpty()) {
      out.println(ControlDoor.refused(ConsentRule.UNKNOWN.code()));
      return;
    }
    out.println(line(found.get()));
    out.println(new Line().put("ok", true));
  }

  private static void record(PatientOrders orders, String reference, String[] words) {
    List<List<Identifier>> patient = new ArrayList<>();
    Arrays.stream(words).skip(6).forEach(number -> patient.add(orders.meant().apply(decoded(number))));
    Set<Section> sections = words[4].equals(NONE) ? Set.of() : Arrays.stream(words[4].split(","))
        .map(one -> Section.named(one).orElseThrow(() -> new ConsentRefused(ConsentRule.FORM, "section"))).collect(Collectors.toSet());
    String reason = words[5].equals(NONE) ? null : decoded(words[5]);
    orders.objections().keep(new KeepObjection.Offer(reference, patient, sections, null, reason, words[3]));
  }

  private static String decoded(String word) {
    return URLDecoder.decode(word, StandardCharsets.UTF_8);
  }

  private static Line line(Standing one) {
    Objection objection = one.objection();
    boolean wholly = objection.sections().size() == Section.values().length;
    return new Line().put("i", one.number()).put("reference", objection.reference()).put("of", objection.isThePatients() ? "patient" : "hospital")
        .put("sections", wholly ? "all" : objection.sections().stream().sorted().map(Section::wireName).collect(Collectors.joining(" ")))
        .put("since", objection.at()).put("by", objection.recordedBy()).put("lifted", one.lifted()).put("cityHeard", one.told());
  }
}
