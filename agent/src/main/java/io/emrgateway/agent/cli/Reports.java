package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.control.Line;
import io.emrgateway.agent.control.Times;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the two reports on unmapped content have in common. */
final class Reports {
  private Reports() {}

  /** The rows of a report, those of one source if it is named; empty if no gateway runs, which has been said then. */
  static Optional<List<Map<String, String>>> rows(GatewaySettings settings, String request, String source) {
    return Control.ask(settings, request).map(lines -> lines.stream().map(Line::read)
        .filter(row -> row.containsKey("source") && (source == null || row.get("source").equals(source))).toList());
  }

  /** A row as it came over the socket. */
  static String json(Map<String, String> row) {
    Line line = new Line();
    row.forEach((key, value) -> line.put(key, switch (key) {
      case "count" -> Long.valueOf(value);
      case "inForce", "rare" -> Boolean.valueOf(value);
      default -> value;
    }));
    return line.toString();
  }

  /** In Beijing's time, to the minute. */
  static String time(String instant) {
    return Times.toTheMinute(Times.read(instant));
  }
}
