/**
 * The hospital information systems around a gateway, played: synthetic Chinese HL7 v2 traffic over MLLP, with the bad
 * manners of real senders, and a ledger of what was acknowledged.
 *
 * <p>Every person, number and text here is invented. The package uses the JDK only and shares no class with the
 * agent, so that a defect of the agent cannot hide in its judge.
 */
package io.emrgateway.simulator;
