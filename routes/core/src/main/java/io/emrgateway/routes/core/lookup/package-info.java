/**
 * Lookups: a doctor here asks what other hospitals know of a patient, and other hospitals ask us.
 *
 * @see "agent/decisions/0021-what-wire-leaves-open-of-lookups.md"
 */
package io.emrgateway.routes.core.lookup;
