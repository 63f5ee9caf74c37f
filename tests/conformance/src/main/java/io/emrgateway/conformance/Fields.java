package io.emrgateway.conformance;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** A JSON object whose keys, order and types the contract fixes; everything else is {@code <name>.…} broken. */
final class Fields {
  static final String ZERO_HASH = "0".repeat(64);
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern INTEGER = Pattern.compile("0|[1-9][0-9]{0,15}");
  private static final Pattern TIME =
      Pattern.compile("[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\\.[0-9]{3}\\+08:00");
  private static final long INTEGER_MAX = (1L << 53) - 1;

  private final Map<String, Object> object;
  private final String name;

  Fields(Map<String, Object> object, String name) {
    this.object = object;
    this.name = name;
  }

  /** Exactly these keys in this order. */
  Fields requireKeys(List<String> keys) throws Broken {
    Broken.unless(List.copyOf(object.keySet()).equals(keys), name + ".keys", "other keys or another order");
    return this;
  }

  /** Exactly these keys in any order: for what the city writes, whose order is not fixed. */
  Fields requireKeySet(List<String> keys) throws Broken {
    Broken.unless(object.size() == keys.size() && object.keySet().containsAll(keys), name + ".keys", "other keys");
    return this;
  }

  boolean has(String key) {
    return object.containsKey(key);
  }

  boolean isNull(String key) {
    return object.get(key) == Json.NULL;
  }

  String text(String key) throws Broken {
    if (object.get(key) instanceof String text) {
      return text;
    }
    throw new Broken(name + "." + key, "not a text");
  }

  long number(String key) throws Broken {
    return number(object.get(key), key);
  }

  private long number(Object value, String key) throws Broken {
    if (value instanceof Json.Num num && INTEGER.matcher(num.text()).matches()) {
      long number = Long.parseLong(num.text());
      Broken.unless(number <= INTEGER_MAX, name + "." + key, "2^53 or more");
      return number;
    }
    throw new Broken(name + "." + key, "not an integer from 0 on");
  }

  String hash(String key) throws Broken {
    String hash = text(key);
    Broken.unless(HASH.matcher(hash).matches(), name + "." + key, "not 64 lower-case hex digits");
    return hash;
  }

  void requireTime(String key) throws Broken {
    Broken.unless(TIME.matcher(text(key)).matches(), name + "." + key, "not a time with milliseconds and +08:00");
  }

  Fields object(String key) throws Broken {
    if (object.get(key) instanceof Map<?, ?> map) {
      Map<String, Object> copy = new LinkedHashMap<>();
      map.forEach((k, v) -> copy.put((String) k, v));
      return new Fields(copy, name + "." + key);
    }
    throw new Broken(name + "." + key, "not an object");
  }

  /** [first, last]; empty when first = last + 1. */
  long[] range(String key) throws Broken {
    List<?> pair = list(key);
    Broken.unless(pair.size() == 2, name + "." + key, "not a pair");
    long[] range = {number(pair.get(0), key), number(pair.get(1), key)};
    Broken.unless(range[0] <= range[1] + 1, name + "." + key, "first after last");
    return range;
  }

  /** The sum of a list of [name, count], each name once. */
  long sumOfPairs(String key) throws Broken {
    long sum = 0;
    Set<String> names = new HashSet<>();
    for (Object element : list(key)) {
      boolean pair = element instanceof List<?> list && list.size() == 2 && list.get(0) instanceof String source
          && names.add(source);
      Broken.unless(pair, name + "." + key, "not pairs of a name, given once, and a count");
      sum += number(((List<?>) element).get(1), key);
    }
    return sum;
  }

  private List<?> list(String key) throws Broken {
    if (object.get(key) instanceof List<?> list) {
      return list;
    }
    throw new Broken(name + "." + key, "not a list");
  }
}
