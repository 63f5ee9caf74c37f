package io.emrgateway.agent.control;

import io.emrgateway.agent.audit.AuditRecord;
import io.emrgateway.agent.store.AuditLog;
import io.emrgateway.routes.core.lookup.Audits.Entry;
import io.emrgateway.routes.core.lookup.DoctorAuthorization.Emergency;
import io.emrgateway.routes.core.lookup.LookupRequest;
import io.emrgateway.routes.core.records.Identifier;
import java.io.PrintWriter;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
   * {@code audit-patient html|csv|json SYSTEM VALUE …}. What may hold anything is in the form of a URL's query.
   *
   * @param nameOf a hospital's name by its number
   */
  static void answer(AuditLog log, UnaryOperator<String> nameOf, String[] words, PrintWriter out) {
    switch (words[0]) {
      case "audit-list" -> {
        List<AuditRecord> listed = log.list(new AuditLog.Asked(Instant.ofEpochMilli(Long.parseLong(words[2])),
            Instant.ofEpochMilli(Long.parseLong(words[3])), any(words[4]), any(words[5])), Long.parseLong(words[1]), LISTED_AT_ONCE);
        listed.forEach(one -> out.println(line(one)));
        out.println(new Line().put("ok", true).put("listed", listed.size()).put("more", listed.size() == LISTED_AT_ONCE));
      }
      case "audit-emergencies" -> {
        List<AuditRecord> listed = log.emergencies(LocalDate.parse(words[1]));
        listed.forEach(one -> out.println(emergency(one)));
        out.println(new Line().put("ok", true).put("listed", listed.size()));
      }
      default -> {
        Identifier[] patient = new Identifier[(words.length - 2) / 2];
        Arrays.setAll(patient, k -> new Identifier(decoded(words[2 + 2 * k]), decoded(words[3 + 2 * k])));
        Line.pieces(log.patientList(List.of(patient), AuditLog.Form.valueOf(words[1].toUpperCase(Locale.ROOT)), nameOf), out);
        out.println(new Line().put("ok", true));
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
      return line.put("detail", record.detail().isEmpty() ? null : record.detail());
    }
    Entry entry = record.lookup().get();
    LookupRequest request = entry.request();
    return line.put("rid", request.rid()).put("org", request.requester().org()).put("department", request.requester().department())
        .put("practitioner", request.requester().practitioner().id()).put("name", request.requester().practitioner().name())
        .put("purpose", request.purpose().name().toLowerCase(Locale.ROOT)).put("consent", request.consent().reference())
        .put("outcome", entry.outcome().isEmpty() ? null : entry.outcome()).put("bundles", entry.count())
        .put("sources", entry.sources().isEmpty() ? null : entry.sources().stream().map(one -> one.org() + " " + one.status())
            .collect(Collectors.joining("; ")));
  }

  /** With what a reviewer needs: the visit leads to the patient. */
  private static Line emergency(AuditRecord record) {
    LookupRequest request = record.lookup().orElseThrow().request();
    Emergency emergency = request.doctor().emergency();
    Line line = line(record).put("encounter", request.requester().encounter()).put("reason", emergency == null ? null : emergency.reason());
    return emergency == null || emergency.second() == null ? line
        : line.put("second", emergency.second().id()).put("secondName", emergency.second().name());
  }
}
