package io.emrgateway.agent.seal;

import io.emrgateway.agent.seal.SealRefused.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The signing key in use, and the one that lies ready to follow it.
 *
 * <p>A new key is put beside the old one as {@code <name>-next.p12}. A rotation, signed by the old key,
 * names it to the city; when the city has signed for the rotation the files change places, and the old
 * one is kept as {@code <name>-<first 16 digits of its certificate's hash>.p12}.
 *
 * <p>A file that lies ready and cannot follow never stops anything: the rotation waits, and {@link #nextRefused} says
 * why. A rotation that the city would refuse is not sealed, because no sealed batch is ever taken back.
 */
public final class SigningKeys {
  private static final long LOOK_AGAIN_MILLIS = 5_000;

  private final Path file;
  private final Path nextFile;
  private final Supplier<char[]> password;
  private final Suite suite;
  private final String feed;
  private final Clock clock;
  private volatile FileSigner current;
  private FileSigner next;
  private SealRefused nextRefused;
  private long lookedAt = Long.MIN_VALUE;

  /**
   * Opens the key in use. Its dates decide nothing: a clock that runs wrong must not stop the feed.
   *
   * @param password read anew each time, so that it does not stay in memory
   * @param feed full name, for which the certificates have to be
   * @throws SealRefused if file, password or certificate are not usable, {@code seal.certificate-feed},
   *     {@code seal.suite-mismatch}
   */
  public SigningKeys(Path file, Supplier<char[]> password, Suite suite, String feed, Clock clock) {
    this.file = file;
    this.nextFile = sibling("next");
    this.password = password;
    this.suite = suite;
    this.feed = feed;
    this.clock = clock;
    this.current = open(file);
  }

  public Signer current() {
    return current;
  }

  /** The certificate of the key that lies ready and can follow, if one does. Looks at the folder every few seconds only. */
  public synchronized Optional<Certificate> next() {
    look();
    return Optional.ofNullable(next).map(FileSigner::certificate);
  }

  /** Why the file that lies ready cannot follow, by the file's name; empty if it can or none lies there. */
  public synchronized Optional<SealRefused> nextRefused() {
    look();
    return Optional.ofNullable(nextRefused);
  }

  private void look() {
    long now = System.nanoTime() / 1_000_000;
    if (lookedAt != Long.MIN_VALUE && now - lookedAt <= LOOK_AGAIN_MILLIS) {
      return;
    }
    lookedAt = now;
    next = null;
    nextRefused = null;
    if (Files.exists(nextFile)) {
      try {
        next = following();
      } catch (SealRefused refused) {
        nextRefused = refused;
      }
    }
  }

  private FileSigner following() {
    FileSigner signer = open(nextFile);
    Certificate certificate = signer.certificate();
    if (certificate.equals(current.certificate())) {
      throw new SealRefused(Reason.KEY_IN_USE, SecretFile.place(nextFile));
    }
    Instant now = clock.instant();
    if (now.isBefore(certificate.notBefore()) || now.isAfter(certificate.notAfter())) {
      throw new SealRefused(Reason.CERTIFICATE_NOT_VALID_NOW, SecretFile.place(nextFile));
    }
    return signer;
  }

  private FileSigner open(Path from) {
    FileSigner signer = FileSigner.open(from, password.get(), clock);
    if (signer.suite() != suite) {
      throw new SealRefused(Reason.SUITE_MISMATCH, SecretFile.place(from));
    }
    if (signer.certificate().feed().filter(feed::equals).isEmpty()) {
      throw new SealRefused(Reason.CERTIFICATE_FEED, SecretFile.place(from));
    }
    return signer;
  }

  /**
   * The city has signed for the rotation: the key with this certificate is now the one in use, here
   * and on the disk. Nothing happens if it is in use already, or is to be had nowhere any more.
   *
   * <p>Files that cannot change places stop nothing either: the new key is used, and {@link #nextRefused} says that its
   * file still waits.
   *
   * @param certificateHash as {@link Certificate#hash} gives it
   */
  public synchronized void promote(String certificateHash) {
    if (current.certificate().hash().equals(certificateHash)) {
      return;
    }
    FileSigner successor = successor();
    if (successor == null || !successor.certificate().hash().equals(certificateHash)) {
      return;
    }
    Path kept = sibling(current.certificate().hash().substring(0, 16));
    current = successor;
    try {
      if (!Files.exists(kept)) {
        Files.copy(file, kept, StandardCopyOption.COPY_ATTRIBUTES);
      }
      Files.move(nextFile, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      // The next look finds the key in use lying ready, and says so.
    }
    lookedAt = Long.MIN_VALUE;
  }

  private FileSigner successor() {
    try {
      return Files.exists(nextFile) ? open(nextFile) : null;
    } catch (SealRefused unusable) {
      return null;
    }
  }

  private Path sibling(String suffix) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return file.resolveSibling(name.substring(0, dot < 0 ? name.length() : dot) + "-" + suffix + (dot < 0 ? "" : name.substring(dot)));
  }
}
