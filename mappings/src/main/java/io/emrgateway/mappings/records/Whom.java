package io.emrgateway.mappings.records;

import java.time.LocalDate;

/**
 * The patient as the asking hospital knows them: the summary is about this person, whatever others call them.
 *
 * @param birthDate null when not known
 * @param gender as FHIR's administrative-gender has it, or null
 */
public record Whom(String name, LocalDate birthDate, String gender) {}
