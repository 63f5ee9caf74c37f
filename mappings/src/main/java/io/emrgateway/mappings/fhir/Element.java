package io.emrgateway.mappings.fhir;

import com.fasterxml.jackson.core.JsonGenerator;
import io.emrgateway.mappings.fhir.R4.Slot;
import io.emrgateway.mappings.fhir.R4.Type;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A resource or data type that is being written: a value for each element of its type.
 *
 * <p>It holds only what may be written: every primitive passes {@link Primitives#valid}, a code with a required
 * binding is one of its codes, and only one type of a choice is filled. Everything else is refused with
 * {@code false}, and the caller says so in a diagnostic.
 */
public final class Element {
  private final Type type;
  private final Object[] values;
  /** Extensions of primitive elements ({@code _birthDate}), by slot; null as long as there are none. */
  private Element[] beside;

  public Element(Type type) {
    this.type = type;
    this.values = new Object[type.slots().length];
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
    return values[slot.index()];
  }

  /** What is in the element of that name; the name must exist. */
  public Object get(String name) {
    return values[slot(name).index()];
  }

  /** The text in the single primitive element of that name, or null. */
  public String text(String name) {
    return values[slot(name).index()] instanceof String s ? s : null;
  }

  /** The elements in the complex list of that name. */
  @SuppressWarnings("unchecked")
  public List<Element> list(String name) {
    Object value = values[slot(name).index()];
    return value instanceof List<?> list ? (List<Element>) list : List.of();
  }

  /** Whether the element of that name, or any type of that choice, holds something. */
  public boolean has(String name) {
    return values[slot(name).index()] != null;
  }

  /** Whether this slot may take a (further) value: a list always, one value once, a choice one of its types. */
  public boolean takes(Slot slot) {
    if (slot.list()) {
      return true;
    }
    if (values[slot.index()] != null) {
      return false;
    }
    if (slot.choice() >= 0) {
      for (Slot other : type.slots()) {
        if (other.choice() == slot.choice() && values[other.index()] != null) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * Writes a primitive: sets one value, or appends to a list.
   *
   * @return false when the value is not valid for its type, its code is not allowed here, or the place is taken by
   *     another value; then nothing has changed
   */
  public boolean put(Slot slot, String value) {
    if (value == null || slot.primitive() == null || !Primitives.valid(slot.primitive(), value)
        || !slot.codes().isEmpty() && !slot.codes().contains(value)) {
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
    Object before = values[slot.index()];
    values[slot.index()] = null;
    if (put(slot, value)) {
      return true;
    }
    values[slot.index()] = before;
    return false;
  }

  /** Empties the element of that name. */
  public void clear(String name) {
    values[slot(name).index()] = null;
  }

  @SuppressWarnings("unchecked")
  private boolean store(Slot slot, Object value) {
    if (slot.list()) {
      List<Object> list = (List<Object>) values[slot.index()];
      if (list == null) {
        list = new ArrayList<>(2);
        values[slot.index()] = list;
      }
      list.add(value);
      return true;
    }
    if (!takes(slot)) {
      return value.equals(values[slot.index()]);
    }
    values[slot.index()] = value;
    return true;
  }

  /**
   * The complex element in a slot, made when it is not there.
   *
   * @param position for a list: the element to take, or -1 for a new one at the end
   * @return null when the slot is another type of a choice that is filled already
   */
  @SuppressWarnings("unchecked")
  public Element child(Slot slot, int position) {
    if (!slot.list()) {
      Object value = values[slot.index()];
      if (value == null) {
        if (!takes(slot)) {
          return null;
        }
        value = new Element(slot.complex());
        values[slot.index()] = value;
      }
      return (Element) value;
    }
    List<Object> list = (List<Object>) values[slot.index()];
    if (list == null) {
      list = new ArrayList<>(2);
      values[slot.index()] = list;
    }
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
      beside = new Element[values.length];
    }
    if (beside[slot.index()] == null) {
      beside[slot.index()] = Element.of("Extension");
    }
    // Held in an Extension's own extension list: "_name" is an Element, and only "extension" of it is written.
    beside[slot.index()].with("extension", extension);
  }

  /**
   * Takes over from another element of the same type what this one does not have: single values where there are
   * none, list items that are not in the list yet.
   */
  @SuppressWarnings("unchecked")
  public void merge(Element other) {
    for (Slot slot : type.slots()) {
      Object theirs = other.values[slot.index()];
      if (theirs == null) {
        continue;
      }
      if (!slot.list()) {
        if (values[slot.index()] instanceof Element mine && theirs instanceof Element more) {
          mine.merge(more);
        } else if (takes(slot)) {
          values[slot.index()] = theirs;
        }
        continue;
      }
      List<Object> mine = (List<Object>) values[slot.index()];
      if (mine == null) {
        values[slot.index()] = theirs;
        continue;
      }
      for (Object item : (List<Object>) theirs) {
        if (!mine.contains(item)) {
          mine.add(item);
        }
      }
    }
    if (beside == null) {
      beside = other.beside;
    }
  }

  /**
   * Makes it writable: removes empty elements, and those that lack a required part.
   *
   * @return whether anything is left; when false and {@link #isEmpty()} is false too, a required part is missing
   */
  public boolean settle() {
    for (Slot slot : type.slots()) {
      Object value = values[slot.index()];
      if (value instanceof Element element) {
        if (!element.settle()) {
          values[slot.index()] = null;
        }
      } else if (value instanceof List<?> list && slot.primitive() == null) {
        list.removeIf(item -> !((Element) item).settle());
        if (list.isEmpty()) {
          values[slot.index()] = null;
        }
      }
    }
    return !isEmpty() && missing() == null;
  }

  /** The name of a required element that is not there, or null. Settle first. */
  public String missing() {
    for (int index : type.required()) {
      if (values[index] == null && (beside == null || beside[index] == null)) {
        Slot slot = type.slots()[index];
        if (slot.choice() < 0 || takes(slot)) {
          return slot.name();
        }
      }
    }
    return null;
  }

  /** Whether nothing at all is in it. */
  public boolean isEmpty() {
    if (beside != null) {
      return false;
    }
    for (Object value : values) {
      if (value != null) {
        return false;
      }
    }
    return true;
  }

  /** Writes it as a JSON object; it has to be settled. */
  public void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    if (type.isResource()) {
      json.writeStringField("resourceType", type.name());
    }
    Slot[] slots = type.slots();
    for (int i = 0; i < slots.length; i++) {
      Object value = values[i];
      if (value != null) {
        json.writeFieldName(slots[i].name());
        writeValue(json, slots[i], value);
      }
      if (beside != null && beside[i] != null) {
        json.writeFieldName("_" + slots[i].name());
        beside[i].write(json);
      }
    }
    json.writeEndObject();
  }

  private static void writeValue(JsonGenerator json, Slot slot, Object value) throws IOException {
    if (value instanceof List<?> list) {
      json.writeStartArray();
      for (int i = 0; i < list.size(); i++) {
        writeValue(json, slot, list.get(i));
      }
      json.writeEndArray();
    } else if (value instanceof Element element) {
      element.write(json);
    } else {
      switch (slot.primitive()) {
        case "boolean" -> json.writeBoolean("true".equals(value));
        // As text: the digits that the laboratory wrote, trailing zeros included, are what is meant.
        case "decimal", "integer", "positiveInt", "unsignedInt" -> json.writeNumber((String) value);
        default -> json.writeString((String) value);
      }
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
    return o instanceof Element other && type == other.type && java.util.Arrays.equals(values, other.values)
        && java.util.Arrays.equals(beside, other.beside);
  }

  @Override
  public int hashCode() {
    return 31 * type.name().hashCode() + java.util.Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    // Never the content: it is patient data.
    return type.name();
  }
}
