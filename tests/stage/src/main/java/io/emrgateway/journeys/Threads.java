package io.emrgateway.journeys;

import java.util.List;
import java.util.regex.Pattern;

/** What a JVM prints of its threads when it is sent SIGQUIT, cut to what tells where a gateway stands. */
final class Threads {
  private static final Pattern OURS = Pattern.compile("\"(store|delivery)-.*");
  /** What the doors and routes run on. */
  private static final Pattern DOORS = Pattern.compile("\"(?i:camel|mllp|nio|netty|vert\\.x).*");
  private static final int LINES_OF_OURS_MAX = 14;
  private static final int LINES_OF_A_DOOR_MAX = 6;
  private static final int LINES_MAX = 80;

  private Threads() {}

  /** @param dump as the JVM prints it: each thread begins with its name in quotes, an empty line ends it */
  static String telling(String dump) {
    StringBuilder kept = new StringBuilder();
    int left = append(kept, dump, OURS, LINES_OF_OURS_MAX, LINES_MAX);
    append(kept, dump, DOORS, LINES_OF_A_DOOR_MAX, left);
    return kept.toString();
  }

  private static int append(StringBuilder kept, String dump, Pattern names, int linesOfEach, int linesMax) {
    int left = linesMax;
    for (String thread : dump.split("\n\\s*\n")) {
      List<String> lines = thread.strip().lines().limit(Math.min(linesOfEach, left)).toList();
      if (!lines.isEmpty() && names.matcher(lines.get(0)).matches()) {
        lines.forEach(line -> kept.append(line).append('\n'));
        left -= lines.size();
      }
    }
    return left;
  }

  /** The last lines of a log. */
  static String tail(String log, int lines) {
    List<String> all = log.lines().toList();
    return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
  }
}
