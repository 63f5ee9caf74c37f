package io.emrgateway.mappings.fhir;

import io.emrgateway.mappings.fhir.R4.Slot;
import io.emrgateway.mappings.fhir.R4.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * A resource or data type that is being written: a value for each element of its type.
 *
 * <p>It holds only what may be written: every primitive passes {@link Primitives#valid}, a code with a required
 * binding is one of its codes, and only one type of a choice is filled. Everything else is refused with
 * {@code false}, and the caller says so in a diagnostic.
 *
 * <p>Most types have many more elements than are ever filled, so values lie side by side in the order of their
 * slots, and a bit for each slot says whether it has one.
 */
public final class Element {
  private static final Object[] NOTHING = {};
  private static final Type EXTENSION = R4.standard().type("Extension");
  private static final Type REFERENCE = R4.standard().type("Reference");
  private static final Slot URL = EXTENSION.slot("url");

  private final Type type;
  /** One bit by slot index; as many bits are set as there are values. */
  private long filled;
  private Object[] values = NOTHING;
  /** Extensions of primitive elements ({@code _birthDate}), by slot; null as long as there are none. */
  private Element[] beside;

  public Element(Type type) {
    this.type = type;
  }

  /** A new, empty element of a type of R4; the name must exist. */
  public static Element of(String type) {
    return new Element(Objects.requireNonNull(R4.standard().type(type), type));
  }

  public Type type() {
    return type;
  }

  /** What is in a slot: null, a String, an Element, or a list of either. */
  public Object get(Slot slot) {
    return (filled & slot.bit()) == 0 ? null : values[position(slot)];
  }

  /** What is in the element of that name; the name must exist. */
  public Object get(String name) {
    return get(slot(name));
  }

  /** The text in the single primitive element of that name, or null. */
  public String text(String name) {
    return get(slot(name)) instanceof String s ? s : null;
  }

  /** The elements in the complex list of that name. */
  @SuppressWarnings("unchecked")
  public List<Element> list(String name) {
    return get(slot(name)) instanceof List<?> list ? (List<Element>) list : List.of();
  }

  /** Whether the element of that name, or any type of that choice, holds something. */
  public boolean has(String name) {
    return (filled & slot(name).bit()) != 0;
  }

  /** Whether the element of that name, if its type has one, is all that is in it. */
  public boolean hasOnly(String name) {
    Slot slot = type.slot(name);
    return slot != null && filled == slot.bit() && beside == null;
  }

  /** Whether this slot may take a (further) value: a list always, one value once, a choice one of its types. */
  public boolean takes(Slot slot) {
    return slot.list() || (filled & slot.rivals()) == 0;
  }

  /** Where the value of a slot lies among the values, or would lie. */
  private int position(Slot slot) {
    return Long.bitCount(filled & slot.bit() - 1);
  }

  /** Puts a value where there may be one already. */
  private void set(Slot slot, Object value) {
    int at = position(slot);
    if ((filled & slot.bit()) == 0) {
      int size = Long.bitCount(filled);
      if (size == values.length) {
        values = Arrays.copyOf(values, size + 4);
      }
      System.arraycopy(values, at, values, at + 1, size - at);
      filled |= slot.bit();
    }
    values[at] = value;
  }

  private void clear(Slot slot) {
    if ((filled & slot.bit()) != 0) {
      int at = position(slot);
      int size = Long.bitCount(filled);
      System.arraycopy(values, at + 1, values, at, size - at - 1);
      values[size - 1] = null;
      filled &= ~slot.bit();
    }
  }

  /**
   * Writes a primitive: sets one value, or appends to a list.
   *
   * @return false when the value is not valid for its type, its code is not allowed here, or the place is taken by
   *     another value; then nothing has changed
   */
  public boolean put(Slot slot, String value) {
    if (value == null || slot.kind() == null || !Primitives.valid(slot.kind(), value) || !slot.allows(value)) {
      return false;
    }
    return store(slot, value);
  }

  /** As {@link #put(Slot, String)}, by JSON name; the name must exist. Returns this, for building constants. */
  public Element with(String name, String value) {
    put(slot(name), value);
    return this;
  }

  /** As {@link #put(Slot, Element)}, by JSON name; the name must exist. Returns this. */
  public Element with(String name, Element value) {
    put(slot(name), value);
    return this;
  }

  /** Writes a complex value: sets it, or appends it to a list. */
  public boolean put(Slot slot, Element value) {
    if (value == null || slot.complex() != value.type && !"Resource".equals(slot.primitive())) {
      return false;
    }
    return store(slot, value);
  }

  /** Replaces whatever stands in a single primitive element. */
  public boolean replace(String name, String value) {
    Slot slot = slot(name);
    Object before = get(slot);
    clear(slot);
    if (put(slot, value)) {
      return true;
    }
    if (before != null) {
      set(slot, before);
    }
    return false;
  }

  /** Empties the element of that name. */
  public void clear(String name) {
    clear(slot(name));
  }

  private boolean store(Slot slot, Object value) {
    if (slot.list()) {
      items(slot).add(value);
      return true;
    }
    if (!takes(slot)) {
      return value.equals(get(slot));
    }
    set(slot, value);
    return true;
  }

  /** The list in a slot, made when it is not there. */
  @SuppressWarnings("unchecked")
  private List<Object> items(Slot slot) {
    List<Object> list = (List<Object>) get(slot);
    if (list == null) {
      list = new ArrayList<>(2);
      set(slot, list);
    }
    return list;
  }

  /**
   * The complex element in a slot, made when it is not there.
   *
   * @param position for a list: the element to take, or -1 for a new one at the end
   * @return null when the slot is another type of a choice that is filled already
   */
  public Element child(Slot slot, int position) {
    if (!slot.list()) {
      Object value = get(slot);
      if (value == null) {
        if (!takes(slot)) {
          return null;
        }
        value = new Element(slot.complex());
        set(slot, value);
      }
      return (Element) value;
    }
    List<Object> list = items(slot);
    if (position >= 0 && position < list.size()) {
      return (Element) list.get(position);
    }
    Element made = new Element(slot.complex());
    list.add(made);
    return made;
  }

  /** Adds an extension to a single primitive element, which may itself stay without a value. */
  public void extend(String name, Element extension) {
    Slot slot = slot(name);
    if (beside == null) {
      beside = new Element[type.slots().length];
    }
    if (beside[slot.index()] == null) {
      beside[slot.index()] = Element.of("Extension");
    }
    // Held in an Extension's own extension list: "_name" is an Element, and only "extension" of it is written.
    beside[slot.index()].with("extension", extension);
  }

  /** What stands beside a single primitive element ({@code _birthDate}), or null. */
  public Element beside(Slot slot) {
    return beside == null ? null : beside[slot.index()];
  }

  /**
   * Takes over from another element of the same type what this one does not have: single values where there are
   * none, list items that are not in the list yet.
   */
  @SuppressWarnings("unchecked")
  public void merge(Element other) {
    Slot[] slots = type.slots();
    for (long rest = other.filled; rest != 0; rest &= rest - 1) {
      Slot slot = slots[Long.numberOfTrailingZeros(rest)];
      Object theirs = other.get(slot);
      Object mine = get(slot);
      if (!slot.list()) {
        if (mine instanceof Element one && theirs instanceof Element more) {
          one.merge(more);
        } else if (takes(slot)) {
          set(slot, theirs);
        }
      } else if (mine == null) {
        set(slot, theirs);
      } else {
        for (Object item : (List<Object>) theirs) {
          if (!((List<Object>) mine).contains(item)) {
            ((List<Object>) mine).add(item);
          }
        }
      }
    }
    if (beside == null) {
      beside = other.beside;
    }
  }

  /** Takes out every reference, here or below, to one of these; a number or a name that stands beside it stays. */
  public void forget(Set<String> urls) {
    if (type == REFERENCE && urls.contains(text("reference"))) {
      clear("reference");
    }
    Slot[] slots = type.slots();
    for (long rest = filled; rest != 0; rest &= rest - 1) {
      Object value = get(slots[Long.numberOfTrailingZeros(rest)]);
      if (value instanceof Element element) {
        element.forget(urls);
      } else if (value instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof Element) {
        list.forEach(item -> ((Element) item).forget(urls));
      }
    }
  }

  /**
   * Makes it writable: removes empty elements, and those that lack a required part.
   *
   * @return whether anything is left; when false and {@link #isEmpty()} is false too, a required part is missing
   */
  public boolean settle() {
    Slot[] slots = type.slots();
    for (long rest = filled; rest != 0; rest &= rest - 1) {
      Slot slot = slots[Long.numberOfTrailingZeros(rest)];
      if (slot.primitive() != null) {
        continue;
      }
      Object value = get(slot);
      if (value instanceof Element element ? !element.settle() : !settle((List<?>) value)) {
        clear(slot);
      }
    }
    return !isEmpty() && missing() == null && !saysNothing();
  }

  /** An extension whose value was not writable: a name alone (ext-1 of FHIR forbids it). */
  private boolean saysNothing() {
    return type == EXTENSION && beside == null && Long.bitCount(filled) == 1 && (filled & URL.bit()) != 0;
  }

  /** Settles the items of a list and takes out what is not writable; whether any is left. */
  private static boolean settle(List<?> list) {
    for (int i = 0; i < list.size(); i++) {
      if (!((Element) list.get(i)).settle()) {
        list.remove(i--);
      }
    }
    return !list.isEmpty();
  }

  /** The name of a required element that is not there, or null. Settle first. */
  public String missing() {
    for (int index : type.required()) {
      Slot slot = type.slots()[index];
      if ((filled & slot.rivals()) == 0 && (beside == null || beside[index] == null)) {
        return slot.name();
      }
    }
    return null;
  }

  /** Whether nothing at all is in it. */
  public boolean isEmpty() {
    return filled == 0 && beside == null;
  }

  /** Writes it as a JSON object; it has to be settled. */
  public void write(Json json) {
    json.object();
    if (type.isResource()) {
      json.text("resourceType", type.name());
    }
    Slot[] slots = type.slots();
    if (beside == null) {
      int at = 0;
      for (long rest = filled; rest != 0; rest &= rest - 1) {
        write(json, slots[Long.numberOfTrailingZeros(rest)], values[at++]);
      }
    } else {
      for (Slot slot : slots) {
        Object value = get(slot);
        if (value != null) {
          write(json, slot, value);
        }
        if (beside[slot.index()] != null) {
          json.name("_" + slot.name());
          beside[slot.index()].write(json);
        }
      }
    }
    json.endObject();
  }

  private static void write(Json json, Slot slot, Object value) {
    json.name(slot.name());
    if (value instanceof List<?> list) {
      json.array();
      for (int i = 0; i < list.size(); i++) {
        writeOne(json, slot, list.get(i));
      }
      json.endArray();
    } else {
      writeOne(json, slot, value);
    }
  }

  private static void writeOne(Json json, Slot slot, Object value) {
    if (value instanceof Element element) {
      element.write(json);
      return;
    }
    switch (slot.kind()) {
      // As text: the digits that the laboratory wrote, trailing zeros included, are what is meant.
      case BOOLEAN, DECIMAL, INTEGER, POSITIVE_INT, UNSIGNED_INT -> json.plain((String) value);
      default -> json.text((String) value);
    }
  }

  private Slot slot(String name) {
    Slot slot = type.slot(name);
    if (slot == null) {
      throw new IllegalArgumentException(type.name() + " has no element " + name);
    }
    return slot;
  }

  /** Equal in type and content. */
  @Override
  public boolean equals(Object o) {
    if (!(o instanceof Element other) || type != other.type || filled != other.filled) {
      return false;
    }
    int size = Long.bitCount(filled);
    return Arrays.equals(values, 0, size, other.values, 0, size) && Arrays.equals(beside, other.beside);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(filled) * 31 + type.name().hashCode();
  }

  @Override
  public String toString() {
    // Never the content: it is patient data.
    return type.name();
  }
}
