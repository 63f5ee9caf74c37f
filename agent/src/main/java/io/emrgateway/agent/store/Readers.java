package io.emrgateway.agent.store;

import io.emrgateway.routes.core.Refused;
import io.emrgateway.routes.core.Refused.Reason;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;

/** Connections for reading: they see the last commit and never wait for the writer. */
final class Readers implements AutoCloseable {
  interface Query<T> {
    T run(Session session) throws SQLException;
  }

  private static final int OPEN_MAX = 4;

  private final Database database;
  private final ConcurrentLinkedDeque<Session> idle = new ConcurrentLinkedDeque<>();
  private final Semaphore permits = new Semaphore(OPEN_MAX);

  Readers(Database database) {
    this.database = database;
  }

  /**
   * Runs a query on a connection that nobody else uses meanwhile.
   *
   * @throws Refused {@code store.cannot-write} if the store does not answer
   */
  <T> T read(Query<T> query) {
    permits.acquireUninterruptibly();
    Session session = idle.poll();
    boolean healthy = false;
    try {
      if (session == null) {
        session = new Session(database.connect(true));
      }
      T result = query.run(session);
      healthy = true;
      return result;
    } catch (SQLException e) {
      throw new Refused(Reason.CANNOT_WRITE, "", e);
    } finally {
      if (session != null) {
        if (healthy) {
          idle.push(session);
        } else {
          session.close();
        }
      }
      permits.release();
    }
  }

  @Override
  public void close() {
    idle.forEach(Session::close);
  }
}
