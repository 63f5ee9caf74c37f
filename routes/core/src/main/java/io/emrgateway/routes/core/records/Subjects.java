package io.emrgateway.routes.core.records;

import java.util.List;

/** Which patients and visits a record is about: what it is found by. */
public record Subjects(List<Person> persons, List<Visit> visits) {
  /** Of a message that became no record. */
  public static final Subjects NOBODY = new Subjects(List.of(), List.of());

  public Subjects {
    persons = List.copyOf(persons);
    visits = List.copyOf(visits);
  }
}
