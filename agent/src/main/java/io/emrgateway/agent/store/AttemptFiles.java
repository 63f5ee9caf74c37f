package io.emrgateway.agent.store;

import io.emrgateway.routes.core.delivery.Attempts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jboss.logging.Logger;

/**
 * A file in the data folder for each message under translation, named after its number; a second one while it is
 * tried again. Not synced: they are to survive the process, not the machine.
 */
final class AttemptFiles implements Attempts {
  private static final Logger LOG = Logger.getLogger(AttemptFiles.class);

  private final Path folder;

  AttemptFiles(Path folder) {
    this.folder = folder;
  }

  @Override
  public boolean begin(long number) {
    try {
      if (Files.exists(second(number))) {
        end(number);
        return false;
      }
      Files.createFile(Files.exists(first(number)) ? second(number) : first(number));
    } catch (IOException e) {
      // A full disk must not hold up the feed; the message is tried as one without a mark.
      LOG.debugf("mapping.no-mark: i=%d", number);
    }
    return true;
  }

  @Override
  public void end(long number) {
    try {
      Files.deleteIfExists(first(number));
      Files.deleteIfExists(second(number));
    } catch (IOException e) {
      LOG.debugf("mapping.mark-stays: i=%d", number);
    }
  }

  private Path first(long number) {
    return folder.resolve("translating-" + number);
  }

  private Path second(long number) {
    return folder.resolve("translating-" + number + "-again");
  }
}
