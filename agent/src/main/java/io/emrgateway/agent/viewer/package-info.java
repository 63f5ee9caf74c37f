/**
 * The doctor's page: the HIS asks for a one-time ticket, the doctor's browser opens it, and the page shows what other
 * hospitals know of one patient. What the page itself is made of lies in {@code resources/viewer}.
 */
package io.emrgateway.agent.viewer;
