package io.emrgateway.routes.core.reminders;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * What is kept in memory for a while, bounded by what it weighs; the oldest goes first. One thing stays however heavy it is.
 *
 * <p>Not safe for several threads.
 */
final class Kept<K, V> {
  private final Map<K, V> byKey = new LinkedHashMap<>();
  private final long most;
  private final ToLongFunction<V> weight;
  private long weighs;

  Kept(long most, ToLongFunction<V> weight) {
    this.most = most;
    this.weight = weight;
  }

  V get(K key) {
    return byKey.get(key);
  }

  void put(K key, V value) {
    remove(key);
    byKey.put(key, value);
    weighs += weight.applyAsLong(value);
    for (Iterator<V> oldest = byKey.values().iterator(); weighs > most && byKey.size() > 1;) {
      weighs -= weight.applyAsLong(oldest.next());
      oldest.remove();
    }
  }

  void remove(K key) {
    V before = byKey.remove(key);
    weighs -= before == null ? 0 : weight.applyAsLong(before);
  }

  void removeIf(Predicate<V> over) {
    for (Iterator<V> each = byKey.values().iterator(); each.hasNext();) {
      V one = each.next();
      if (over.test(one)) {
        weighs -= weight.applyAsLong(one);
        each.remove();
      }
    }
  }
}
