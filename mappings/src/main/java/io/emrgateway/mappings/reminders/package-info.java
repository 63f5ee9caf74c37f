/**
 * Facts for reminders: what bundles say of a patient's allergies, drugs and results, and what a draft order asks for, told by
 * tables of ingredients, classes and tests that a site may lay rows over. Text to values: no disk, no clock, no network.
 */
package io.emrgateway.mappings.reminders;
