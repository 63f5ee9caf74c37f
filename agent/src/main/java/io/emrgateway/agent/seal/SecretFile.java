package io.emrgateway.agent.seal;

import io.emrgateway.agent.files.DurableFile;
import io.emrgateway.agent.seal.SealRefused.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** Files that hold a key: readable by their owner alone, or refused. */
final class SecretFile {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

  private SecretFile() {}

  /**
   * @param lengthMax longer files are refused before they are read
   * @throws SealRefused {@code seal.key-file-unreadable}, {@code seal.key-file-open-to-others}
   */
  static byte[] read(Path file, long lengthMax) {
    String place = place(file);
    try {
      PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
      if (view != null && !OWNER_ONLY.containsAll(view.readAttributes().permissions())) {
        throw new SealRefused(Reason.KEY_FILE_OPEN_TO_OTHERS, place);
      }
      if (Files.size(file) > lengthMax) {
        throw new SealRefused(Reason.KEY_FILE_CONTENT, place);
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new SealRefused(Reason.KEY_FILE_UNREADABLE, place);
    }
  }

  /** Durable, mode 0600 from its first moment, and never over a file that is there. */
  static void create(Path file, byte[] content) {
    String place = place(file);
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] mode = posix
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))}
        : new FileAttribute<?>[0];
    try (FileChannel channel = FileChannel.open(
        file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS), mode)) {
      DurableFile.write(channel, content);
    } catch (FileAlreadyExistsException e) {
      throw new SealRefused(Reason.KEY_FILE_EXISTS, place);
    } catch (IOException e) {
      throw new SealRefused(Reason.KEY_FILE_UNREADABLE, place);
    }
    syncFolder(file);
  }

  /** The name too is on the disk then, as far as the file system can. */
  static void syncFolder(Path file) {
    try {
      DurableFile.syncFolder(file);
    } catch (IOException e) {
      // Some file systems cannot open a folder; there the name's durability is the system's own affair.
    }
  }

  /** The file's own name; the folder is the operator's and is known. */
  static String place(Path file) {
    return String.valueOf(file.getFileName());
  }
}
