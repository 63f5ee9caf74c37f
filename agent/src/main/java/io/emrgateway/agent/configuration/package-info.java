/**
 * What an operator may set: one file, {@code gateway.yaml}, read once at start.
 *
 * <p>{@link io.emrgateway.agent.configuration.GatewaySettings} is the only definition. Its {@link
 * io.emrgateway.agent.configuration.Key} annotations give the binding, the defaults, the limits, the
 * documented reference file and the list of effective values, so that none of them can disagree. A file
 * with an error is refused as a whole, with every error in it, and the gateway does not start: an
 * operator who wrote 5 s must not learn at night that we made it 30.
 */
package io.emrgateway.agent.configuration;
