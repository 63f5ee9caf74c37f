/**
 * What has to be right before the gateway starts: one inspection, for {@code emr-gateway check} and for a start alike.
 */
package io.emrgateway.agent.start;
