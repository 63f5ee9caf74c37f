package io.emrgateway.mappings.records;

import java.math.BigDecimal;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Whether two hospitals report one and the same event: a result of the same item, time and value, an operation of the
 * same code and time, the same allergy. A hospital's own codes mean nothing elsewhere and make nothing the same; neither
 * does a day without a time of day.
 */
final class Sameness {
  private static final int TO_THE_MINUTE = 16;

  private Sameness() {}

  /** Names that two hospitals give the same event if it is the same: one in common is enough. Empty where none is safe. */
  static Set<String> keys(Map<String, Object> of, boolean withdrawn) {
    return switch (String.valueOf(of.get("resourceType"))) {
      case "Observation" -> event(of, "effective", value(of), withdrawn);
      case "Procedure" -> event(of, "performed", "", withdrawn);
      case "AllergyIntolerance" -> allergy(of, withdrawn);
      default -> Set.of();
    };
  }

  private static Set<String> event(Map<String, Object> of, String choice, String value, boolean withdrawn) {
    String time = time(of, choice);
    Set<String> keys = new LinkedHashSet<>();
    if (time != null && value != null) {
      for (Map<String, Object> coding : Tree.objects(of, "code", "coding")) {
        if (coding.get("system") instanceof String system && coding.get("code") instanceof String code) {
          keys.add(String.join("\u0001", system, code, time, value, String.valueOf(withdrawn)));
        }
      }
    }
    return keys;
  }

  private static Set<String> allergy(Map<String, Object> of, boolean withdrawn) {
    String state = Tree.text(of, "clinicalStatus", "coding", "code") + "\u0001"
        + "refuted".equals(Tree.text(of, "verificationStatus", "coding", "code")) + "\u0001" + withdrawn;
    Set<String> keys = new LinkedHashSet<>();
    for (Map<String, Object> coding : Tree.objects(of, "code", "coding")) {
      if (coding.get("system") instanceof String system && coding.get("code") instanceof String code) {
        keys.add(String.join("\u0001", system, code, state));
      }
    }
    String text = Tree.text(of, "code", "text");
    if (text != null && !text.isBlank()) {
      String plain = Normalizer.normalize(text, Normalizer.Form.NFKC).strip().toLowerCase(Locale.ROOT);
      keys.add(String.join("\u0001", "", plain, state));
    }
    return keys;
  }

  private static String time(Map<String, Object> of, String choice) {
    Object at = of.get(choice + "DateTime");
    if (at instanceof String text && text.length() >= TO_THE_MINUTE && Span.of(text) != null) {
      return Span.of(text).begins().toString();
    }
    String start = Tree.text(of, choice + "Period", "start");
    String end = Tree.text(of, choice + "Period", "end");
    return start != null && end != null && start.length() >= TO_THE_MINUTE && Span.of(start) != null && Span.of(end) != null
        ? Span.of(start).begins() + "/" + Span.of(end).begins() : null;
  }

  private static String value(Map<String, Object> of) {
    for (Map.Entry<String, Object> member : of.entrySet()) {
      if (member.getKey().startsWith("value")) {
        return member.getValue() instanceof Map<?, ?> map && map.get("value") instanceof Tree.Number number
            ? String.join("\u0001", String.valueOf(map.get("comparator")), decimal(number),
                String.valueOf(map.get("code") == null ? map.get("unit") : map.get("code")))
            : String.valueOf(member.getValue());
      }
    }
    return null; // Nothing was measured: nothing is the same.
  }

  private static String decimal(Tree.Number number) {
    try {
      return new BigDecimal(number.spelt()).stripTrailingZeros().toString();
    } catch (NumberFormatException e) {
      return number.spelt(); // JSON allows exponents that nobody measures.
    }
  }

  /** One entry of two: all numbers and codes, every reaction, and the graver where they differ. */
  static void merge(Map<String, Object> into, Map<String, Object> other) {
    union(into, other, "identifier");
    if (into.get("code") instanceof Map<?, ?> code && other.get("code") instanceof Map<?, ?> more) {
      union(Tree.cast(code), Tree.cast(more), "coding");
    }
    union(into, other, "reaction");
    union(into, other, "note");
    if ("high".equals(other.get("criticality")) || into.get("criticality") == null && other.get("criticality") != null) {
      into.put("criticality", other.get("criticality"));
    }
    if ("confirmed".equals(Tree.text(other, "verificationStatus", "coding", "code"))) {
      into.put("verificationStatus", other.get("verificationStatus"));
    }
  }

  private static void union(Map<String, Object> into, Map<String, Object> other, String list) {
    List<Map<String, Object>> known = new ArrayList<>(Tree.objects(into, list));
    for (Map<String, Object> item : Tree.objects(other, list)) {
      if (!known.contains(item)) {
        Tree.add(into, list, item);
      }
    }
  }
}
