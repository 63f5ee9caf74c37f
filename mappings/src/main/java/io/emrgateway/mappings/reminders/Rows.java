package io.emrgateway.mappings.reminders;

import io.emrgateway.mappings.rules.RuleError;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rows of a table of {@code codes/reminders}, a site's laid over ours by the first column. */
final class Rows {
  static final String FOLDER = "codes/reminders/";

  /**
   * One row.
   *
   * @param file and {@code line}: where it stands
   * @param cells as many as the table has columns, "" where the row ends before
   * @param own whether it is the site's
   */
  record Row(String file, int line, List<String> cells, boolean own) {
    String at(int column) {
      return cells.get(column);
    }

    /** The parts of a cell. */
    List<String> at(int column, String by) {
      return Arrays.stream(at(column).split(by)).map(String::strip).filter(one -> !one.isEmpty()).toList();
    }

    RuleError error(String zh, String en, String remedy) {
      return new RuleError(file, line, zh + " / " + en, remedy);
    }
  }

  private Rows() {}

  /** @param site its files, text by path; may lack this one */
  static List<Row> of(String table, int columns, Map<String, String> site) {
    String file = FOLDER + table + ".txt";
    Map<String, Row> rows = new LinkedHashMap<>();
    read(file, shipped(file), columns, false, rows);
    if (site.containsKey(file)) {
      read(file, site.get(file), columns, true, rows);
    }
    return List.copyOf(rows.values());
  }

  private static void read(String file, String text, int columns, boolean own, Map<String, Row> rows) {
    int number = 0;
    for (String line : text.split("\n")) {
      number++;
      if (line.isBlank() || line.startsWith("#") || line.startsWith("system: ")) {
        continue;
      }
      String[] cells = Arrays.copyOf(line.stripTrailing().split("\t", -1), columns);
      for (int i = 0; i < columns; i++) {
        cells[i] = cells[i] == null ? "" : cells[i].strip();
      }
      Row row = new Row(file, number, List.of(cells), own);
      if (line.split("\t", -1).length > columns) {
        throw row.error("列数超过 " + columns, "There are more than " + columns + " columns.", "按表头 columns 填写 / Follow the head's columns.");
      }
      rows.put(row.at(0), row);
    }
  }

  private static String shipped(String file) {
    try (InputStream in = Rows.class.getResourceAsStream("/" + file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
