package io.emrgateway.agent.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** The sources' names and the small numbers that stand for them in the store. */
final class Sources {
  private final Map<String, Integer> ids = new HashMap<>();
  private final Map<Integer, String> names = new HashMap<>();

  /** Numbers every name that has none yet; a number never goes to another name. */
  static Sources load(Session session, Collection<String> configured) throws SQLException {
    Sources sources = new Sources();
    for (String name : configured) {
      session.update("INSERT OR IGNORE INTO source (name) VALUES (?)", name);
    }
    PreparedStatement query = session.prepared("SELECT id, name FROM source");
    try (ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        sources.ids.put(rows.getString(2), rows.getInt(1));
        sources.names.put(rows.getInt(1), rows.getString(2));
      }
    }
    return sources;
  }

  int idOf(String name) {
    Integer id = ids.get(name);
    if (id == null) {
      throw new IllegalArgumentException("a source that is not configured: " + name);
    }
    return id;
  }

  String nameOf(int id) {
    return names.get(id);
  }

  Map<Integer, String> names() {
    return names;
  }
}
