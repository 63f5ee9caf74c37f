package io.emrgateway.mappings.records;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The patient as the asking hospital knows them: the summary is about this person, whatever others call them.
 *
 * @param birthDate null when not known
 * @param gender as FHIR's administrative-gender has it, or null
 */
public record Whom(String name, LocalDate birthDate, String gender) {

  static Whom of(Map<String, Object> patient) {
    String name = Tree.objects(patient, "name").stream().map(Whom::name).filter(one -> !one.isEmpty()).findFirst().orElse("");
    String born = Tree.text(patient, "birthDate");
    return new Whom(name, born == null || born.length() != 10 ? null : LocalDate.parse(born), Tree.text(patient, "gender"));
  }

  private static String name(Map<String, Object> name) {
    String text = Tree.text(name, "text");
    if (text != null) {
      return text;
    }
    StringBuilder whole = new StringBuilder(Objects.requireNonNullElse(Tree.text(name, "family"), ""));
    if (name.get("given") instanceof List<?> given) {
      given.forEach(whole::append);
    }
    return whole.toString();
  }

  /** Never who: it is patient data. */
  @Override
  public String toString() {
    return "Whom[…]";
  }
}
