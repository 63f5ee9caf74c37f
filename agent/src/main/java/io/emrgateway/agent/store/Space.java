package io.emrgateway.agent.store;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The room on the disk: whether there is enough to promise anything.
 *
 * <p>Below the floor nothing more is admitted (AE, the HIS keeps its message); what is under way to
 * the city goes on, because that is what gives room back.
 */
final class Space {
  private final FileStore disk;
  private final long floor;
  private volatile long free;

  Space(Path folder, long floor) throws IOException {
    this.disk = Files.getFileStore(folder);
    this.floor = floor;
    measure();
  }

  /** Asks the disk; called a few times a second, so that admissions need not. */
  void measure() {
    try {
      free = disk.getUsableSpace();
    } catch (IOException e) {
      // A disk that cannot say how much is free is not one to make promises on.
      free = 0;
    }
  }

  boolean isShort() {
    return free < floor;
  }

  long free() {
    return free;
  }
}
