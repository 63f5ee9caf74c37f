package io.emrgateway.mappings.reminders;

import io.emrgateway.mappings.records.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A CodeableConcept. That its code is not known is no code, and no name. */
record Concept(List<Coding> codings, String text) {
  private static final String ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason";
  static final Concept NONE = new Concept(List.of(), "");

  /** {@code system} and {@code display} may be "". */
  record Coding(String system, String code, String display) {}

  static Concept of(Object concept) {
    List<Coding> codings = new ArrayList<>(2);
    for (Map<String, Object> one : Tree.objects(concept, "coding")) {
      if (!ABSENT.equals(one.get("system"))) {
        codings.add(coding(one));
      }
    }
    return new Concept(codings, or(Tree.text(concept, "text"), ""));
  }

  static Coding coding(Object one) {
    return new Coding(or(Tree.text(one, "system"), ""), or(Tree.text(one, "code"), ""), or(Tree.text(one, "display"), ""));
  }

  /** As it is written: the words, else the first name that a code has, else the code. */
  String name() {
    if (!text.isEmpty()) {
      return text;
    }
    return codings.stream().map(Coding::display).filter(one -> !one.isEmpty()).findFirst().orElse(code());
  }

  /** The first code: the hospital's own stands there, where there is one. */
  String code() {
    return codings.isEmpty() ? "" : codings.get(0).code();
  }

  /** The words and all names, each once. */
  List<String> names() {
    List<String> names = new ArrayList<>(3);
    if (!text.isEmpty()) {
      names.add(text);
    }
    codings.stream().map(Coding::display).filter(one -> !one.isEmpty() && !names.contains(one)).forEach(names::add);
    return names;
  }

  private static String or(String text, String otherwise) {
    return text == null ? otherwise : text;
  }
}
