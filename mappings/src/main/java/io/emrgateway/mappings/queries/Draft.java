package io.emrgateway.mappings.queries;

import io.emrgateway.mappings.hl7.Hl7Message;
import io.emrgateway.mappings.hl7.Segment;
import io.emrgateway.mappings.queries.QueryRefused.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A draft order within a query, as the order message that it would be. It is no message of any sender: to be read, and
 * neither kept nor sent.
 *
 * @param place of its ORC in the query
 */
public record Draft(String place, String text) {
  private static final int DRAFTS_MAX = 100;
  private static final Set<String> ORDERED = Set.of("RXE", "RXO", "OBR");
  /** Of the query, wherever they stand: between QPD and RCP is HL7's place for drafts, behind them some write. */
  private static final Set<String> NO_DRAFT = Set.of("MSH", "SFT", "QPD", "RCP", "DSC");

  /**
   * Each begins with an ORC. What might be a draft and would not be looked at is refused: silence would be taken for consent.
   *
   * @throws QueryRefused if there is none, or for the first that cannot be told apart
   */
  static List<Draft> of(Hl7Message query) {
    if (!query.unread().isEmpty()) {
      throw new QueryRefused(Reason.DRAFT_UNUSABLE, "");
    }
    if (query.first("PID") != null) {
      throw new QueryRefused(Reason.DRAFT_UNUSABLE, "PID"); // Of two patients, one would be the wrong one.
    }
    List<List<Segment>> groups = new ArrayList<>();
    for (Segment segment : query.segments()) {
      if (segment.name().equals("ORC")) {
        groups.add(new ArrayList<>());
      }
      if (groups.isEmpty() && ORDERED.contains(segment.name())) {
        throw new QueryRefused(Reason.DRAFT_UNUSABLE, segment.place());
      }
      if (!groups.isEmpty() && !NO_DRAFT.contains(segment.name())) {
        groups.get(groups.size() - 1).add(segment);
      }
    }
    if (groups.isEmpty()) {
      throw new QueryRefused(Reason.FIELD_MISSING, "ORC");
    }
    if (groups.size() > DRAFTS_MAX) {
      throw new QueryRefused(Reason.DRAFT_UNUSABLE, groups.get(DRAFTS_MAX).get(0).place());
    }
    return groups.stream().map(one -> of(query, one)).toList();
  }

  private static Draft of(Hl7Message query, List<Segment> group) {
    String place = group.get(0).place();
    List<String> ordered = group.stream().map(Segment::name).filter(ORDERED::contains).toList();
    if (ordered.size() != 1) {
      throw new QueryRefused(Reason.DRAFT_UNUSABLE, place);
    }
    char f = query.delimiters().field();
    String[] header = query.header().raw().split(Pattern.quote(String.valueOf(f)), -1);
    char c = query.delimiters().component();
    header[8] = ordered.contains("RXE") ? "RDE" + c + "O11" : "ORM" + c + "O01";
    StringBuilder text = new StringBuilder(String.join(String.valueOf(f), header));
    text.append("\rPID").append(f).append('1').append(f).append(f).append(query.first("QPD").field(3).raw()).append('\r');
    group.forEach(one -> text.append(one.raw()).append('\r'));
    return new Draft(place, text.toString());
  }

  /** Never what: it is patient data. */
  @Override
  public String toString() {
    return "Draft[" + place + "]";
  }
}
