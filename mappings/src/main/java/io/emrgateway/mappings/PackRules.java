package io.emrgateway.mappings;

import io.emrgateway.mappings.rules.RuleSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A step of the build: parses the shipped rules once, so that no start of the gateway has to. */
public final class PackRules {
  private PackRules() {}

  /**
   * Writes {@code mappings/rules.pack}.
   *
   * @param args the folder of the compiled classes
   * @throws io.emrgateway.mappings.rules.RuleError when a rule is wrong: then the build fails
   */
  public static void main(String[] args) throws IOException {
    Path target = Path.of(args[0] + Mapping.PACKED);
    Files.createDirectories(target.getParent());
    Files.writeString(target, packed());
  }

  /** The shipped rules as one text, made from their files. */
  static String packed() {
    Map<String, String> files = Mapping.shippedFiles();
    Mapping.of(files);
    return RuleSet.packed(Mapping.versionOf(files), files);
  }
}
