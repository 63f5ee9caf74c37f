/** What passes between hospitals and the city for a lookup, under its signatures; and consents as the store keeps them. */
package io.emrgateway.agent.lookup;
