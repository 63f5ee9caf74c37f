/**
 * What the audit's records say: FHIR R4 AuditEvents in the shapes of IHE's Basic Audit Log Patterns, and the list of who
 * looked at what on what ground that is made of them. Where they are kept, and how they are chained, is the store's.
 *
 * @see "agent/decisions/0022-audit.md"
 */
package io.emrgateway.agent.audit;
