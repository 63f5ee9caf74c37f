package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.Diagnostic.Finding;
import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.fhir.Element;
import io.emrgateway.mappings.fhir.R4;
import io.emrgateway.mappings.hl7.Part;
import io.emrgateway.mappings.hl7.Segment;

/**
 * One value meeting one row.
 *
 * @param root the element that the row's map fills
 * @param part the value, already narrowed to the row's component
 * @param segment where it comes from
 * @param field its field, and {@code repetition} from 1, 0 for constants
 * @param instance the resource that is being filled
 * @param system of the row, else of the row whose data type this row reads; null when neither names one
 */
record Call(Run run, Row row, Element root, Part part, Segment segment, int field, int repetition, Instance instance,
    String system) {
  private static final R4.Type PERIOD = R4.standard().type("Period");

  Call(Run run, Row row, Element root, Part part, Segment segment, int field, int repetition, Instance instance) {
    this(run, row, root, part, segment, field, repetition, instance, row.system());
  }

  Site site() {
    return run.site();
  }

  /** Says that something about this value could not be written. */
  void note(Finding finding) {
    run.note(finding, place());
  }

  /** Tells who follows the run that a table has been asked for this value's code. */
  void looksUp(Table table, String code, boolean known) {
    run.looksUp(table, code, known, segment, field, part);
  }

  /** E.g. {@code OBX[3]-5} or {@code PID-3(2)}. */
  String place() {
    return place(segment, field, repetition);
  }

  static String place(Segment segment, int field, int repetition) {
    String at = segment.place();
    if (field > 0) {
      at += "-" + field;
    }
    return repetition > 1 ? at + "(" + repetition + ")" : at;
  }

  /** Puts a primitive where the row says, with the row's constants; says so when it may not stand there. */
  void put(String value) {
    if (value == null) {
      return;
    }
    Path.Spot spot = row.to().spot(root);
    if (spot == null || !spot.parent().takes(row.to().end())) {
      return; // An earlier row has filled it: the first one counts.
    }
    if (endsBeforeItBegins(spot.parent(), value)) {
      note(Finding.VALUE_UNUSABLE);
    } else if (spot.parent().put(row.to().end(), value)) {
      constants(spot, null);
    } else {
      note(row.to().end().codes().isEmpty() ? Finding.VALUE_UNUSABLE : Finding.CODE_UNMAPPED);
    }
  }

  /** Whether this is a period's second half and does not agree with the first (per-1): then the first one counts. */
  private boolean endsBeforeItBegins(Element parent, String value) {
    if (parent.type() != PERIOD) {
      return false;
    }
    boolean start = row.to().end().name().equals("start");
    return start ? Times.isBefore(parent.text("end"), value) : Times.isBefore(value, parent.text("start"));
  }

  /** The complex element where the row says, with the row's constants; null when its place is taken. */
  Element make() {
    Path.Spot spot = row.to().spot(root);
    if (spot == null || !row.to().end().list() && spot.parent().get(row.to().end()) != null) {
      return null;
    }
    Element made = row.to().make(spot);
    if (made != null) {
      constants(spot, made);
    }
    return made;
  }

  /** What {@code as:} does: the rows of a map fill the element where this row says, or make what it refers to. */
  void as(RuleMap map) {
    if (map.type().isResource() && part.isValued() && Absent.says(part.whole())) {
      return; // A dash is nobody and no place, and nobody has taken part.
    }
    Element made = make();
    if (made == null) {
      return;
    }
    if (map.type().isResource()) {
      run.refer(map, made, this);
    } else {
      run.fill(map, made, part, this, instance);
    }
  }

  /** What the rows of a data type's map, e.g. {@code CWE[CodeableConcept]}, make of this value; empty if nothing. */
  Element read(String map) {
    return read(map, part);
  }

  /** The same of another value of the segment. */
  Element read(String map, Part value) {
    RuleMap rows = run.rules().map(map);
    Element made = new Element(rows.type());
    run.fill(rows, made, value, this, instance);
    return made;
  }

  /** Writes what {@link #read(String, Part)} makes of a value, unless that is nothing. */
  void put(Element into, String name, String map, Part value) {
    if (value.isValued()) {
      Element made = read(map, value);
      if (!made.isEmpty()) {
        into.with(name, made);
      }
    }
  }

  private void constants(Path.Spot spot, Element made) {
    for (Row.Constant constant : row.constants()) {
      Element anchor = row.to().anchoredAtEnd() && made != null ? made : spot.anchor();
      Path.Spot at = constant.path().spot(anchor);
      if (at == null || !at.parent().takes(constant.path().end())) {
        continue;
      }
      if (constant.concept() != null) {
        Concepts.write(constant.path().make(at), constant.concept());
      } else {
        at.parent().put(constant.path().end(), constant.value());
      }
    }
  }
}
