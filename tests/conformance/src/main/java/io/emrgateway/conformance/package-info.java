/**
 * An independent reader of a feed: says from the exported bytes alone whether every message that a
 * hospital's gateway acknowledged was delivered or explained.
 *
 * <p>Written from the city contract and agent/decisions/0002, with the JDK and nothing else: its own DER
 * and CMS reader, its own SM2 and SM3, its own JSON and tree. Two readers that share code share mistakes.
 */
package io.emrgateway.conformance;
