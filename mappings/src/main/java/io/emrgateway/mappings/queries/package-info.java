/**
 * Queries of a HIS that speaks HL7 v2 only, and their answers: text in, text out. {@code mappings/QUERIES.md} is the
 * guide for whoever builds the other side.
 */
package io.emrgateway.mappings.queries;
