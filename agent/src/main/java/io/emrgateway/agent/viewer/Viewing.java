package io.emrgateway.agent.viewer;

import io.emrgateway.agent.audit.Deed;
import java.util.UUID;

/**
 * Something that happened to a page, for the audit. Names staff by number and a patient not at all; what the page shows
 * is in the audit of its lookup.
 *
 * @param client the system of the hospital's that launched it
 * @param practitioner number of the doctor
 * @param workstation the address it was asked from
 * @param rid of the lookup that the page shows, or null
 * @param code why it was refused, else ""
 */
public record Viewing(Act act, String client, String practitioner, String department, String workstation, UUID rid, String code) {

  /** What a doctor does with a page. */
  public enum Act {
    /** The HIS was given a ticket. */
    LAUNCHED,
    /** The ticket was used. */
    OPENED,
    /** A ticket was not good any more, or not for that workstation. */
    REFUSED,
    /** What is shown goes to paper. */
    PRINTED,
    /** The doctor has closed the page. */
    CLOSED;

    /** As the audit spells it. */
    public Deed deed() {
      return Deed.valueOf("PAGE_" + name());
    }
  }

  /** Everything but the act, in one line. */
  public String detail() {
    return "doctor " + practitioner + ", " + department + ", workstation " + workstation + ", by " + client
        + (rid == null ? "" : ", lookup " + rid) + (code.isEmpty() ? "" : ", " + code);
  }
}
