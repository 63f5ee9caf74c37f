/**
 * The signing page: the HIS asks for a one-time ticket, a tablet opens it, and what the patient signs there is kept as one
 * file that binds the signature to the text that was shown. What the page itself is made of lies in the same package's resources.
 *
 * @see "agent/decisions/0023-consents.md"
 */
package io.emrgateway.agent.consent;
