package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.fhir.R4.Type;
import java.util.Arrays;

/** The rows of one map, e.g. {@code PID[Patient]} or {@code CX[Identifier]}, ready to run. */
final class RuleMap {
  private final String name;
  private final String file;
  private final Type type;
  private final Path into;
  private final Identities.Identity identity;
  private Type rowType;
  private Row[] rows = {};
  private Row[] defaults = {};

  RuleMap(String name, String file, Type type, Path into, Identities.Identity identity) {
    this.name = name;
    this.file = file;
    this.type = type;
    this.into = into;
    this.identity = identity;
  }

  String name() {
    return name;
  }

  String file() {
    return file;
  }

  /** The type of the element it fills. */
  Type type() {
    return type;
  }

  /** The list element that one application fills ({@code contact} for NK1[Patient]), or null for the resource. */
  Path into() {
    return into;
  }

  /** How a resource of this map is recognised again; null for data types and for maps that only add. */
  Identities.Identity identity() {
    return identity;
  }

  /** The type that the rows' paths begin at: the resource, or the element named by {@link #into()}. */
  Type rowType() {
    return rowType;
  }

  void rowType(Type type) {
    rowType = type;
  }

  /** What to write at the end where no row of any segment has written. */
  Row[] defaults() {
    return defaults;
  }

  void defaults(Row[] compiled) {
    defaults = compiled;
  }

  Row[] rows() {
    return rows;
  }

  void rows(Row[] compiled) {
    rows = Arrays.copyOf(compiled, compiled.length);
  }
}
