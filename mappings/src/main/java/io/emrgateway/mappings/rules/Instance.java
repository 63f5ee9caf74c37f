package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.fhir.Element;
import io.emrgateway.mappings.hl7.Segment;
import java.util.ArrayList;
import java.util.List;

/** A resource in the making. */
final class Instance {
  final Element element;
  final RuleMap map;
  final String role;
  final Group group;
  final Segment segment;
  final List<MessageRules.Entry> entries = new ArrayList<>(2);
  boolean ifAbsent;
  /** Whether a row has written anything; a resource that only links made is not worth sending. */
  boolean touched;
  /** The OBX whose values have been written; its first valued repetition does the work for all. */
  Segment valuesWrittenOf;
  /** The identifier that makes it recognisable; set by its identity. */
  Key key;
  /** The instance that stands for it in the bundle: itself, or the first with the same key. */
  Instance standsFor = this;
  String fullUrl;
  boolean written = true;

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

  /** System and value of the identifying identifier. */
  record Key(String system, String value) {}

  /** A stretch of the message that belongs together: a patient, an order, a result. */
  static final class Group {
    final Group parent;
    final int depth;
    final List<Instance> instances = new ArrayList<>(4);
    final List<Segment> segments = new ArrayList<>(4);
    int opened = -1;

    Group(Group parent, int depth) {
      this.parent = parent;
      this.depth = depth;
    }

    /** The first resource of that role here, or null. */
    Instance first(String role) {
      for (int i = 0; i < instances.size(); i++) {
        if (instances.get(i).role.equals(role)) {
          return instances.get(i);
        }
      }
      return null;
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
        for (int i = g.segments.size() - 1; i >= 0; i--) {
          if (g.segments.get(i).name().equals(name)) {
            return g.segments.get(i);
          }
        }
      }
      return null;
    }
  }
}
