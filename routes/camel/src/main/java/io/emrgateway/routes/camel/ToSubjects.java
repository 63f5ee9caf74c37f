package io.emrgateway.routes.camel;

import io.emrgateway.mappings.About;
import io.emrgateway.mappings.records.Span;
import io.emrgateway.routes.core.records.Identifier;
import io.emrgateway.routes.core.records.Person;
import io.emrgateway.routes.core.records.Subjects;
import io.emrgateway.routes.core.records.Visit;
import java.time.Instant;
import java.util.List;

/** Whom a bundle is about, from the mapping's words into those of the records. */
final class ToSubjects {
  private ToSubjects() {}

  static Subjects of(About about) {
    List<Person> persons = about.patients().stream()
        .map(one -> new Person(of(one.key()), of(one.identifiers()), of(one.replacedBy()))).toList();
    List<Visit> visits = about.visits().stream()
        .map(one -> new Visit(of(one.key()), of(one.identifiers()), of(one.patient()), one.status(), one.kind(),
            begin(one.begins()), end(one.ends()), one.onlyNamed())).toList();
    return new Subjects(persons, visits);
  }

  private static List<Identifier> of(List<About.Identifier> identifiers) {
    return identifiers.stream().map(ToSubjects::of).toList();
  }

  /** A resource without an identifier to search for is known by its own id, which is told apart by its type alone. */
  private static Identifier of(About.Identifier one) {
    return one == null ? null : new Identifier(one.system() == null ? "" : one.system(), one.value());
  }

  /** The first moment of a dateTime, which may be a year, a month, a day or a moment; null for null. */
  static Instant begin(String dateTime) {
    Span span = Span.of(dateTime);
    return span == null ? null : span.begins();
  }

  /** The first moment after it; of a moment, itself. */
  static Instant end(String dateTime) {
    Span span = Span.of(dateTime);
    return span == null ? null : span.begins().equals(span.ends()) ? span.ends() : span.ends().plusNanos(1);
  }
}
