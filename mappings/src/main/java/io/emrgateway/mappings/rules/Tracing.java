package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.Trace.Written;
import io.emrgateway.mappings.fhir.Element;
import io.emrgateway.mappings.fhir.R4.Slot;
import io.emrgateway.mappings.hl7.Part;
import io.emrgateway.mappings.hl7.Segment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Follows one run: whatever is new in a resource after a row has been applied was written by that row.
 *
 * <p>Looking is slow and exact: rows and functions need not say what they write. Used for one message, by one thread.
 */
final class Tracing implements Run.Observer {

  private record Origin(String place, String rule, String file, int line) {}

  private record Leaf(int slot, int index) {}

  private final Map<Element, Map<Leaf, Origin>> origins = new IdentityHashMap<>();
  private final Map<String, Boolean> read = new LinkedHashMap<>();
  /** The rows around a data type's rows, from the segment's row on. */
  private final Deque<Call> around = new ArrayDeque<>();

  @Override
  public void read(Row row, Segment segment, int field, int repetition) {
    read.put(Call.place(segment, field, repetition), true);
  }

  @Override
  public void enters(Call outer) {
    around.addLast(outer);
  }

  @Override
  public void leaves() {
    around.removeLast();
  }

  @Override
  public void applied(Call call) {
    Row row = call.row();
    Origin origin = new Origin(place(call), row.id(), row.file(), row.line());
    mark(call.root(), origin);
    if (call.instance() != null && call.instance().element != call.root()) {
      mark(call.instance().element, origin);
    }
  }

  @Override
  public void derived(Instance instance, String how) {
    mark(instance.element, new Origin("", how, instance.map.file(), 0));
  }

  @Override
  public void merged(Instance from, Instance into) {
    inherit(from.element, into.element);
  }

  @Override
  public void looksUp(Table table, String code, boolean known, Segment segment, int field, Part value) {
    // Where a missing code matters, a diagnostic says so.
  }

  /** E.g. {@code PID-3(2).4.1}: each row around narrows the place a little more. */
  private String place(Call call) {
    if (call.field() == 0) {
      return "";
    }
    StringBuilder at = new StringBuilder(call.place());
    for (Call outer : around) {
      narrow(at, outer.row().from());
    }
    return narrow(at, call.row().from()).toString();
  }

  private static StringBuilder narrow(StringBuilder at, Source from) {
    if (from != null && from.component() > 0) {
      at.append('.').append(from.component());
      if (from.subcomponent() > 0) {
        at.append('.').append(from.subcomponent());
      }
    }
    return at;
  }

  private interface Visitor {
    void leaf(Element parent, Slot slot, int index, String value, String path);
  }

  private void mark(Element element, Origin origin) {
    visit(element, "", (parent, slot, index, value, path) ->
        origins.computeIfAbsent(parent, p -> new LinkedHashMap<>()).putIfAbsent(new Leaf(slot.index(), index), origin));
  }

  /** What one resource took over from another keeps its origin. Complex values moved as they were. */
  private void inherit(Element from, Element into) {
    Map<Leaf, Origin> theirs = origins.getOrDefault(from, Map.of());
    for (Slot slot : into.type().slots()) {
      Object mine = into.get(slot);
      Object other = from.get(slot);
      if (mine instanceof Element one && other instanceof Element more && one != more) {
        inherit(more, one);
      } else if (mine instanceof String && other != null) {
        Origin origin = theirs.get(new Leaf(slot.index(), 0));
        if (origin != null) {
          origins.computeIfAbsent(into, p -> new LinkedHashMap<>()).putIfAbsent(new Leaf(slot.index(), 0), origin);
        }
      } else if (mine instanceof List<?> list && other instanceof List<?> others && slot.primitive() != null) {
        for (int k = 0; k < list.size(); k++) {
          Origin origin = theirs.get(new Leaf(slot.index(), others.indexOf(list.get(k))));
          if (origin != null) {
            origins.computeIfAbsent(into, p -> new LinkedHashMap<>()).putIfAbsent(new Leaf(slot.index(), k), origin);
          }
        }
      }
    }
  }

  private static void visit(Element element, String path, Visitor visitor) {
    for (Slot slot : element.type().slots()) {
      Object value = element.get(slot);
      String at = path + "." + slot.name();
      if (value instanceof List<?> list) {
        for (int k = 0; k < list.size(); k++) {
          one(element, slot, k, list.get(k), at + "[" + k + "]", visitor);
        }
      } else if (value != null) {
        one(element, slot, 0, value, at, visitor);
      }
      Element beside = element.beside(slot);
      if (beside != null) {
        visit(beside, path + "._" + slot.name(), visitor);
      }
    }
  }

  private static void one(Element parent, Slot slot, int index, Object value, String path, Visitor visitor) {
    if (value instanceof Element child) {
      visit(child, path, visitor);
    } else {
      visitor.leaf(parent, slot, index, (String) value, path);
    }
  }

  /** Every value of these resources, in order. */
  List<Written> written(List<RuleSet.Resource> resources) {
    List<Written> all = new ArrayList<>();
    Origin unknown = new Origin("", "derived", "", 0);
    for (RuleSet.Resource resource : resources) {
      visit(resource.element(), resource.element().type().name(), (parent, slot, index, value, path) -> {
        Origin origin = origins.getOrDefault(parent, Map.of()).getOrDefault(new Leaf(slot.index(), index), unknown);
        all.add(new Written(resource.fullUrl(), path, value, origin.place(), origin.rule(), origin.file(), origin.line()));
      });
    }
    return all;
  }

  /** Whether some row read this field repetition, whatever came of it. */
  boolean read(Segment segment, int field, int repetition) {
    return read.containsKey(Call.place(segment, field, repetition));
  }
}
