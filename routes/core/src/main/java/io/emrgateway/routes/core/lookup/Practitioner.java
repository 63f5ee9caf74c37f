package io.emrgateway.routes.core.lookup;

/**
 * Somebody who works at the asking hospital.
 *
 * @param id as that hospital numbers its staff
 */
public record Practitioner(String id, String name) {}
