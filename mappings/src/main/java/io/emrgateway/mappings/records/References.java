package io.emrgateway.mappings.records;

import java.util.List;
import java.util.ListIterator;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Makes the references of one resource mean what is in the same answer, and takes out those that mean anything else. */
final class References {
  /** Parts that say nothing without what they refer to. */
  private static final Set<String> NOTHING_WITHOUT = Set.of("diagnosis", "link");

  private References() {}

  /**
   * @param targets what a reference becomes, or null when it may not be shown. Then an item of a list goes, and a single
   *     one says that it is masked, without identifier and name: those are the target's too
   */
  static void settle(Map<String, Object> resource, UnaryOperator<String> targets) {
    object(resource, targets);
  }

  /** @return whether a reference in it has been masked, not further down */
  private static boolean object(Map<String, Object> object, UnaryOperator<String> targets) {
    boolean masked = false;
    for (Map.Entry<String, Object> member : object.entrySet()) {
      Object value = member.getValue();
      if (value instanceof Map<?, ?> map) {
        if (map.get("reference") instanceof String && !settled(Tree.cast(map), targets)) {
          member.setValue(Tree.absent("masked"));
          masked = true;
        } else {
          object(Tree.cast(map), targets);
        }
      } else if (value instanceof List<?> list) {
        items(member.getKey(), list, targets);
      }
    }
    object.values().removeIf(value -> value instanceof List<?> list && list.isEmpty());
    return masked;
  }

  @SuppressWarnings("unchecked") // Only Tree makes them.
  private static void items(String name, List<?> list, UnaryOperator<String> targets) {
    for (ListIterator<Object> items = ((List<Object>) list).listIterator(); items.hasNext();) {
      if (items.next() instanceof Map<?, ?> map) {
        if (!(map.get("reference") instanceof String)) {
          if (object(Tree.cast(map), targets) && NOTHING_WITHOUT.contains(name)) {
            items.remove();
          }
        } else if (!settled(Tree.cast(map), targets)) {
          if (name.equals("encounter")) {
            items.set(Tree.absent("masked")); // That there is a visit matters: it dates what belongs to it.
          } else {
            items.remove();
          }
        }
      }
    }
  }

  private static boolean settled(Map<String, Object> reference, UnaryOperator<String> targets) {
    String url = (String) reference.get("reference");
    if (url.startsWith("#")) {
      return true; // Contained in the same resource.
    }
    String target = targets.apply(url);
    if (target == null) {
      return false;
    }
    reference.put("reference", target);
    return true;
  }
}
