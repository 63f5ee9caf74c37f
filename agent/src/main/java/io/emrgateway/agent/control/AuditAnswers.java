package io.emrgateway.agent.control;

import io.emrgateway.agent.audit.AuditRecord;
import io.emrgateway.agent.store.AuditLog;
import io.emrgateway.routes.core.lookup.Audits.Act;
import io.emrgateway.routes.core.lookup.Audits.Entry;
import io.emrgateway.routes.core.lookup.Audits.Source;
import io.emrgateway.routes.core.lookup.DoctorAuthorization.Emergency;
import io.emrgateway.routes.core.lookup.LookupRequest;
import io.emrgateway.routes.core.records.Identifier;
import java.io.PrintWriter;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** What the control socket answers about the audit. Staff by name and number; a patient only in the patient's own list. */
final class AuditAnswers {
  private static final int LISTED_AT_ONCE = 1_000;
  /** Stands for "any" where a word is due. */
  private static final String ANY = "-";

  private AuditAnswers() {}

  /**
   * {@code audit-list AFTER SINCE UNTIL ACT PRACTITIONER}, times in milliseconds; {@code audit-emergencies DAY};
   * {@code audit-patient html|csv|json NUMBER …}. What may hold anything is in the form of a URL's query.
   *
   * @param nameOf a hospital's name by its number
   */
  static void answer(AuditLog log, PatientOrders orders, UnaryOperator<String> nameOf, String[] words, PrintWriter out) {
    switch (words[0]) {
      case "audit-list" -> {
        List<AuditRecord> listed = log.list(new AuditLog.Asked(Instant.ofEpochMilli(Long.parseLong(words[2])),
            Instant.ofEpochMilli(Long.parseLong(words[3])), any(words[4]), any(words[5])), Long.parseLong(words[1]), LISTED_AT_ONCE);
        listed.forEach(one -> out.println(line(one)));
        out.println(new Line().put("ok", true).put("listed", listed.size()).put("more", listed.size() == LISTED_AT_ONCE));
      }
      case "audit-emergencies" -> {
        List<AuditLog.Emergency> listed = log.emergencies(LocalDate.parse(words[1]));
        listed.forEach(one -> out.println(emergency(one)));
        out.println(new Line().put("ok", true).put("listed", listed.size()));
      }
      default -> {
        Set<Identifier> patient = new LinkedHashSet<>();
        Arrays.stream(words).skip(2).map(AuditAnswers::decoded).map(orders.meant()).forEach(meant -> {
          patient.addAll(meant);
          orders.patients().known(meant).map(one -> one.sought().identifiers()).ifPresent(patient::addAll);
        });
        Optional<byte[]> list = log.patientList(List.copyOf(patient), AuditLog.Form.valueOf(words[1].toUpperCase(Locale.ROOT)), nameOf);
        list.ifPresent(one -> Line.pieces(one, out));
        out.println(list.isPresent() ? new Line().put("ok", true) : ControlDoor.refused(ControlWords.PATIENT_UNKNOWN));
      }
    }
  }

  private static Optional<String> any(String word) {
    return word.equals(ANY) ? Optional.empty() : Optional.of(decoded(word));
  }

  private static String decoded(String word) {
    return URLDecoder.decode(word, StandardCharsets.UTF_8);
  }

  private static Line line(AuditRecord record) {
    Line line = new Line().put("k", record.k()).put("at", record.at()).put("act", record.act());
    if (record.lookup().isEmpty()) {
      return line.put("detail", record.detail().isEmpty() ? null : record.detail()).put("by", record.by().isEmpty() ? null : record.by());
    }
    Entry entry = record.lookup().get();
    LookupRequest request = entry.request();
    return line.put("rid", request.rid()).put("org", request.requester().org()).put("department", request.requester().department())
        .put("practitioner", request.requester().practitioner().id()).put("name", request.requester().practitioner().name())
        .put("purpose", request.purpose().name().toLowerCase(Locale.ROOT)).put("consent", request.consent().reference())
        .put("outcome", entry.outcome().isEmpty() ? null : entry.outcome()).put("bundles", entry.count())
        .put("sources", entry.sources().isEmpty() ? null : sources(entry));
  }

  private static String sources(Entry entry) {
    return entry.sources().stream().map(one -> one.org() + " " + one.status()).collect(Collectors.joining("; "));
  }

  /** With what a reviewer needs: the visit leads to the patient. */
  private static Line emergency(AuditLog.Emergency one) {
    AuditRecord record = one.asked();
    LookupRequest request = record.lookup().orElseThrow().request();
    Emergency emergency = request.doctor().emergency();
    Line line = line(record).put("encounter", request.requester().encounter()).put("reason", emergency == null ? null : emergency.reason());
    if (emergency != null && emergency.second() != null) {
      line.put("second", emergency.second().id()).put("secondName", emergency.second().name());
    }
    return became(line, one);
  }

  /** What came of it: the last of what was shown or answered. */
  private static Line became(Line line, AuditLog.Emergency emergency) {
    Act asked = emergency.asked().lookup().orElseThrow().act();
    if (asked == Act.ASK_REFUSED || asked == Act.INQUIRY_REFUSED) {
      return line.put("became", "refused");
    }
    if (emergency.came().isEmpty()) {
      return line.put("became", asked == Act.ASK ? "nothing-shown" : "not-answered");
    }
    Entry last = emergency.came().get(emergency.came().size() - 1).lookup().orElseThrow();
    if (last.act() == Act.ANSWER) {
      return line.put("became", !last.outcome().isEmpty() ? last.outcome() : last.count() > 0 ? "answered" : "none");
    }
    return line.put("became", last.outcome().isEmpty() ? "shown" : last.outcome())
        .put("answeredBy", last.sources().stream().filter(one -> one.count() > 0).map(Source::org).reduce((one, other) -> one + " " + other).orElse(null))
        .put("sources", last.sources().isEmpty() ? null : sources(last));
  }
}
