/**
 * Reminders: what a doctor who orders a drug or a test is warned of: an allergy, the same drug that has not run out, the
 * same test that is still valid.
 *
 * @see "mappings/REMINDERS.md"
 */
package io.emrgateway.routes.core.reminders;
