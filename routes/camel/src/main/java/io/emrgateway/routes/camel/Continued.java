package io.emrgateway.routes.camel;

import io.emrgateway.mappings.queries.Kind;
import io.emrgateway.mappings.queries.Query;
import io.emrgateway.mappings.queries.QueryRefused;
import io.emrgateway.mappings.queries.Reply;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Answers whose sender has not asked for the last page yet: in memory alone, for {@link #KEPT}, and for the sender, doctor and
 * patient alone whom they were given. A pointer may be used again, because a page may be lost on the way.
 */
final class Continued {
  static final Duration KEPT = Duration.ofMinutes(5);
  /** Of all answers together, in characters; the oldest goes first. */
  private static final long ROOM = 16 << 20;

  /** Whom an answer was given. */
  private record Whom(String source, String application, String facility, String doctor, List<Query.Number> patient, Kind kind) {
    static Whom of(Query query, Received received) {
      return new Whom(received.listener().source(), received.header().field(3), received.header().field(4), query.doctor().id(),
          query.numbers(), query.kind());
    }
  }

  private record Kept(Whom whom, UUID rid, Reply.Told told, Instant until) {}

  /** The answer to the question {@code rid} from a group on, as it is asked for now. */
  record Rest(Query query, UUID rid, Reply.Told told, int from, String name) {
    /** What to ask for the group with. */
    String pointer(int next) {
      return name + "." + next;
    }
  }

  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Kept> byName = new LinkedHashMap<>();
  private long size;

  Continued(Clock clock) {
    this.clock = clock;
  }

  /** A whole answer, kept in case its sender asks for the rest. */
  synchronized Rest first(Query query, UUID rid, Reply.Told told, Received received) {
    byte[] octets = new byte[16];
    random.nextBytes(octets);
    String name = HexFormat.of().formatHex(octets);
    if (told.isLongerThan(query.limit())) {
      byName.put(name, new Kept(Whom.of(query, received), rid, told, clock.instant().plus(KEPT)));
      size += told.size();
      forget();
    }
    return new Rest(query, rid, told, 0, name);
  }

  /**
   * Where a pointer points.
   *
   * @throws QueryRefused if it points nowhere, or to somebody else's answer: which of the two, nobody is told
   */
  synchronized Rest at(Query query, Received received) {
    forget();
    int dot = query.pointer().indexOf('.');
    String name = dot < 0 ? "" : query.pointer().substring(0, dot);
    String from = query.pointer().substring(dot + 1);
    Kept kept = byName.get(name);
    if (kept == null || !kept.whom().equals(Whom.of(query, received)) || !from.matches("[1-9]\\d{0,6}")
        || !kept.told().has(Integer.parseInt(from))) {
      throw new QueryRefused(QueryRefused.Reason.POINTER_UNKNOWN, "DSC-1");
    }
    return new Rest(query, kept.rid(), kept.told(), Integer.parseInt(from), name);
  }

  private void forget() {
    Instant now = clock.instant();
    for (Iterator<Kept> oldest = byName.values().iterator(); oldest.hasNext();) {
      Kept kept = oldest.next();
      if (kept.until().isAfter(now) && size <= ROOM) {
        return;
      }
      size -= kept.told().size();
      oldest.remove();
    }
  }
}
