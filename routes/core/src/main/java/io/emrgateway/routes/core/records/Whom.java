package io.emrgateway.routes.core.records;

import java.util.List;

/** Whom and which visits a record is about: what it is found by. */
public record Whom(List<Person> persons, List<Visit> visits) {
  /** Of a message that became no record. */
  public static final Whom NOBODY = new Whom(List.of(), List.of());

  public Whom {
    persons = List.copyOf(persons);
    visits = List.copyOf(visits);
  }
}
