package io.emrgateway.mappings.reminders;

import io.emrgateway.mappings.reminders.Concept.Coding;
import io.emrgateway.mappings.reminders.Rows.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What is in a drug, and what an allergy is to.
 *
 * <p>A drug is told by the site's own code for it, by ATC, and by every known name within its name. A product that no table
 * knows is an ingredient by itself, called by its name without form and strength, and of a class where its name or its ATC
 * group tells one: 头孢某某 is a cephalosporin.
 */
final class Formulary {
  private static final String ATC = "http://www.whocc.no/atc";
  private static final String NO_DRUG = "not-a-drug";
  private static final String MINOR = "minor";
  private static final Pattern BRACKETS = Pattern.compile("\\([^)]*\\)|\\[[^\\]]*\\]|【[^】]*】|★|▲|△|\\*");
  private static final Pattern STRENGTH = Pattern.compile("^[\\d.]+(?:%|mg|g|ml|u)?|(?<=\\p{IsHan})\\d.*$");
  private static final Pattern FORM = Pattern.compile("(?:注射用|注射液|注射剂|粉针剂?|针剂?|肠溶|缓释|控释|分散|咀嚼|泡腾|口腔?崩解?|薄膜衣|糖衣|浓缩"
      + "|软?胶囊|颗粒|冲剂|滴丸|蜜丸|水?丸|片|口服液|口服溶液|口服混悬液|混悬液|干混悬剂|合剂|糖浆|溶液|滴眼液|滴鼻液|滴耳液|眼膏|软膏|乳膏|凝胶|贴膏|贴剂?|栓"
      + "|喷雾剂|气雾剂|粉雾剂|吸入|散|酊|剂)+$");
  private static final Pattern ALLERGEN_ENDING = Pattern.compile("(?:类?(?:药物|药品|药|抗生素|制剂)|类|等|过敏史?|反应)+$");
  private static final int NAME_MIN = 2;
  /** J01C are the penicillins, J01 all antibiotics: nobody is allergic to those. */
  private static final int ATC_GROUP_MIN = 4;

  /** What of a table's row a name means: ingredients, or a class. */
  private record Meaning(List<String> ingredients, String className) {}

  private record DrugClass(List<String> groups, List<String> stems, Map<String, String> warns) {}

  private final Map<String, DrugClass> classes = new LinkedHashMap<>();
  private final Map<String, Set<String>> classesOf = new HashMap<>();
  private final Names<Meaning> drugs = new Names<>();
  private final Names<Meaning> allergens = new Names<>();
  private final Map<String, Meaning> byAtc = new HashMap<>();
  private final Map<String, Meaning> ownCodes = new HashMap<>();

  /**
   * An allergen.
   *
   * @param substances ingredients
   * @param classes severity ({@code critical}, {@code warning}, {@code info}) by class of what it warns of
   * @param unknownName as written, without form, where no table knows it; else ""
   */
  record Allergen(Set<String> substances, Map<String, String> classes, String unknownName) {}

  Formulary(Map<String, String> site) {
    Rows.of("drug-classes", 7, site).forEach(this::drugClass);
    List<Row> ingredients = Rows.of("drug-ingredients", 4, site);
    ingredients.forEach(this::ingredient);
    Rows.of("drug-products", 4, site).forEach(this::product);
  }

  private void drugClass(Row row) {
    Map<String, String> warns = new LinkedHashMap<>();
    for (String one : row.at(5, " ")) {
      int colon = one.indexOf(':');
      if (colon < 0 || !List.of("critical", "warning", "info").contains(one.substring(colon + 1))) {
        throw row.error("\"" + one + "\" 不是“类:级别”", "\"" + one + "\" is no class:severity.",
            "级别为 critical、warning 或 info / The severity is critical, warning or info.");
      }
      warns.put(one.substring(0, colon), one.substring(colon + 1));
    }
    classes.put(row.at(0), new DrugClass(row.at(3, " "), row.at(4, ";"), warns));
    for (String name : row.at(6, ";")) {
      // An allergy called "iodine" warns of contrast media and of antiseptics: the last name does not take the place of the first.
      Meaning before = allergens.get(name);
      allergens.put(name, new Meaning(List.of(), before == null ? row.at(0) : before.className() + " " + row.at(0)));
    }
  }

  private void ingredient(Row row) {
    Set<String> of = new TreeSet<>(row.at(2, " "));
    for (String one : of) {
      if (!classes.containsKey(one)) {
        throw row.error("没有类 \"" + one + "\"", "There is no class \"" + one + "\".", "见 drug-classes.txt / See drug-classes.txt.");
      }
    }
    classesOf.put(row.at(0), of);
    named(row, new Meaning(List.of(row.at(0)), null));
  }

  private void product(Row row) {
    List<String> ingredients = row.at(2, "\\+");
    if (ingredients.isEmpty()) {
      throw row.error("没有成分", "It has no ingredient.", "写出成分，用 + 连接 / Name its ingredients, joined by +.");
    }
    ingredients.forEach(one -> classesOf.computeIfAbsent(one, name -> new TreeSet<>()));
    Meaning meaning = new Meaning(ingredients, null);
    if (row.own()) {
      ownCodes.put(row.at(0), meaning);
    }
    named(row, meaning);
  }

  private void named(Row row, Meaning meaning) {
    List<String> names = new ArrayList<>(row.at(3, ";"));
    names.add(row.at(0));
    for (String name : names) {
      drugs.put(name, meaning);
      Meaning asClass = allergens.get(name);
      allergens.put(name, asClass == null ? meaning : new Meaning(meaning.ingredients(), asClass.className()));
    }
    row.at(1, " ").forEach(code -> byAtc.putIfAbsent(code, meaning));
  }

  /**
   * The active parts of a drug.
   *
   * @param own whether the codes are this hospital's, so that the site's own rows hold for them
   * @return classes by ingredient; empty where nothing is named
   */
  Map<String, Set<String>> drug(Concept concept, boolean own) {
    Map<String, Set<String>> parts = new LinkedHashMap<>();
    if (own) {
      for (Coding coding : concept.codings()) {
        add(ownCodes.get(coding.code()), parts);
      }
      if (!parts.isEmpty()) {
        return parts;
      }
    }
    Set<String> groups = new TreeSet<>();
    for (Coding coding : concept.codings()) {
      if (coding.system().equals(ATC)) {
        add(byAtc.get(coding.code()), parts);
        classes.forEach((name, one) -> {
          if (one.groups().stream().anyMatch(coding.code()::startsWith)) {
            groups.add(name);
          }
        });
      }
    }
    String unknown = "";
    for (String name : concept.names()) {
      Names.Found<Meaning> found = drugs.in(name);
      found.all().forEach(one -> add(one, parts));
      String rest = found.all().isEmpty() ? bare(name) : found.rest();
      Set<String> told = new TreeSet<>();
      classes.forEach((of, one) -> {
        if (one.stems().stream().anyMatch(rest::contains)) {
          told.add(of);
        }
      });
      if (!told.isEmpty()) {
        parts.put(bare(found.all().isEmpty() ? name : rest.strip()), told);
      }
      unknown = unknown.isEmpty() ? bare(name) : unknown;
    }
    if (parts.isEmpty() && !unknown.isEmpty()) {
      parts.put(unknown, groups);
    }
    parts.values().removeIf(of -> of.contains(NO_DRUG));
    return parts;
  }

  private void add(Meaning meaning, Map<String, Set<String>> parts) {
    if (meaning != null) {
      meaning.ingredients().forEach(one -> parts.put(one, classesOf.get(one)));
    }
  }

  /** A name without form, strength and remarks. */
  static String bare(String name) {
    String cut = STRENGTH.matcher(BRACKETS.matcher(Names.plain(name)).replaceAll("")).replaceAll("");
    cut = cut.startsWith("注射用") ? cut.substring(3) : cut;
    String without = FORM.matcher(cut).replaceFirst("");
    return without.length() >= NAME_MIN ? without : cut;
  }

  /** What an allergy is to. */
  Allergen allergen(Concept concept) {
    Set<String> substances = new LinkedHashSet<>();
    Map<String, String> warns = new LinkedHashMap<>();
    for (Coding coding : concept.codings()) {
      if (coding.system().equals(ATC)) {
        substance(byAtc.get(coding.code()), substances, warns);
        classes.forEach((name, one) -> {
          if (one.groups().stream().anyMatch(group -> coding.code().startsWith(group) || coding.code().length() >= ATC_GROUP_MIN && group.startsWith(coding.code()))) {
            warn(name, warns);
          }
        });
      }
    }
    String unknown = "";
    for (String name : concept.names()) {
      String ended = ALLERGEN_ENDING.matcher(Names.plain(name)).replaceFirst("");
      Meaning whole = allergens.get(name) == null ? allergens.get(ended) : allergens.get(name);
      Set<Meaning> meanings = whole == null ? allergens.in(name).all() : Set.of(whole);
      meanings.forEach(one -> substance(one, substances, warns));
      if (meanings.isEmpty()) {
        classes.forEach((of, one) -> {
          if (one.stems().stream().anyMatch(Names.plain(name)::contains)) {
            warn(of, warns);
          }
        });
        unknown = unknown.isEmpty() ? bare(ended) : unknown;
      }
    }
    boolean known = !substances.isEmpty() || !warns.isEmpty();
    return new Allergen(substances, warns, known ? "" : unknown);
  }

  private void substance(Meaning meaning, Set<String> substances, Map<String, String> warns) {
    if (meaning == null) {
      return;
    }
    for (String one : meaning.ingredients()) {
      Set<String> of = classesOf.get(one);
      // Nobody blames the caffeine of a compound, unless it is all that is named.
      if (!of.contains(NO_DRUG) && (!of.contains(MINOR) || meaning.ingredients().size() == 1)) {
        substances.add(one);
        of.forEach(name -> warn(name, warns));
      }
    }
    if (meaning.className() != null) {
      for (String name : meaning.className().split(" ")) {
        warn(name, warns);
        warns.put(name, "critical"); // Whoever is allergic to statins is so to each of them; to one statin, perhaps to another.
      }
    }
  }

  private void warn(String name, Map<String, String> warns) {
    classes.get(name).warns().forEach((of, severity) -> warns.merge(of, severity, Formulary::louder));
  }

  private static String louder(String a, String b) {
    List<String> order = List.of("info", "warning", "critical");
    return order.indexOf(a) > order.indexOf(b) ? a : b;
  }
}
