/**
 * What a hospital, or several, know of one patient: transaction bundles in, the answer to a lookup and a patient summary
 * out. Text to text: no disk, no clock, no network.
 */
package io.emrgateway.mappings.records;
