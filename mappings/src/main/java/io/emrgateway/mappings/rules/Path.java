package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.fhir.Element;
import io.emrgateway.mappings.fhir.R4;
import io.emrgateway.mappings.fhir.R4.Slot;
import io.emrgateway.mappings.fhir.R4.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a row writes: {@code birthDate}, {@code participant.individual}, {@code dosageInstruction[0].route}.
 *
 * <p>A list on the way, or at the end, gets a new element for every value; {@code [0]} means "the first one, made
 * when it is not there", so that several rows can fill the same element.
 */
final class Path {
  private final String text;
  private final Slot[] steps;
  private final int[] positions;
  private final int anchor;

  private Path(String text, Slot[] steps, int[] positions) {
    this.text = text;
    this.steps = steps;
    this.positions = positions;
    int deepest = -1;
    for (int i = 0; i < steps.length; i++) {
      if (steps[i].list()) {
        deepest = i;
      }
    }
    this.anchor = deepest;
  }

  static Path of(Yaml yaml, String path, Type root) {
    List<Slot> steps = new ArrayList<>();
    List<Integer> positions = new ArrayList<>();
    Type type = root;
    for (String step : path.split("\\.")) {
      int bracket = step.indexOf('[');
      String name = bracket < 0 ? step : step.substring(0, bracket);
      if (type == null) {
        throw yaml.error("\"" + path + "\"：其下没有元素 / nothing lies below \"" + steps.get(steps.size() - 1).name() + "\".",
            "路径到此为止 / End the path there.");
      }
      Slot slot = type.slot(name);
      if (slot == null) {
        throw yaml.error(type.name() + " 没有元素 \"" + name + "\" / " + type.name() + " has no element \"" + name + "\" in FHIR R4.",
            Known.near(names(type), name));
      }
      int position = -1;
      if (bracket >= 0) {
        try {
          position = Integer.parseInt(step.substring(bracket + 1, step.length() - 1));
        } catch (NumberFormatException e) {
          throw yaml.error("\"" + step + "\" 不是位置 / is no position.", "写 / Write " + name + "[0].");
        }
        if (!slot.list()) {
          throw yaml.error(type.name() + "." + name + " 只有一个值 / is one value, no list.",
              "去掉 [ ] / Write " + name + " without [ ].");
        }
      }
      steps.add(slot);
      positions.add(position);
      type = slot.complex();
    }
    return new Path(path, steps.toArray(Slot[]::new), positions.stream().mapToInt(Integer::intValue).toArray());
  }

  private static List<String> names(Type type) {
    List<String> names = new ArrayList<>();
    for (Slot slot : type.slots()) {
      names.add(slot.name());
    }
    return names;
  }

  /** The element at the end. */
  Slot end() {
    return steps[steps.length - 1];
  }

  /** The type that {@code with} constants belong to: the last list element on the way, else the root. */
  Type anchorType(Type root) {
    return anchor < 0 ? root : steps[anchor].complex();
  }

  /** Whether the last list element on the way is the end itself. */
  boolean anchoredAtEnd() {
    return anchor == steps.length - 1;
  }

  /** Where a value of this path is to be put, and which element its constants belong to. */
  Spot spot(Element root) {
    Element at = root;
    Element anchored = root;
    for (int i = 0; i < steps.length - 1; i++) {
      at = at.child(steps[i], positions[i]);
      if (at == null) {
        return null;
      }
      if (i == anchor) {
        anchored = at;
      }
    }
    return new Spot(at, anchored);
  }

  /** Makes the complex element at the end; null when its place is taken by another type of a choice. */
  Element make(Spot spot) {
    return spot.parent().child(end(), positions[positions.length - 1]);
  }

  record Spot(Element parent, Element anchor) {}

  @Override
  public String toString() {
    return text;
  }

  static {
    // R4 is read before the first path is compiled, not in the middle of it.
    R4.standard();
  }
}
