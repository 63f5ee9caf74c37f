package io.emrgateway.mappings.fhir;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The elements of FHIR R4 that a mapping may write: their order, cardinality, types and required codes.
 *
 * <p>Everything that writes FHIR asks here, so that an element cannot be misspelt, a list cannot be written as one
 * value, and a code outside a required value set cannot be written at all.
 */
public final class R4 {
  private static final R4 STANDARD = load();

  private final Map<String, Type> types;

  private R4(Map<String, Type> types) {
    this.types = types;
  }

  /** FHIR R4, 4.0.1. */
  public static R4 standard() {
    return STANDARD;
  }

  /** The type of that name, or null: a resource, a data type, or a nested type such as {@code Patient.contact}. */
  public Type type(String name) {
    return types.get(name);
  }

  /** A complex type. */
  public static final class Type {
    private final String name;
    private final boolean resource;
    private Slot[] slots = {};
    private int[] required = {};
    private final Map<String, Slot> byName = new HashMap<>();

    private Type(String name, boolean resource) {
      this.name = name;
      this.resource = resource;
    }

    public String name() {
      return name;
    }

    /** Whether it stands in a bundle's entry by itself. */
    public boolean isResource() {
      return resource;
    }

    /** The elements in the order of the specification; each type of a choice is one of its own. */
    public Slot[] slots() {
      return slots;
    }

    /** The element of that JSON name, e.g. {@code valueQuantity}, or null. */
    public Slot slot(String jsonName) {
      return byName.get(jsonName);
    }

    /** Slots that must be filled; for a choice the first of its slots stands for all. */
    int[] required() {
      return required;
    }
  }

  /**
   * One element of a type.
   *
   * @param index its place in {@link Type#slots()}
   * @param name as in JSON
   * @param list whether it is written as an array
   * @param primitive the primitive type's name, or null for a complex one
   * @param complex the complex type, or null for a primitive one
   * @param kind what a primitive's value has to look like, or null for a complex one
   * @param rivals bits by index: the slots of its choice, itself included, of which only one may be filled
   * @param codes the codes of a required binding, or an empty set for any
   */
  public record Slot(int index, String name, boolean list, String primitive, Primitives.Kind kind, Type complex,
      long rivals, Set<String> codes) {

    /** Its place in a set of slots. */
    long bit() {
      return 1L << index;
    }

    /** Whether a required binding, if there is one, has this code. */
    public boolean allows(String code) {
      return codes.isEmpty() || codes.contains(code);
    }
  }

  private record Line(String name, boolean list, boolean required, String types, Set<String> codes) {}

  private static R4 load() {
    Map<String, List<Line>> lines = new LinkedHashMap<>();
    try (InputStream in = R4.class.getResourceAsStream("/fhir/r4-elements.txt");
        BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      List<Line> current = null;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith("#") || line.isEmpty()) {
          continue;
        }
        if (line.charAt(0) != ' ') {
          current = new ArrayList<>();
          lines.put(line, current);
        } else {
          current.add(lineOf(line));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, Type> types = new HashMap<>();
    lines.forEach((name, elements) -> types.put(name, new Type(name,
        elements.stream().anyMatch(e -> e.name().equals("meta")) && name.indexOf('.') < 0)));
    lines.forEach((name, elements) -> fill(types.get(name), elements, types));
    return new R4(types);
  }

  private static Line lineOf(String line) {
    int a = line.indexOf(' ', 2);
    int b = line.indexOf(' ', a + 5);
    Set<String> codes = b < 0 ? Set.of() : Set.of(line.substring(b + 1).split(","));
    return new Line(line.substring(2, a), line.charAt(a + 1) == '*', line.charAt(a + 3) == '!',
        line.substring(a + 5, b < 0 ? line.length() : b), codes);
  }

  private static void fill(Type type, List<Line> lines, Map<String, Type> types) {
    List<Slot> slots = new ArrayList<>();
    List<Integer> required = new ArrayList<>();
    for (Line line : lines) {
      if (line.required()) {
        required.add(slots.size());
      }
      boolean choice = line.name().endsWith("[x]");
      List<String> alternatives = new ArrayList<>(1);
      for (String t : line.types().split("\\|")) {
        // The rest are types that no mapping writes (Expression, UsageContext and the like).
        if (Character.isLowerCase(t.charAt(0)) || t.equals("Resource") || complex(t, types) != null) {
          alternatives.add(t);
        }
      }
      long rivals = (1L << alternatives.size()) - 1 << slots.size();
      for (String t : alternatives) {
        Type complex = complex(t, types);
        String name = choice
            ? line.name().substring(0, line.name().length() - 3) + Character.toUpperCase(t.charAt(0)) + t.substring(1)
            : line.name();
        // Interned, so that a look-up by a name written in Java ends at the first comparison.
        Slot slot = new Slot(slots.size(), name.intern(), line.list(), complex == null ? t : null,
            complex == null ? Primitives.Kind.of(t) : null, complex, rivals, line.codes());
        slots.add(slot);
        type.byName.put(slot.name(), slot);
      }
    }
    if (slots.size() > Long.SIZE) {
      throw new IllegalStateException(type.name() + " has more elements than a set of slots can hold.");
    }
    type.slots = slots.toArray(Slot[]::new);
    type.required = required.stream().mapToInt(Integer::intValue).toArray();
  }

  private static Type complex(String name, Map<String, Type> types) {
    return types.get(name.startsWith("@") ? name.substring(1) : name);
  }
}
