package io.emrgateway.agent.store;

import io.emrgateway.routes.core.Refused;
import io.emrgateway.routes.core.Refused.Reason;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The only thread that writes to the store. It commits for everyone who waits.
 *
 * <p>Group commit: whatever waits when a transaction ends goes into the next one together, so that
 * many senders share one fsync and a lone sender waits for nobody. A job that fails alone is undone
 * alone: its neighbours are tried again without it.
 *
 * <p>A failed commit has written nothing: SQLite rolls the transaction back, and its WAL frames are
 * overwritten by the next one's. After an input or output error the connection is opened anew all the
 * same, because what a kernel remembers of a page whose write failed is not to be trusted.
 */
final class Writer implements AutoCloseable {
  /** Work inside a transaction; may be run again after a rollback, so it touches nothing but the database. */
  interface Job<T> {
    T run(Session session) throws SQLException;
  }

  /** Told when a transaction's writes were undone or done, so that counters in memory follow the disk. */
  interface Watcher {
    void rolledBack();

    void committed();
  }

  private static final int GROUP_MAX = 256;
  private static final int QUEUE_MAX = 8_192;

  private static final class Task<T> {
    final Job<T> job;
    final boolean shares;
    final CompletableFuture<T> done = new CompletableFuture<>();
    T result;

    Task(Job<T> job, boolean shares) {
      this.job = job;
      this.shares = shares;
    }

    void run(Session session) throws SQLException {
      result = job.run(session);
    }
  }

  private final Database database;
  private final Watcher watcher;
  private final Executor answers;
  private final BlockingQueue<Task<?>> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
  private final Thread thread;
  private volatile boolean stopping;
  private Session session;

  /**
   * @param watcher called on the writer's thread
   * @param answers completes the futures, so that the next group does not wait for what follows from this one
   */
  Writer(Database database, Watcher watcher, Executor answers) throws SQLException {
    this.database = database;
    this.watcher = watcher;
    this.answers = answers;
    this.session = open();
    this.thread = new Thread(this::run, "store-writer");
  }

  private Session open() throws SQLException {
    Session opened = new Session(database.connect(false));
    opened.connection().setAutoCommit(false);
    return opened;
  }

  void start() {
    thread.start();
  }

  boolean isAlive() {
    return thread.isAlive();
  }

  /** A transaction of its own. */
  <T> CompletableFuture<T> alone(Job<T> job) {
    return put(new Task<>(job, false));
  }

  /** Shares its transaction, and its fsync, with whoever waits beside it. */
  <T> CompletableFuture<T> shared(Job<T> job) {
    return put(new Task<>(job, true));
  }

  /** On the writer's connection between two transactions: for what SQLite allows only there. */
  <T> CompletableFuture<T> outside(Job<T> job) {
    return alone(session -> {
      session.connection().commit();
      session.connection().setAutoCommit(true);
      try {
        return job.run(session);
      } finally {
        session.connection().setAutoCommit(false);
      }
    });
  }

  /** Waits for a commit; what went wrong is thrown as it was. */
  static <T> T await(CompletableFuture<T> commit) {
    try {
      return commit.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException known ? known : e;
    }
  }

  private <T> CompletableFuture<T> put(Task<T> task) {
    if (stopping) {
      task.done.completeExceptionally(new Refused(Reason.STOPPING, ""));
    } else if (!queue.offer(task)) {
      // More waiting than any set of connections can hold: the disk has stopped answering.
      task.done.completeExceptionally(new Refused(Reason.CANNOT_WRITE, ""));
    }
    return task.done;
  }

  private void run() {
    List<Task<?>> group = new ArrayList<>(GROUP_MAX);
    while (true) {
      try {
        Task<?> first = queue.poll(200, TimeUnit.MILLISECONDS);
        if (first == null) {
          if (stopping) {
            break;
          }
          continue;
        }
        group.clear();
        group.add(first);
        while (first.shares && group.size() < GROUP_MAX && queue.peek() != null && queue.peek().shares) {
          group.add(queue.poll());
        }
        commit(group);
      } catch (InterruptedException e) {
        stopping = true;
      }
    }
    // Every promise made is in the WAL already.
    session.close();
  }

  private void commit(List<Task<?>> group) {
    try {
      for (Task<?> task : group) {
        task.run(session);
      }
      session.connection().commit();
      watcher.committed();
      complete(group);
    } catch (SQLException | RuntimeException | StackOverflowError | LinkageError e) {
      rollBack(e);
      if (group.size() == 1) {
        fail(group.get(0), e);
      } else {
        for (Task<?> task : group) {
          commit(List.of(task));
        }
      }
    }
  }

  private void complete(List<Task<?>> group) {
    List<Task<?>> finished = List.copyOf(group);
    answers.execute(() -> finished.forEach(Writer::complete));
  }

  private static <T> void complete(Task<T> task) {
    task.done.complete(task.result);
  }

  private void fail(Task<?> task, Throwable e) {
    Refused refused = e instanceof Refused known ? known : new Refused(reason(e), "", e);
    answers.execute(() -> task.done.completeExceptionally(refused));
  }

  private static Reason reason(Throwable e) {
    return e instanceof SQLiteException s && s.getResultCode() == SQLiteErrorCode.SQLITE_FULL
        ? Reason.DISK_FULL
        : e instanceof SQLException ? Reason.CANNOT_WRITE : Reason.INTERNAL;
  }

  private void rollBack(Throwable cause) {
    watcher.rolledBack();
    try {
      session.connection().rollback();
      if (!(cause instanceof SQLException)) {
        return;
      }
    } catch (SQLException alreadyGone) {
      // Opened anew below; SQLite rolls back what an earlier connection left.
    }
    session.close();
    try {
      session = open();
    } catch (SQLException e) {
      // The next group fails on the closed connection and tries to open again.
    }
  }

  /** Runs what waits, then stops. Nothing is accepted any more. */
  @Override
  public void close() {
    stopping = true;
    try {
      thread.join(15_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
