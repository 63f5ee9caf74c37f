package io.emrgateway.routes.core.reminders;

/** How loudly a reminder speaks, the quietest first. Only {@code CRITICAL} interrupts. */
public enum Severity { INFO, WARNING, CRITICAL }
