package io.emrgateway.mappings.fhir;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
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

  /** Reads the list: first the names of all types, then the elements of each, which name other types. */
  private static R4 load() {
    String[] lines = read().split("\n");
    Map<String, Type> types = new HashMap<>(512);
    for (int i = 0; i < lines.length; i++) {
      if (opensType(lines[i])) {
        types.put(lines[i], new Type(lines[i], lines[i].indexOf('.') < 0 && hasMeta(lines, i + 1)));
      }
    }
    for (int i = 0; i < lines.length; i++) {
      if (opensType(lines[i])) {
        fill(types.get(lines[i]), lines, i + 1, types);
      }
    }
    return new R4(types);
  }

  private static String read() {
    try (InputStream in = R4.class.getResourceAsStream("/fhir/r4-elements.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean opensType(String line) {
    return !line.isEmpty() && line.charAt(0) != ' ' && line.charAt(0) != '#';
  }

  private static boolean isElement(String[] lines, int i) {
    return i < lines.length && lines[i].startsWith("  ");
  }

  /** Only resources have it. */
  private static boolean hasMeta(String[] lines, int from) {
    for (int i = from; isElement(lines, i); i++) {
      if (lines[i].startsWith("  meta ")) {
        return true;
      }
    }
    return false;
  }

  /** Elements as the head of the file describes them: {@code name 1|* !|? type|type… [codes]}. */
  private static void fill(Type type, String[] lines, int from, Map<String, Type> types) {
    List<Slot> slots = new ArrayList<>();
    int[] required = new int[Long.SIZE];
    int requiredCount = 0;
    for (int i = from; isElement(lines, i); i++) {
      String line = lines[i];
      int nameEnd = line.indexOf(' ', 2);
      int typesEnd = line.indexOf(' ', nameEnd + 5);
      Set<String> codes = typesEnd < 0 ? Set.of() : Set.of(line.substring(typesEnd + 1).split(","));
      boolean list = line.charAt(nameEnd + 1) == '*';
      if (line.charAt(nameEnd + 3) == '!') {
        required[requiredCount++] = slots.size();
      }
      String name = line.substring(2, nameEnd);
      String sorts = line.substring(nameEnd + 5, typesEnd < 0 ? line.length() : typesEnd);
      if (name.endsWith("[x]")) {
        choice(type, slots, name.substring(0, name.length() - 3), sorts.split("\\|"), types);
      } else if (isWritten(sorts, types)) {
        add(type, slots, name, list, sorts, 1L << slots.size(), codes, types);
      }
    }
    if (slots.size() > Long.SIZE) {
      throw new IllegalStateException(type.name() + " has more elements than a set of slots can hold.");
    }
    type.slots = slots.toArray(new Slot[0]);
    type.required = Arrays.copyOf(required, requiredCount);
  }

  private static void choice(Type type, List<Slot> slots, String name, String[] sorts, Map<String, Type> types) {
    int written = 0;
    for (String sort : sorts) {
      written += isWritten(sort, types) ? 1 : 0;
    }
    long rivals = (1L << written) - 1 << slots.size();
    for (String sort : sorts) {
      if (isWritten(sort, types)) {
        String full = name + Character.toUpperCase(sort.charAt(0)) + sort.substring(1);
        add(type, slots, full, false, sort, rivals, Set.of(), types);
      }
    }
  }

  private static void add(Type type, List<Slot> slots, String name, boolean list, String sort, long rivals,
      Set<String> codes, Map<String, Type> types) {
    Type complex = complex(sort, types);
    // Interned, so that a look-up by a name written in Java ends at the first comparison.
    Slot slot = new Slot(slots.size(), name.intern(), list, complex == null ? sort : null,
        complex == null ? Primitives.Kind.of(sort) : null, complex, rivals, codes);
    slots.add(slot);
    type.byName.put(slot.name(), slot);
  }

  /** Not types that no mapping writes (Expression, UsageContext and the like). */
  private static boolean isWritten(String sort, Map<String, Type> types) {
    return Character.isLowerCase(sort.charAt(0)) || sort.equals("Resource") || complex(sort, types) != null;
  }

  private static Type complex(String name, Map<String, Type> types) {
    return types.get(name.startsWith("@") ? name.substring(1) : name);
  }
}
