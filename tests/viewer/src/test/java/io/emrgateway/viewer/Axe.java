package io.emrgateway.viewer;

import com.fasterxml.jackson.databind.JsonNode;
import io.emrgateway.journeys.House;
import io.emrgateway.journeys.Needed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** axe-core, the judge of what somebody meets who does not see the page or has no mouse. */
final class Axe {
  private static final Path SCRIPT = House.root().resolve("tests/packages/axe-core-4.14.1.js");

  private Axe() {}

  static boolean isThere() {
    return Needed.isThere(SCRIPT.toAbsolutePath().toString());
  }

  /** What it finds wrong, best practice included: the rule and where. */
  static List<String> violations(Browser.Tab tab) throws IOException {
    tab.value(Files.readString(SCRIPT) + ";true");
    JsonNode found = tab.value("axe.run(document).then(all => all.violations.concat(all.passes.length ? [] : [{id: 'nothing was looked at', nodes: []}])"
        + ".map(one => one.id + ' ' + one.nodes.map(node => node.target.join(' ') + ' ' + node.failureSummary).join('; ')))");
    List<String> all = new ArrayList<>();
    found.forEach(one -> all.add(one.asText()));
    return all;
  }
}
