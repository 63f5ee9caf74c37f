package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.fhir.Element;
import io.emrgateway.mappings.fhir.R4.Slot;
import io.emrgateway.mappings.hl7.Segment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A resource in the making. */
final class Instance {
  final Element element;
  final RuleMap map;
  final String role;
  final Group group;
  final Segment segment;
  final List<MessageRules.Entry> entries = new ArrayList<>(2);
  boolean ifAbsent;
  /** Whether the message tells no more than what has become of it: see {@link RuleSet.Request#SET_STATUS}. */
  boolean statusOnly;
  /** Where it lies within another resource, which refers to it there; null where it has an entry of its own. */
  MessageRules.Link contained;
  /** Whether a row has written anything; a resource that only links made is not worth sending. */
  boolean touched;
  /** The OBX whose values have been written; its first valued repetition does the work for all. */
  Segment valuesWrittenOf;
  /** Whether the lines of a document's text are in it already: the first line brings them all. */
  boolean textGathered;
  /** The identifier that makes it recognisable; set by its identity. */
  Key key;
  /** The instance that stands for it in the bundle: itself, or the first with the same key. */
  Instance standsFor = this;
  String fullUrl;
  /** The resources that it joins, for an identity that is theirs together. */
  final List<Instance> parts = new ArrayList<>(0);
  boolean written = true;
  /** What links have put into lists here; a report does not look through 20,000 results to add one more. */
  private Set<Linked> linked;

  private record Linked(Element parent, int slot, Instance target) {
    @Override
    public boolean equals(Object o) {
      return o instanceof Linked other && parent == other.parent && slot == other.slot && target == other.target;
    }

    @Override
    public int hashCode() {
      return 31 * (31 * System.identityHashCode(parent) + slot) + System.identityHashCode(target);
    }
  }

  Instance(RuleMap map, String role, Group group, Segment segment) {
    this.element = new Element(map.type());
    this.map = map;
    this.role = role;
    this.group = group;
    this.segment = segment;
  }

  String type() {
    return element.type().name();
  }

  RuleSet.Request request() {
    return ifAbsent ? RuleSet.Request.CREATE : statusOnly ? RuleSet.Request.SET_STATUS : RuleSet.Request.WRITE;
  }

  /** Whether this is the first time that a list of this resource is to refer to that one. */
  boolean links(Element parent, Slot slot, Instance target) {
    if (linked == null) {
      linked = new HashSet<>();
    }
    return linked.add(new Linked(parent, slot.index(), target));
  }

  /**
   * What makes a resource recognisable: system and value of an identifier.
   *
   * @param system null when its type has no identifier to search for; then the value is its logical id
   */
  record Key(String system, String value) {}

  /**
   * A stretch of the message that belongs together: a patient, an order, a result. What it holds is found by name in
   * one step: each of 20,000 results asks for its patient, and must not look through the other results for it.
   */
  static final class Group {
    final Group parent;
    final int depth;
    private final Map<String, List<Instance>> instances = new HashMap<>();
    private final Map<String, Segment> latest = new HashMap<>();
    int opened = -1;
    /** Whether its opener came only after groups within it had begun. */
    boolean late;

    Group(Group parent, int depth) {
      this.parent = parent;
      this.depth = depth;
    }

    void add(Instance instance) {
      instances.computeIfAbsent(instance.role, role -> new ArrayList<>(2)).add(instance);
    }

    void add(Segment segment) {
      latest.put(segment.name(), segment);
    }

    /** Whether a segment of that name has come in this group itself. */
    boolean has(String name) {
      return latest.containsKey(name);
    }

    /** Whether only segments of these names have come in this group itself. */
    boolean holdsOnly(List<String> names, Set<String> orThese) {
      for (String name : latest.keySet()) {
        if (!names.contains(name) && !orThese.contains(name)) {
          return false;
        }
      }
      return true;
    }

    /** All resources of that role here, in the order they were added. */
    List<Instance> all(String role) {
      return instances.getOrDefault(role, List.of());
    }

    /** The first resource of that role here, or null. */
    Instance first(String role) {
      List<Instance> all = all(role);
      return all.isEmpty() ? null : all.get(0);
    }

    /** The last resource of that role here, or null. */
    Instance last(String role) {
      List<Instance> all = all(role);
      return all.isEmpty() ? null : all.get(all.size() - 1);
    }

    /** The first resource of that role here or in the nearest enclosing group, or null. */
    Instance nearest(String role) {
      for (Group g = this; g != null; g = g.parent) {
        Instance found = g.first(role);
        if (found != null) {
          return found;
        }
      }
      return null;
    }

    /** The last segment of that name here or in the nearest enclosing group, or null. */
    Segment segment(String name) {
      for (Group g = this; g != null; g = g.parent) {
        Segment found = g.latest.get(name);
        if (found != null) {
          return found;
        }
      }
      return null;
    }
  }
}
