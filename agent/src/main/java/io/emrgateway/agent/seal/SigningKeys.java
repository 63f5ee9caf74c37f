package io.emrgateway.agent.seal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The signing key in use, and the one that lies ready to follow it.
 *
 * <p>A new key is put beside the old one as {@code <name>-next.p12}. A rotation, signed by the old key,
 * names it to the city; when the city has signed for the rotation the files change places, and the old
 * one is kept as {@code <name>-<first 16 digits of its certificate's hash>.p12}.
 */
public final class SigningKeys {
  private static final long LOOK_AGAIN_MILLIS = 5_000;

  private final Path file;
  private final Path nextFile;
  private final Supplier<char[]> password;
  private final Clock clock;
  private volatile FileSigner current;
  private FileSigner next;
  private long lookedAt = Long.MIN_VALUE;

  /**
   * Opens the key in use.
   *
   * @param password read anew each time, so that it does not stay in memory
   * @throws SealRefused if file, password or certificate are not usable
   */
  public SigningKeys(Path file, Supplier<char[]> password, Clock clock) {
    this.file = file;
    this.nextFile = sibling("next");
    this.password = password;
    this.clock = clock;
    this.current = FileSigner.open(file, password.get(), clock);
  }

  public Signer current() {
    return current;
  }

  /**
   * The certificate of the key that lies ready, if one does. Looks at the folder every few seconds only.
   *
   * @throws SealRefused if a file lies there that cannot be used
   */
  public synchronized Optional<Certificate> next() {
    long now = System.nanoTime() / 1_000_000;
    if (now - lookedAt > LOOK_AGAIN_MILLIS || lookedAt == Long.MIN_VALUE) {
      lookedAt = now;
      next = Files.exists(nextFile) ? FileSigner.open(nextFile, password.get(), clock) : null;
    }
    return Optional.ofNullable(next).map(FileSigner::certificate);
  }

  /**
   * The city has signed for the rotation: the key with this certificate is now the one in use, here
   * and on the disk. Nothing happens if it is in use already.
   *
   * @param certificateHash as {@link Certificate#hash} gives it
   */
  public synchronized void promote(String certificateHash) {
    if (current.certificate().hash().equals(certificateHash) || !Files.exists(nextFile)) {
      return;
    }
    FileSigner successor = FileSigner.open(nextFile, password.get(), clock);
    if (!successor.certificate().hash().equals(certificateHash)) {
      return;
    }
    try {
      Path kept = sibling(current.certificate().hash().substring(0, 16));
      if (!Files.exists(kept)) {
        Files.copy(file, kept, StandardCopyOption.COPY_ATTRIBUTES);
      }
      Files.move(nextFile, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new SealRefused(SealRefused.Reason.KEY_FILE_UNREADABLE, file.getFileName().toString());
    }
    current = successor;
    next = null;
  }

  private Path sibling(String suffix) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return file.resolveSibling(name.substring(0, dot < 0 ? name.length() : dot) + "-" + suffix + (dot < 0 ? "" : name.substring(dot)));
  }
}
