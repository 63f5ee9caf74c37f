package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.hl7.Part;
import io.emrgateway.mappings.hl7.Segment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Follows one run and keeps only which fields were read and which codes no table had: cheap enough for every message,
 * where {@link Tracing} is not. Used for one message, by one thread.
 */
public final class FieldsUsed implements Run.Observer, RuleSet.FieldsRead {
  /** Repetitions and field numbers beyond these are rare and kept apart. */
  private static final int FIELDS_AT_HAND = 64;

  /**
   * A code that its table does not have.
   *
   * @param code as sent
   * @param display what the sender calls it in the same field, or null
   */
  public record Unknown(String table, String code, String display) {}

  private record LookUp(String code, Segment segment, int field) {}

  private record Miss(Table table, LookUp what, String display) {}

  private static final class Reads {
    /** A bit for the first repetition of each of the first 63 fields. */
    long first;
    Set<Long> others;
  }

  private final Map<Segment, Reads> bySegment = new IdentityHashMap<>();
  /** Several tables may be asked about one field, as XAD.7 means a use or a type: one that has the code is enough. */
  private final List<LookUp> hits = new ArrayList<>();
  private final List<Miss> misses = new ArrayList<>(0);
  private Segment last;
  private Reads lastReads;

  @Override
  public void read(Row row, Segment segment, int field, int repetition) {
    Reads reads = of(segment);
    if (repetition == 1 && field < FIELDS_AT_HAND) {
      reads.first |= 1L << field;
    } else {
      if (reads.others == null) {
        reads.others = new HashSet<>();
      }
      reads.others.add(other(field, repetition));
    }
  }

  private Reads of(Segment segment) {
    if (segment != last) {
      lastReads = bySegment.computeIfAbsent(segment, s -> new Reads());
      last = segment;
    }
    return lastReads;
  }

  private static long other(int field, int repetition) {
    return (long) field << Integer.SIZE | repetition;
  }

  @Override
  public boolean has(Segment segment, int field, int repetition) {
    Reads reads = of(segment);
    return repetition == 1 && field < FIELDS_AT_HAND
        ? (reads.first & 1L << field) != 0
        : reads.others != null && reads.others.contains(other(field, repetition));
  }

  /** The codes that no table had which was asked about their field, each once; in the order of the message. */
  public Set<Unknown> unknownCodes() {
    if (misses.isEmpty()) {
      return Set.of();
    }
    Set<LookUp> known = new HashSet<>(hits);
    Set<Unknown> unknown = new LinkedHashSet<>();
    for (Miss miss : misses) {
      if (!known.contains(miss.what)) {
        unknown.add(new Unknown(miss.table.name(), miss.what.code, miss.display));
      }
    }
    return unknown;
  }

  @Override
  public void looksUp(Table table, String code, boolean known, Segment segment, int field, Part value) {
    LookUp what = new LookUp(code, segment, field);
    if (known) {
      hits.add(what);
    } else {
      misses.add(new Miss(table, what, value.component(2).text()));
    }
  }

  // What was written where is of no interest here.

  @Override
  public void applied(Call call) {}

  @Override
  public void enters(Call outer) {}

  @Override
  public void leaves() {}

  @Override
  public void derived(Instance instance, String how) {}

  @Override
  public void merged(Instance from, Instance into) {}
}
