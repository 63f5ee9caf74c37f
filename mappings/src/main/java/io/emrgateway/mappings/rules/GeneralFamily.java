package io.emrgateway.mappings.rules;

import java.util.Map;

/** What the rules of all messages share. */
final class GeneralFamily implements Family {
  @Override
  public Map<String, Row.Action> functions() {
    return Functions.GENERAL;
  }

  @Override
  public Map<String, Conditions.Condition> conditions() {
    return Conditions.GENERAL;
  }

  @Override
  public Map<String, Identities.Identity> identities() {
    return Identities.GENERAL;
  }
}
