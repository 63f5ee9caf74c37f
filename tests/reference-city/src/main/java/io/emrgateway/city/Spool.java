package io.emrgateway.city;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Answers on their way from one hospital to another, as files: one answer may be 128 MiB, and the city's memory is not
 * theirs. A file lives as long as its lookup, ten minutes; what a crash left behind is deleted at the next start.
 */
final class Spool {
  private final Path dir;
  private final UnaryOperator<byte[]> onTheWay;

  /** Whole frames, ready to be sent. */
  record Spooled(Path file, long bytes) {}

  /**
   * @param dir emptied here
   * @param onTheWay what a trial does to a body that is forwarded; usually nothing
   */
  Spool(Path dir, UnaryOperator<byte[]> onTheWay) {
    this.dir = dir;
    this.onTheWay = onTheWay;
    try {
      if (!Files.exists(dir)) {
        Files.createDirectory(dir, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the answers' folder cannot be made", e);
    }
    empty();
  }

  /** Deletes every answer. */
  void empty() {
    try (Stream<Path> left = Files.list(dir)) {
      left.forEach(file -> delete(file));
    } catch (IOException e) {
      throw new UncheckedIOException("the answers' folder cannot be read", e);
    }
  }

  static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("an answer cannot be deleted", e);
    }
  }

  Writing write() throws IOException {
    return new Writing(Files.createTempFile(dir, "answer-", ".frames"));
  }

  /** One answer being written. Closed without {@link #done}, it leaves nothing behind. */
  final class Writing implements AutoCloseable {
    private final Path file;
    private final OutputStream out;
    private long bytes;
    private boolean done;

    Writing(Path file) throws IOException {
      this.file = file;
      this.out = new BufferedOutputStream(Files.newOutputStream(file), 64 << 10);
    }

    void frame(byte[] frame) throws IOException {
      Frames.write(out, frame);
      bytes += 4 + frame.length;
    }

    void body(byte[] body) throws IOException {
      frame(onTheWay.apply(body));
    }

    Spooled done() throws IOException {
      out.close();
      done = true;
      return new Spooled(file, bytes);
    }

    @Override
    public void close() throws IOException {
      if (!done) {
        out.close();
        delete(file);
      }
    }
  }
}
