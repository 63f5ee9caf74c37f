package io.emrgateway.crashes;

import io.emrgateway.journeys.Agent;
import io.emrgateway.journeys.City;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * One look at all sides: the ledger of the HIS, the quarantine list of the gateway, the holdings of the city.
 *
 * <p>It holds if every acknowledged message is held by the city once, or explained to it; if the city holds nothing that
 * was not sent; and if {@code i}, {@code n} and {@code seq} begin at 1 and have neither hole nor repetition. Compares
 * raw hashes of the suite {@code intl}, which are those of the ledger.
 *
 * @param acknowledged different messages answered with AA or CA
 * @param held bodies at the city
 * @param explained admissions that the city knows a reason for, of those without a body
 * @param batches at the city
 * @param findings what does not hold, at most twenty of a kind; numbers and hashes, never content
 */
public record Equation(int acknowledged, int held, int explained, long batches, List<String> findings) {
  private static final int FINDINGS_MAX = 20;

  /**
   * @param acknowledged raw hashes that the ledger has an AA or CA for
   * @param sent raw hashes of everything that was sent, whatever came of it
   * @param quarantined as the gateway lists it
   * @param entries as the city lists them, in the order of arrival
   */
  public static Equation of(
      Set<String> acknowledged, Set<String> sent, Collection<Agent.Quarantined> quarantined, List<City.Entry> entries) {
    List<String> findings = new ArrayList<>();
    Map<String, Long> heldAs = new HashMap<>();
    Set<Long> explained = new HashSet<>();
    TreeSet<Long> inputs = new TreeSet<>();
    TreeSet<Long> numbers = new TreeSet<>();
    TreeSet<Long> batches = new TreeSet<>();
    for (City.Entry entry : entries) {
      batches.add(entry.seq());
      boolean repair = entry.n() != null && explained.remove(entry.i());
      if (!inputs.add(entry.i()) && !repair) {
        note(findings, "input accounted for twice: i=" + entry.i());
      }
      if (entry.n() == null) {
        explained.add(entry.i());
        continue;
      }
      if (!numbers.add(entry.n())) {
        note(findings, "body number given twice: n=" + entry.n());
      }
      Long before = heldAs.put(entry.raw(), entry.n());
      if (before != null) {
        note(findings, "held twice: n=" + before + " and n=" + entry.n());
      }
      if (!sent.contains(entry.raw())) {
        note(findings, "held, and nobody sent it: n=" + entry.n());
      }
    }
    noHole("i", inputs, findings);
    noHole("n", numbers, findings);
    // Heartbeats have no entry, so that batches are seen whole only in the export (Proof).

    Map<String, Set<Long>> quarantinedAs = new HashMap<>();
    quarantined.forEach(one -> quarantinedAs.computeIfAbsent(one.raw(), raw -> new HashSet<>()).add(one.i()));
    for (String raw : acknowledged) {
      boolean accounted = heldAs.containsKey(raw)
          || quarantinedAs.getOrDefault(raw, Set.of()).stream().anyMatch(explained::contains);
      if (!accounted) {
        note(findings, "LOST: acknowledged, neither held nor explained: " + raw.substring(0, 16)
            + (quarantinedAs.containsKey(raw) ? " (in quarantine, the city does not know)" : ""));
      }
    }
    return new Equation(acknowledged.size(), heldAs.size(), explained.size(), batches.size(), List.copyOf(findings));
  }

  private static void noHole(String what, TreeSet<Long> numbers, List<String> findings) {
    if (!numbers.isEmpty() && (numbers.first() != 1 || numbers.last() != numbers.size())) {
      note(findings, "hole in " + what + ": " + numbers.size() + " numbers from " + numbers.first() + " to " + numbers.last());
    }
  }

  private static void note(List<String> findings, String finding) {
    String kind = finding.substring(0, finding.indexOf(':'));
    if (findings.stream().filter(one -> one.startsWith(kind)).count() < FINDINGS_MAX) {
      findings.add(finding);
    }
  }

  public boolean holds() {
    return findings.isEmpty();
  }
}
