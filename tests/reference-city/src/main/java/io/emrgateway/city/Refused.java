package io.emrgateway.city;

/**
 * A request that breaks a rule. Carries the rule and a place ("header.in.from", "entry 17"), never a value: the
 * answer and the city's log must not repeat what may be a patient's.
 */
final class Refused extends RuntimeException {
  final transient Rule rule;
  final String place;

  Refused(Rule rule) {
    this(rule, "");
  }

  /** @param place where in the request, empty if the rule says it all */
  Refused(Rule rule, String place) {
    super(place.isEmpty() ? rule.id : rule.id + " at " + place, null, false, false);
    this.rule = rule;
    this.place = place;
  }
}
