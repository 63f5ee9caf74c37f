package io.emrgateway.agent.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.sqlite.SQLiteErrorCode;

/**
 * The one SQLite file that everything durable lives in: opened, verified, migrated.
 *
 * <p>WAL with {@code synchronous=FULL}: a commit returns after its WAL frames are on the disk
 * (sqlite.org/wal.html). Both are read back after they are set, because a file system may refuse WAL
 * and SQLite then carries on without.
 *
 * <p>The writer's connection and every reader's come from here. One process only: a lock file says so.
 */
public final class Database implements AutoCloseable {
  private static final int VERSION = 7;
  /** "EMRG" as the file's application id, so that no other SQLite file is taken for ours. */
  private static final int APPLICATION_ID = 0x454d5247;
  /** Below this size the whole file is checked before the doors open; above, while they are open. */
  private static final long QUICK_CHECK_BYTES_MAX = 256L << 20;

  private final Path file;
  private final FileChannel lockChannel;
  private final FileLock lock;
  private boolean unchecked;

  private Database(Path file, FileChannel lockChannel, FileLock lock) {
    this.file = file;
    this.lockChannel = lockChannel;
    this.lock = lock;
  }

  /**
   * Opens or creates {@code gateway.db} in a folder that only its owner may enter.
   *
   * @throws StoreUnusable with the cause and what to do, if another process holds it, it is not
   *     ours, it is damaged, it comes from a newer version, or the file system cannot keep promises
   */
  public static Database open(Path folder) {
    Path file = folder.resolve("gateway.db");
    FileChannel channel = null;
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(
            PosixFilePermissions.fromString("rwx------")));
      }
      channel = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        channel.close();
        throw new StoreUnusable("store.in-use", "另一个网关进程正在使用该数据目录",
            "another gateway process uses this data folder", "先停止正在运行的网关，或为第二个网关配置不同的 home",
            "stop the gateway that is running, or give a second one its own home", null);
      }
      if (!Files.exists(file)) {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
      Database database = new Database(file, channel, lock);
      database.prepare();
      return database;
    } catch (IOException e) {
      close(channel);
      throw new StoreUnusable("store.cannot-open", "无法打开数据目录", "the data folder cannot be opened",
          "检查 home 是否存在、可写且归网关用户所有", "check that home exists, is writable and belongs to the gateway's user", e);
    } catch (StoreUnusable e) {
      close(channel);
      throw e;
    }
  }

  /**
   * Opens the file of a folder for reading only, whether a gateway has it open or not.
   *
   * @throws StoreUnusable if there is none, or none of this version
   */
  static Connection readOnly(Path folder) {
    Path file = folder.resolve("gateway.db");
    if (!Files.isReadable(file)) {
      throw new StoreUnusable("store.cannot-open", "无法读取数据文件", "the store's file cannot be read",
          "检查 home 是否正确，并以网关用户执行", "check home, and use the gateway's user", null);
    }
    Connection connection = null;
    try {
      connection = connect(file, true);
      try (Statement statement = connection.createStatement()) {
        requireOurs(statement);
        if (number(statement, "PRAGMA user_version") < VERSION) {
          throw new StoreUnusable("store.older-version", "数据文件由较旧版本的网关写入",
              "the store was written by an older version of the gateway", "先用本版本启动一次网关",
              "start the gateway of this version once", null);
        }
      }
      return connection;
    } catch (SQLException e) {
      close(connection);
      throw damaged(e);
    } catch (StoreUnusable e) {
      close(connection);
      throw e;
    }
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException sameProcess) {
      return null;
    }
  }

  private static void close(AutoCloseable opened) {
    try {
      if (opened != null) {
        opened.close();
      }
    } catch (Exception ignored) {
      // The start fails anyway, with the first cause.
    }
  }

  private void prepare() {
    try (Connection connection = connect(false); Statement statement = connection.createStatement()) {
      if (number(statement, "PRAGMA page_count") > 0) {
        check(statement);
      } else {
        statement.execute("PRAGMA auto_vacuum=INCREMENTAL");
        statement.execute("PRAGMA application_id=" + APPLICATION_ID);
      }
      String mode = text(statement, "PRAGMA journal_mode=WAL");
      statement.execute("PRAGMA synchronous=FULL");
      long synchronous = number(statement, "PRAGMA synchronous");
      if (!"wal".equals(mode) || synchronous != 2) {
        throw new StoreUnusable("store.not-durable", "该文件系统不支持所需的持久化方式",
            "this file system cannot give the durability that the gateway promises",
            "把 home 放到本地磁盘（不要用 NFS 等网络盘）", "put home on a local disk, not on a network file system", null);
      }
      migrate(connection, statement);
    } catch (SQLException e) {
      throw damaged(e);
    }
  }

  private static void requireOurs(Statement statement) throws SQLException {
    long id = number(statement, "PRAGMA application_id");
    long version = number(statement, "PRAGMA user_version");
    if (id != APPLICATION_ID) {
      throw new StoreUnusable("store.not-ours", "gateway.db 不是本网关的数据文件", "gateway.db is not a file of this gateway",
          "检查 home 指向的目录", "check which folder home names", null);
    }
    if (version > VERSION) {
      throw new StoreUnusable("store.newer-version", "数据文件由更新版本的网关写入",
          "the store was written by a newer version of the gateway", "请安装不低于该版本的网关",
          "install that version or a later one", null);
    }
  }

  private void check(Statement statement) throws SQLException {
    requireOurs(statement);
    if (bytesOnDisk() <= QUICK_CHECK_BYTES_MAX) {
      String verdict = text(statement, "PRAGMA quick_check(1)");
      if (!"ok".equals(verdict)) {
        throw damaged(null);
      }
    } else {
      unchecked = true;
    }
  }

  static StoreUnusable damaged(SQLException e) {
    return new StoreUnusable("store.damaged", "数据文件损坏或无法读取", "the store is damaged or cannot be read",
        "保留 gateway.db、gateway.db-wal 两个文件的副本，检查磁盘，然后从备份恢复",
        "keep copies of gateway.db and gateway.db-wal, check the disk, then restore from a backup", e);
  }

  private static void migrate(Connection connection, Statement statement) throws SQLException {
    for (long have = number(statement, "PRAGMA user_version"); have < VERSION; have++) {
      connection.setAutoCommit(false);
      for (String sql : script(have + 1)) {
        statement.execute(sql);
      }
      statement.execute("PRAGMA user_version=" + (have + 1));
      connection.commit();
      connection.setAutoCommit(true);
    }
  }

  private static String[] script(long version) {
    try (InputStream in = Database.class.getResourceAsStream(version + ".sql")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8).replaceAll("(?m)--.*$", "");
      return text.strip().split(";\\s*(\\n|$)");
    } catch (IOException e) {
      throw new IllegalStateException("the program's own migration script cannot be read", e);
    }
  }

  /** A connection of the caller's own. Readers see the last commit and never wait for the writer. */
  Connection connect(boolean readOnly) throws SQLException {
    return connect(file, readOnly);
  }

  private static Connection connect(Path file, boolean readOnly) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("busy_timeout", "10000");
    if (readOnly) {
      properties.setProperty("open_mode", "1");
    }
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file, properties);
    try (Statement statement = connection.createStatement()) {
      // Sorting never spills plain text into a temporary file.
      statement.execute("PRAGMA temp_store=MEMORY");
      statement.execute("PRAGMA synchronous=FULL");
      // Checkpoints are ours to time (Housekeeper), so that no commit waits for one by accident.
      statement.execute("PRAGMA wal_autocheckpoint=0");
      statement.execute("PRAGMA cache_size=" + (readOnly ? -2_000 : -12_000));
      statement.execute("PRAGMA cell_size_check=ON");
      statement.execute("PRAGMA trusted_schema=OFF");
    }
    return connection;
  }

  /** Bytes that the database and its WAL take on the disk. */
  long bytesOnDisk() {
    return size(file) + size(wal());
  }

  long walBytes() {
    return size(wal());
  }

  Path folder() {
    return file.getParent();
  }

  private Path wal() {
    return file.resolveSibling("gateway.db-wal");
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException absent) {
      return 0;
    }
  }

  /** True if the file was too large to be checked whole before the start ({@link #checkWhole} is due). */
  boolean checkIsDue() {
    return unchecked;
  }

  /** Reads the whole file; true if SQLite finds it sound. May take minutes; readers and writer go on. */
  boolean checkWhole() {
    try (Connection connection = connect(true); Statement statement = connection.createStatement()) {
      return "ok".equals(text(statement, "PRAGMA quick_check(1)"));
    } catch (SQLException e) {
      // Not read is not the same as damaged; the code tells which.
      return e.getErrorCode() != SQLiteErrorCode.SQLITE_CORRUPT.code && e.getErrorCode() != SQLiteErrorCode.SQLITE_NOTADB.code;
    }
  }

  static long number(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  static String text(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getString(1) : "";
    }
  }

  @Override
  public void close() {
    try {
      lock.release();
      lockChannel.close();
    } catch (IOException ignored) {
      // The operating system releases it with the process.
    }
  }
}
