package io.emrgateway.agent.audit;

import io.emrgateway.routes.core.lookup.Audits.Act;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What stands in the audit beside the acts of a lookup: what operators, the hospital's staff and the gateway itself do. */
public enum Deed {
  START, ROTATE, RESUME, RESYNC, RULES, COMPARE, WORKLIST, REPLAY, DISCARD, MESSAGE_SHOWN, REJECTED,
  /** A consent was taken. */
  CONSENT,
  /** A consent covers nothing any more. */
  CONSENT_WITHDRAWN,
  /** Somebody is about to see the scan or the signature of a consent. */
  CONSENT_EVIDENCE,
  /** A patient objects to being shown elsewhere, or the hospital withholds them. */
  OBJECTION,
  OBJECTION_LIFTED,
  PAGE_LAUNCHED, PAGE_OPENED, PAGE_REFUSED, PAGE_PRINTED, PAGE_CLOSED,
  /** Somebody is about to read the audit. */
  AUDIT_READ;

  /** As the audit spells it. */
  public String word() {
    return word(this);
  }

  private static String word(Enum<?> one) {
    return one.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Every word that a record's act can be. */
  public static List<String> words() {
    return Stream.of(Act.values(), values()).flatMap(Arrays::stream).map(Deed::word).sorted().toList();
  }
}
