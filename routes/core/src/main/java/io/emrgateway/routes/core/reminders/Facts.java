package io.emrgateway.routes.core.reminders;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is known of a patient that a reminder may rest on, whatever hospital it comes from. */
public record Facts(List<Allergy> allergies, List<Therapy> therapies, List<Result> results) {
  /** Reads them; the meaning of bundles is its business alone. */
  public interface Reader {
    /**
     * What one hospital's bundles say.
     *
     * @param bundles FHIR Bundles of type collection, of one patient
     */
    Facts facts(String org, List<byte[]> bundles);

    /**
     * What a bundle of requests asks for.
     *
     * @throws RuntimeException if it is no bundle
     */
    List<Order> orders(byte[] bundle);
  }

  public static final Facts NONE = new Facts(List.of(), List.of(), List.of());

  public Facts {
    allergies = List.copyOf(allergies);
    therapies = List.copyOf(therapies);
    results = List.copyOf(results);
  }

  /**
   * Where a fact stands written.
   *
   * @param org the hospital's number
   * @param hospital as a doctor knows it
   * @param at null when not said
   * @param code as that hospital codes it, or ""
   * @param name as that hospital writes it
   */
  public record Origin(String org, String hospital, Instant at, String code, String name) {
    /** Never what: it is patient data. */
    @Override
    public String toString() {
      return "Origin[" + org + "]";
    }
  }

  /**
   * A drug, by its active parts.
   *
   * @param ingredients classes by ingredient; an unknown product is its own ingredient
   * @param spelt all its names, as names are compared
   */
  public record Drug(Map<String, Set<String>> ingredients, String spelt) {
    public Drug {
      ingredients = Map.copyOf(ingredients);
    }
  }

  /**
   * An allergy that somebody wrote down.
   *
   * @param substances ingredients it is to
   * @param classes of drugs it warns of, with how loudly
   * @param unknownName the allergen as written where no table knows it, else "": whatever has it in its name is meant
   * @param stands neither refuted nor inactive nor entered in error
   * @param intolerance no allergy but a drug that is not borne well
   * @param reaction in words, or ""
   * @param since the day from which it is known, or null
   */
  public record Allergy(Origin origin, Set<String> substances, Map<String, Severity> classes, String unknownName, boolean stands,
      boolean intolerance, String reaction, LocalDate since) {
    /** Never what: it is patient data. */
    @Override
    public String toString() {
      return "Allergy[…]";
    }
  }

  /**
   * A drug that was prescribed, handed out or given.
   *
   * @param route group of routes, e.g. {@code oral}; "" when not known
   * @param strength as written, or ""
   * @param begins null when not known
   * @param days that it lasts; null when not known
   * @param goesOn neither cancelled nor stopped
   * @param taken handed out or given: not only prescribed
   * @param orders numbers of the order
   * @param visits numbers of the visit
   */
  public record Therapy(Origin origin, Drug drug, String route, String strength, LocalDate begins, Integer days, boolean asNeeded,
      boolean goesOn, boolean taken, Set<String> orders, Set<String> visits) {
    /** Never what: it is patient data. */
    @Override
    public String toString() {
      return "Therapy[…]";
    }
  }

  /**
   * A result of a test, or a report on one.
   *
   * @param keys names of what was tested that other hospitals use too
   * @param value in words
   * @param unit UCUM, or as written; "" of a number without one, null of words
   * @param isFinal not preliminary and not taken back
   * @param mark of mutual recognition, or ""
   */
  public record Result(Origin origin, Set<String> keys, String value, String unit, boolean isFinal, String mark) {
    /** Never what: it is patient data. */
    @Override
    public String toString() {
      return "Result[…]";
    }
  }

  /** These and those. */
  public Facts and(Facts others) {
    return new Facts(joined(allergies, others.allergies), joined(therapies, others.therapies), joined(results, others.results));
  }

  /** How many there are. */
  public int size() {
    return allergies.size() + therapies.size() + results.size();
  }

  private static <T> List<T> joined(List<T> some, List<T> others) {
    List<T> all = new ArrayList<>(some);
    all.addAll(others);
    return all;
  }

  /** Never what: it is patient data. */
  @Override
  public String toString() {
    return "Facts[" + allergies.size() + " " + therapies.size() + " " + results.size() + "]";
  }
}
