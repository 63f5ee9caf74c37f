package io.emrgateway.agent.start;

import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.control.RulesOrders.Problem;
import io.emrgateway.mappings.SiteFolder;
import java.nio.file.Path;

/**
 * The rules that a start puts in force for a hospital's folder: the folder's own if they compile and pass their examples,
 * else those that were accepted last. A mistake in the folder stops the start only if there has never been anything else.
 *
 * @param inForce null if the start is refused
 * @param state the folder as it was looked at
 * @param problem of the folder; null if its rules are in force
 * @param all every mistake with its place, a line each; empty without a problem
 */
public record RulesAtStart(SiteFolder inForce, String state, Problem problem, String all) {

  /** Never throws for what may stand in the folder; changes nothing. */
  public static RulesAtStart of(GatewaySettings settings, Path folder) {
    String state = SiteFolder.stateOf(folder);
    TriedRules tried = TriedRules.tried(folder, settings.hospital());
    if (tried.problem() == null) {
      return new RulesAtStart(tried.site(), state, null, "");
    }
    SiteFolder accepted = new AcceptedRules(settings.home()).read()
        .filter(one -> one.site().id().equals(settings.hospital())).orElse(null);
    return new RulesAtStart(accepted, state, tried.problem(), tried.all());
  }
}
