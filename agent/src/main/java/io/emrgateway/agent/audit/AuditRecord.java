package io.emrgateway.agent.audit;

import io.emrgateway.agent.lookup.SignedRequest;
import io.emrgateway.agent.seal.SealRefused;
import io.emrgateway.mappings.records.Tree;
import io.emrgateway.routes.core.lookup.Audits.Act;
import io.emrgateway.routes.core.lookup.Audits.Entry;
import io.emrgateway.routes.core.lookup.Audits.Source;
import io.emrgateway.routes.core.lookup.LookupRequest;
import io.emrgateway.routes.core.records.Identifier;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A record of the audit, read back. Patient data if it is a lookup's.
 *
 * @param k its number in the chain
 * @param act what was done, one word
 * @param detail of what was not a lookup
 * @param by staff number or system that did it, of what was done with a consent or an objection; else ""
 * @param patient whom it names
 * @param lookup empty for anything else
 * @param event its bytes, as they were chained
 */
public record AuditRecord(long k, Instant at, String act, String detail, String by, List<Identifier> patient, Optional<Entry> lookup, byte[] event) {
  private static final String UNREADABLE = "unreadable";

  /** Its number and what was done. */
  @Override
  public String toString() {
    return "AuditRecord[" + k + " " + act + "]";
  }

  /**
   * Reads what {@link AuditEvents} wrote, and the plain lines that earlier versions did.
   *
   * @param event null for one that does not open any more
   * @param noted when it was added, for one that does not say so
   */
  public static AuditRecord read(long k, byte[] event, Instant noted) {
    try {
      Map<String, Object> tree = Tree.of(event == null ? new byte[0] : event);
      return tree.containsKey("resourceType") ? read(k, event, tree)
          : new AuditRecord(k, Instant.ofEpochMilli(Long.parseLong(((Tree.Number) tree.get("at")).spelt())), Tree.text(tree, "action"),
              Tree.text(tree, "detail"), "", List.of(), Optional.empty(), event);
    } catch (RuntimeException broken) {
      // Whatever is wrong with it, the others have to be seen; what was done to it, the chain tells.
      return new AuditRecord(k, noted, UNREADABLE, "", "", List.of(), Optional.empty(), event);
    }
  }

  private static AuditRecord read(long k, byte[] event, Map<String, Object> tree) {
    String act = Tree.objects(tree, "subtype").stream().filter(one -> AuditEvents.ACT.equals(one.get("system")))
        .map(one -> Tree.text(one, "code")).findFirst().orElse(UNREADABLE);
    List<Map<String, Object>> entities = Tree.objects(tree, "entity");
    Optional<Entry> lookup = lookup(act, Tree.text(tree, "outcomeDesc"), entities);
    String detail = entities.stream().filter(one -> one.containsKey("description")).map(one -> Tree.text(one, "description"))
        .findFirst().orElse("");
    return new AuditRecord(k, OffsetDateTime.parse(Tree.text(tree, "recorded")).toInstant(), act, lookup.isEmpty() ? detail : "",
        Tree.objects(tree, "agent").stream().map(one -> Tree.text(one, "altId")).filter(Objects::nonNull).findFirst().orElse(""),
        lookup.map(one -> one.request().patient().identifiers()).orElseGet(() -> patients(entities)), lookup, event);
  }

  private static List<Identifier> patients(List<Map<String, Object>> entities) {
    List<Identifier> patients = new ArrayList<>();
    for (Map<String, Object> entity : entities) {
      if ("Patient".equals(Tree.text(entity, "what", "type"))) {
        patients.add(new Identifier(Tree.text(entity, "what", "identifier", "system"), Tree.text(entity, "what", "identifier", "value")));
      }
    }
    return patients;
  }

  private static Optional<Entry> lookup(String act, String outcome, List<Map<String, Object>> entities) {
    Optional<Act> known = Arrays.stream(Act.values())
        .filter(one -> one.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(act)).findFirst();
    Optional<LookupRequest> request = entities.stream().filter(one -> one.containsKey("query")).findFirst().flatMap(AuditRecord::request);
    if (known.isEmpty() || request.isEmpty()) {
      return Optional.empty();
    }
    String asker = request.get().requester().org();
    List<Source> sources = new ArrayList<>();
    String digest = "";
    int count = 0;
    for (Map<String, Object> entity : entities) {
      String system = Tree.text(entity, "what", "identifier", "system");
      String value = Tree.text(entity, "what", "identifier", "value");
      if (AuditEvents.DIGEST.equals(system)) {
        digest = value;
        count = Integer.parseInt(detail(entity, "count"));
      } else if (AuditEvents.HOSPITAL.equals(system) && detail(entity, "signed") != null) {
        asker = value;
      } else if (AuditEvents.HOSPITAL.equals(system)) {
        sources.add(new Source(value, detail(entity, "status"), Integer.parseInt(detail(entity, "count"))));
      }
    }
    return Optional.of(new Entry(known.get(), asker, request.get(), outcome == null ? "" : outcome, sources, digest, count));
  }

  private static Optional<LookupRequest> request(Map<String, Object> query) {
    try {
      return Optional.of(SignedRequest.read(Base64.getDecoder().decode(Tree.text(query, "query"))));
    } catch (SealRefused broken) {
      // Asked for in a form that is no request's: then it shows by its act alone.
      return Optional.empty();
    }
  }

  private static String detail(Map<String, Object> entity, String type) {
    return Tree.objects(entity, "detail").stream().filter(one -> type.equals(one.get("type")))
        .map(one -> Tree.text(one, "valueString")).findFirst().orElse(null);
  }
}
