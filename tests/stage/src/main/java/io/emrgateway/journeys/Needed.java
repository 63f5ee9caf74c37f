package io.emrgateway.journeys;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Programs and libraries that some tests need beside a JDK; {@code tests/setup.sh} installs them.
 *
 * <p>On a developer's machine a test that cannot have one is skipped. With {@code CI=true} it fails: a build must not
 * pass with a proof left out.
 */
public final class Needed {
  private Needed() {}

  /**
   * Whether a test may go on.
   *
   * @param program a name to be found on the PATH, or the absolute path of a file
   * @throws IllegalStateException if it is absent and this is CI, naming it
   */
  public static boolean isThere(String program) {
    if (found(program)) {
      return true;
    }
    if ("true".equals(System.getenv("CI"))) {
      throw new IllegalStateException(absent(program) + "; with CI=true no proof is left out");
    }
    return false;
  }

  /** The reason that a skipped test gives. */
  public static String absent(String program) {
    return program + " is not there; tests/setup.sh installs it";
  }

  private static boolean found(String program) {
    if (program.startsWith("/")) {
      return Files.exists(Path.of(program));
    }
    for (String folder : System.getenv("PATH").split(":")) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }
}
