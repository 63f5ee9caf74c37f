package io.emrgateway.city;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What has become of lookups since the city started: counts, and the last refusals by rule. Nothing of a patient. */
final class LookupLog {
  private static final int EVENTS_MAX = 50;

  private long open;
  private long answered;
  private long late;
  private long byCity;
  private final Map<String, Long> sources = new TreeMap<>();
  private final Map<String, Long> refused = new TreeMap<>();
  private final Deque<Log.Event> events = new ArrayDeque<>();

  synchronized void opened() {
    open++;
  }

  /** The asking hospital's waiting is over, with an answer or without. */
  synchronized void closed() {
    open--;
  }

  synchronized void answered(JsonNode words) {
    answered++;
    for (JsonNode source : words.path("sources")) {
      String status = source.path("status").asText();
      sources.merge(status, 1L, Long::sum);
      byCity += status.equals("answered") && source.path("by").asText().equals(Source.CITY) ? 1 : 0;
    }
  }

  /** A hospital's answer came after the asking hospital had stopped waiting. */
  synchronized void late() {
    late++;
  }

  /** @param feed whose connection it was, or empty */
  synchronized void refused(String feed, Refused why, Instant now) {
    refused.merge(why.rule.id, 1L, Long::sum);
    events.addFirst(new Log.Event(Times.text(now), feed, 0, why.rule.id, why.place));
    if (events.size() > EVENTS_MAX) {
      events.removeLast();
    }
  }

  /** Newest first. */
  synchronized List<Log.Event> events() {
    return new ArrayList<>(events);
  }

  /** The counts. */
  synchronized ObjectNode show() {
    ObjectNode shown = Json.MAPPER.createObjectNode();
    shown.put("open", open).put("answered", answered);
    ObjectNode perStatus = shown.putObject("sources");
    sources.forEach(perStatus::put);
    shown.put("byCity", byCity).put("late", late);
    ObjectNode perRule = shown.putObject("refused");
    refused.forEach(perRule::put);
    return shown;
  }
}
