package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.Diagnostic;
import io.emrgateway.mappings.Diagnostic.Finding;
import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.fhir.Element;
import io.emrgateway.mappings.fhir.R4;
import io.emrgateway.mappings.hl7.Hl7Message;
import io.emrgateway.mappings.hl7.Part;
import io.emrgateway.mappings.hl7.Segment;
import io.emrgateway.mappings.rules.Instance.Group;
import io.emrgateway.mappings.rules.MessageRules.Entry;
import io.emrgateway.mappings.rules.MessageRules.GroupRule;
import io.emrgateway.mappings.rules.MessageRules.Link;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.Set;

/**
 * The rules meeting one message: segments in order fill resources, then identities are given, equal ones merged and
 * references resolved. Used once, by one thread.
 */
final class Run {
  /** Segments that only add to the one before them, so that its group may still be beginning. */
  private static final Set<String> ATTENDANTS = Set.of("NTE", "TQ1", "TQ2", "PRT", "ROL", "CTD", "CTI");
  /** What only adds to the segment before: a comment or a person behind it belongs to that one, not to these. */
  static final Set<String> PASSED_OVER = Set.of("NTE", "TCD", "TQ2", "PRT", "ROL", "ARV", "CTD", "CTI", "SID");

  private final RuleSet rules;
  private final MessageRules message;
  private final Hl7Message hl7;
  private final Site site;
  private final String type;
  private final String control;
  private final List<Diagnostic> diagnostics;
  private final Observer observer;
  private final List<Instance> instances = new ArrayList<>();
  private final List<Pending> pending = new ArrayList<>();
  private final List<Element> byNumber = new ArrayList<>(0);
  private final Group[] current;
  private final Identities.Holders holders = new Identities.Holders();
  private final Map<String, Instance> referred = new HashMap<>();
  private final Prescriptions prescriptions = new Prescriptions();
  private String lastAnchor = "MSH";
  private Boolean subIdsCount;

  /** Follows a run step by step, for a trace. */
  interface Observer {
    /** A row looks at a field that holds something. */
    void read(Row row, Segment segment, int field, int repetition);

    /** A row has been applied. */
    void applied(Call call);

    /** The rows of a data type are about to be applied to this call's value. */
    void enters(Call outer);

    /** They have been. */
    void leaves();

    /** Something was written that no row wrote: an identity, a link. */
    void derived(Instance instance, String how);

    /** One resource of the message has taken over what another one had. */
    void merged(Instance from, Instance into);

    /** A table has been asked for the code that a field's value begins with. */
    void looksUp(Table table, String code, boolean known, Segment segment, int field, Part value);
  }

  /** @param call the row that refers, or null */
  private record Pending(Element reference, Instance target, Call call) {}

  Run(RuleSet rules, MessageRules message, Hl7Message hl7, String type, Site site, String control,
      List<Diagnostic> diagnostics, Observer observer) {
    this.type = type;
    this.rules = rules;
    this.message = message;
    this.hl7 = hl7;
    this.site = site;
    this.control = control;
    this.diagnostics = diagnostics;
    this.observer = observer;
    this.current = new Group[message.groups().size()];
    current[0] = new Group(null, 0);
  }

  Site site() {
    return site;
  }

  RuleSet rules() {
    return rules;
  }

  Hl7Message hl7() {
    return hl7;
  }

  /** Type and event, wherever the message says them, e.g. {@code ADT^A01}; the type alone where it says no event. */
  String type() {
    return type;
  }

  /** The event, e.g. {@code A01}, or "". */
  String event() {
    int caret = type.indexOf('^');
    return caret < 0 ? "" : type.substring(caret + 1);
  }

  /** MSH-10, or what stands in for it. */
  String control() {
    return control;
  }

  /** Name of the order detail segment (OBR, RXO, RXE …) that follows an ORC before the next one, or "". */
  String detailOf(Segment orc) {
    Segment detail = detail(orc, name -> name.equals("OBR") || name.startsWith("RX"));
    return detail == null ? "" : detail.name();
  }

  /** The order detail segment of that name that follows an ORC before the next one, or null. */
  Segment detail(Segment orc, String name) {
    return detail(orc, name::equals);
  }

  private Segment detail(Segment orc, Predicate<String> wanted) {
    List<Segment> segments = hl7.segments();
    for (int i = segments.indexOf(orc) + 1; i < segments.size() && !segments.get(i).name().equals("ORC"); i++) {
      if (wanted.test(segments.get(i).name())) {
        return segments.get(i);
      }
    }
    return null;
  }

  /** What the pharmacy segments around the current one are about. */
  Prescriptions prescriptions() {
    return prescriptions;
  }

  /** The last segment of that name in the innermost open group or one around it, the current one included; or null. */
  Segment nearby(String name) {
    for (int depth = current.length - 1; depth >= 0; depth--) {
      if (current[depth] != null) {
        return current[depth].segment(name);
      }
    }
    return null;
  }

  /**
   * Whether the sub-ids (OBX-4) of this message only count: each is its OBX-1, or each is 1. What belongs together may
   * stand below different OBRs (an organism and what it is sensitive to), so all are looked at; once.
   */
  boolean subIdsCount() {
    if (subIdsCount == null) {
      boolean running = true;
      boolean ones = true;
      for (Segment segment : hl7.segments()) {
        String id = segment.name().equals("OBX") ? segment.field(4).whole() : null;
        if (id != null) {
          running &= id.equals(segment.field(1).text());
          ones &= id.equals("1");
        }
      }
      subIdsCount = running || ones;
    }
    return subIdsCount;
  }

  /** The resource of that type that the current segment has just begun, or null. */
  Instance madeFrom(Segment segment, String type) {
    for (int i = instances.size() - 1; i >= 0; i--) {
      Instance instance = instances.get(i);
      if (instance.segment == segment && instance.type().equals(type)) {
        return instance;
      }
    }
    return null;
  }

  /** The first resource of that role in the message so far, in whatever group; or null. */
  Instance firstOf(String role) {
    for (Instance instance : instances) {
      if (instance.role.equals(role)) {
        return instance;
      }
    }
    return null;
  }

  void note(Finding finding, String place) {
    if (diagnostics.size() < 500) {
      diagnostics.add(new Diagnostic(finding, place));
    }
  }

  /** Whether somebody follows the run, for a trace or a report. */
  boolean isFollowed() {
    return observer != null;
  }

  /** Tells who follows the run that a table has been asked for the code, if there is one, that a field's value begins with. */
  void looksUp(Table table, String code, boolean known, Segment segment, int field, Part value) {
    if (observer != null && code != null) {
      observer.looksUp(table, code, known, segment, field, value);
    }
  }

  /** Applies every rule and returns the resources to write, in the order they were first met. */
  List<Instance> apply() {
    List<Segment> segments = hl7.segments();
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      Entry[] entries = message.entries().get(segment.name());
      Group group = enter(segment);
      group.add(segment);
      prescriptions.see(segments, i);
      if (entries == null) {
        if (i > 0) {
          note(Finding.SEGMENT_UNMAPPED, segment.place());
        }
      } else {
        for (Entry entry : entries) {
          if (entry.within() < 0 || entry.within() == group.depth) {
            apply(entry, segment);
          }
        }
      }
      if (!PASSED_OVER.contains(segment.name()) && (entries != null || segment.name().charAt(0) != 'Z')) {
        lastAnchor = segment.name();
      }
    }
    return finish();
  }

  /** The innermost group a segment belongs to; opens a new one when the segment says so. */
  private Group enter(Segment segment) {
    List<GroupRule> groups = message.groups();
    for (int depth = 0; depth < current.length; depth++) {
      int opener = groups.get(depth).opens().indexOf(segment.name());
      if (opener >= 0) {
        Group now = group(depth);
        if (groups.get(depth).anyOrder() ? begins(now, groups.get(depth), segment) : now.opened >= opener) {
          now = new Group(now.parent, depth);
          current[depth] = now;
          for (int below = depth + 1; below < current.length; below++) {
            current[below] = null;
          }
        }
        now.opened = opener;
        return now;
      }
    }
    for (int depth = current.length - 1; depth > 0; depth--) {
      if (current[depth] != null) {
        return current[depth];
      }
    }
    return current[0];
  }

  /** Whether a segment that may stand in any order begins a group, or continues the one that is there. */
  private boolean begins(Group now, GroupRule rule, Segment segment) {
    if (now.opened < 0) {
      boolean within = now.depth + 1 < current.length && current[now.depth + 1] != null;
      now.late |= within;
      return false;
    }
    return !now.late && (now.has(segment.name()) || !now.holdsOnly(rule.opens(), ATTENDANTS));
  }

  private Group group(int depth) {
    if (current[depth] == null) {
      current[depth] = new Group(group(depth - 1), depth);
    }
    return current[depth];
  }

  private void apply(Entry entry, Segment segment) {
    if (entry.after() != null && !entry.after().contains(lastAnchor)) {
      return;
    }
    Group group = group(entry.group());
    for (Source source : entry.onlyIf()) {
      if (!valued(source, segment, group)) {
        return;
      }
    }
    if (entry.when() != null && !Conditions.named(entry.when()).holds(this, segment)) {
      return;
    }
    Instance instance = entry.each() ? null : entry.map().identity() == null
        ? group.nearest(entry.role()) : group.first(entry.role());
    if (instance == null) {
      if (entry.map().identity() == null) {
        instance = last(group, entry.role());
        if (instance == null) {
          return; // Rows that only add (NTE, RXR …) with nothing to add to.
        }
      } else {
        instance = add(entry.map(), entry.role(), group, segment);
        instance.ifAbsent = entry.ifAbsent();
        instance.contained = entry.contained();
      }
    } else if (entry.map().identity() == null) {
      Instance latest = last(group, entry.role());
      instance = latest == null ? instance : latest;
    }
    instance.touched |= entry.always();
    if (!instance.entries.contains(entry)) {
      instance.entries.add(entry);
    }
    Element target = entry.map().into() == null
        ? instance.element : entry.map().into().make(entry.map().into().spot(instance.element));
    fill(entry.map(), target, segment, instance, group);
  }

  /** The last resource of that role in the nearest group that has one. */
  private static Instance last(Group group, String role) {
    for (Group g = group; g != null; g = g.parent) {
      Instance found = g.last(role);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private Instance add(RuleMap map, String role, Group group, Segment segment) {
    Instance instance = new Instance(map, role, group, segment);
    group.add(instance);
    instances.add(instance);
    return instance;
  }

  /** Applies the rows of a segment's map. */
  private void fill(RuleMap map, Element target, Segment segment, Instance instance, Group group) {
    for (Row row : map.rows()) {
      Source from = row.from();
      if (from == null) {
        if (conditions(row, segment, group)) {
          apply(new Call(this, row, target, Part.EMPTY, segment, 0, 0, instance));
        }
        continue;
      }
      if (!segment.hasField(from.field()) || !conditions(row, segment, group)) {
        continue;
      }
      Part field = segment.field(from.field());
      int r = 0;
      for (Part repetition : field.eachRepetition()) {
        r++;
        Part part = from.in(repetition);
        if (part.isValued()) {
          instance.touched = true;
          if (observer != null) {
            observer.read(row, segment, from.field(), r);
            for (Source also : row.reads()) {
              observer.read(row, segment, also.field(), r);
            }
          }
          apply(new Call(this, row, target, part, segment, from.field(), r, instance));
        }
      }
    }
  }

  private void apply(Call call) {
    call.row().action().apply(call);
    if (observer != null) {
      observer.applied(call);
    }
  }

  /** Applies the rows of a data type's map to one value; the outer call says where the value stands. */
  void fill(RuleMap map, Element target, Part value, Call outer, Instance instance) {
    if (observer != null) {
      observer.enters(outer);
    }
    for (Row row : map.rows()) {
      Source from = row.from();
      Part part = from == null ? Part.EMPTY : from.in(value);
      if (from != null && !part.isValued() || !conditions(row, value)) {
        continue;
      }
      if (observer != null) {
        observer.read(row, outer.segment(), outer.field(), outer.repetition());
      }
      apply(new Call(this, row, target, part, outer.segment(), outer.field(), outer.repetition(), instance,
          row.system() == null ? outer.system() : row.system()));
    }
    if (observer != null) {
      observer.leaves();
    }
  }

  private boolean conditions(Row row, Segment segment, Group group) {
    for (Source source : row.onlyIf()) {
      if (!valued(source, segment, group)) {
        return false;
      }
    }
    for (Source source : row.unless()) {
      if (valued(source, segment, group)) {
        return false;
      }
    }
    return true;
  }

  private static boolean conditions(Row row, Part value) {
    for (Source source : row.onlyIf()) {
      if (!source.in(value).isValued()) {
        return false;
      }
    }
    for (Source source : row.unless()) {
      if (source.in(value).isValued()) {
        return false;
      }
    }
    return true;
  }

  private static boolean valued(Source source, Segment segment, Group group) {
    Segment at = source.owner().equals(segment.name()) ? segment : group.segment(source.owner());
    return at != null && at.hasField(source.field()) && source.in(at.field(source.field()).repetition(1)).isValued();
  }

  /**
   * Makes a resource of its own from a value (a practitioner, a place) and refers to it.
   *
   * @param reference the Reference to fill
   * @return false when the value makes no resource; then the reference stays empty
   */
  boolean refer(RuleMap map, Element reference, Call call) {
    // Thirty results name the same laboratory and doctor: the same text makes the same resource once.
    String same = map.name() + call.part().raw();
    Instance before = referred.get(same);
    if (before != null) {
      pending.add(new Pending(reference, before, call));
      return true;
    }
    Instance made = new Instance(map, map.type().name() + "*", current[0], call.segment());
    fill(map, made.element, call.part(), call, made);
    if (!made.element.settle()) {
      return false;
    }
    made.touched = true;
    referred.put(same, made);
    instances.add(made);
    pending.add(new Pending(reference, made, call));
    return true;
  }

  /** The resource that {@link #refer(RuleMap, Element, Call)} has made of this value with that map, or null. */
  Instance madeOf(String map, Part value) {
    return referred.get(map + value.raw());
  }

  /**
   * A resource that several fields make together, made once for the same text.
   *
   * @param same what tells two of them apart; begins with the field that makes it
   * @return null when there is nothing to make
   */
  Instance shared(String same, Supplier<Instance> make) {
    Instance made = referred.get(same);
    if (made == null) {
      made = make.get();
      if (made != null) {
        referred.put(same, made);
      }
    }
    return made;
  }

  /** A resource beside those of the message's groups, filled by the rows of a map from one value. */
  Instance resource(String map, Part value, Call call) {
    RuleMap rows = rules.map(map);
    Instance made = new Instance(rows, rows.type().name() + "*", current[0], call.segment());
    fill(rows, made.element, value, call, made);
    made.touched = true;
    instances.add(made);
    return made;
  }

  /**
   * Another resource like the one that is being filled, with the same links: for a field that names several things.
   *
   * @param differ makes it another one; what it does not take out is the same
   */
  void beside(Call call, Consumer<Element> differ) {
    Instance one = call.instance();
    Instance made = new Instance(one.map, one.role, one.group, one.segment);
    made.element.merge(one.element);
    differ.accept(made.element);
    made.touched = true;
    made.ifAbsent = one.ifAbsent;
    made.entries.addAll(one.entries);
    one.group.add(made);
    instances.add(made);
    if (observer != null) {
      observer.merged(one, made);
      observer.applied(new Call(this, call.row(), made.element, call.part(), call.segment(), call.field(),
          call.repetition(), made));
    }
  }

  /**
   * Makes a resource of what several fields of this segment say, e.g. the insurer that IN1 describes, and refers to
   * it.
   *
   * @param map of the segment, e.g. {@code IN1[Organization]}
   * @param reference the Reference to fill; stays empty when there is nothing to refer to
   * @return the resource, or null when the segment says nothing about it
   */
  Instance referToSegment(RuleMap map, Element reference, Call call) {
    Instance made = new Instance(map, map.name() + "*", call.instance().group, call.segment());
    fill(map, made.element, call.segment(), made, call.instance().group);
    if (!made.touched) {
      return null;
    }
    instances.add(made);
    pending.add(new Pending(reference, made, call));
    return made;
  }

  /** Refers to a resource of this message; the reference is filled when identities are known. */
  void refer(Element reference, Instance target) {
    pending.add(new Pending(reference, target, null));
  }

  /** Completes a reference that names its target by number, should the target turn out to be in this message. */
  void referByNumber(Element reference) {
    byNumber.add(reference);
  }

  private void resolveNumbers() {
    if (byNumber.isEmpty()) {
      return;
    }
    Map<String, Instance> numbered = new HashMap<>();
    for (Instance instance : instances) {
      if (instance.element.type().slot("identifier") != null) {
        for (Element number : instance.element.list("identifier")) {
          numbered.putIfAbsent(instance.type() + '|' + number.text("system") + '|' + number.text("value"), instance);
        }
      }
    }
    for (Element reference : byNumber) {
      Element number = (Element) reference.get("identifier");
      Instance target = numbered.get(reference.text("type") + '|' + number.text("system") + '|' + number.text("value"));
      if (target != null) {
        reference.with("reference", target.standsFor.fullUrl);
      }
    }
  }

  /** A further resource without a segment entry of its own, e.g. the specimen that OBR-15 describes. */
  Instance addResource(RuleMap map, Call call) {
    Instance made = new Instance(map, map.type().name(), call.instance().group, call.segment());
    made.group.add(made);
    instances.add(made);
    fill(map, made.element, call.part(), call, made);
    made.touched = true;
    return made;
  }

  // ---- the end: identities, merging, references ----

  private List<Instance> finish() {
    instances.removeIf(instance -> !instance.touched);
    List<Instance> contained = takeContained();
    for (int i = 0; i < instances.size(); i++) {
      identify(instances.get(i));
    }
    for (Instance instance : instances) {
      instance.ifAbsent |= instance.element.hasOnly("identifier");
    }
    Map<String, Instance> byKey = new HashMap<>();
    List<Instance> kept = new ArrayList<>(instances.size());
    for (Instance instance : instances) {
      String full = instance.type() + '|' + instance.key.system() + '|' + instance.key.value();
      Instance first = byKey.putIfAbsent(full, instance);
      if (first == null) {
        instance.fullUrl = "urn:uuid:" + Uuids.of(site.id() + '|' + full);
        kept.add(instance);
      } else {
        instance.standsFor = first;
        first.ifAbsent &= instance.ifAbsent;
      }
    }
    for (Instance instance : instances) {
      for (Entry entry : instance.entries) {
        link(instance, entry);
      }
    }
    for (Instance instance : contained) {
      instance.entries.forEach(entry -> link(instance, entry));
    }
    for (Pending p : pending) {
      if (p.target().standsFor.fullUrl != null) {
        p.reference().replace("reference", p.target().standsFor.fullUrl);
        if (observer != null && p.call() != null) {
          observer.applied(p.call());
        }
      }
    }
    resolveNumbers();
    if (observer != null) {
      instances.forEach(instance -> observer.derived(instance, "link"));
    }
    for (Instance instance : instances) {
      if (instance.standsFor != instance) {
        keepOtherName(instance.standsFor.element, instance.element);
        instance.standsFor.element.merge(instance.element);
        if (observer != null) {
          observer.merged(instance, instance.standsFor);
        }
      }
    }
    kept.forEach(this::applyDefaults);
    contained.forEach(this::putWithin);
    for (Set<String> gone = dropIncomplete(kept); !gone.isEmpty(); gone = dropIncomplete(kept)) {
      for (Instance instance : kept) {
        instance.element.forget(gone);
      }
    }
    leaveStatusOnly(kept);
    if (observer != null) {
      kept.forEach(instance -> observer.derived(instance, "required"));
    }
    return kept;
  }

  private void applyDefaults(Instance instance) {
    for (Row row : instance.map.defaults()) {
      apply(new Call(this, row, instance.element, Part.EMPTY, instance.segment, 0, 0, instance));
    }
  }

  /** Those that have no entry of their own, and so no identity; taken out of all. */
  private List<Instance> takeContained() {
    List<Instance> contained = new ArrayList<>(0);
    for (Instance instance : instances) {
      if (instance.contained != null) {
        contained.add(instance);
      }
    }
    instances.removeAll(contained);
    return contained;
  }

  /** Puts it into the resource that it belongs to, unless that one has another already: each is called by its role. */
  private void putWithin(Instance instance) {
    Instance owner = instance.group.nearest(instance.contained.role());
    String id = instance.role.toLowerCase(Locale.ROOT);
    instance.element.with("id", id);
    applyDefaults(instance);
    if (owner == null || owner.key == null || owner.standsFor.element.has("contained")
        || !complete(instance)) {
      return;
    }
    instance.fullUrl = "#" + id;
    owner.standsFor.element.with("contained", instance.element);
    refer(owner.standsFor, instance.contained.path(), instance);
    if (observer != null) {
      observer.derived(owner.standsFor, "contained");
    }
  }

  /** What only sets a status holds nothing else, and nothing refers to it: it is a request, no resource. */
  private void leaveStatusOnly(List<Instance> kept) {
    Set<String> requests = new HashSet<>(0);
    for (Instance instance : kept) {
      if (instance.request() == RuleSet.Request.SET_STATUS) {
        requests.add(instance.fullUrl);
        note(Finding.ORDER_NOT_REPEATED, instance.segment.place());
        for (R4.Slot slot : instance.element.type().slots()) {
          if (!slot.name().equals("status")) {
            instance.element.clear(slot.name());
          }
        }
      }
    }
    if (!requests.isEmpty()) {
      kept.forEach(instance -> instance.element.forget(requests));
    }
  }

  /** A laboratory under one number and two names has both: the second as what it is called too. */
  private static void keepOtherName(Element first, Element other) {
    String name = first.type().name().equals("Organization") ? other.text("name") : null;
    if (name != null && first.has("name") && !name.equals(first.text("name"))
        && !(first.get("alias") instanceof List<?> known && known.contains(name))) {
      first.with("alias", name);
    }
  }

  /** Gives an instance its key; identities of owned resources ask for their owner's first. */
  Instance.Key identify(Instance instance) {
    if (instance.key == null) {
      instance.key = new Instance.Key("", ""); // Breaks a circle of owners, should rules ever make one.
      instance.key = instance.map.identity().of(this, instance);
      if (observer != null) {
        observer.derived(instance, "identity");
      }
    }
    return instance.key;
  }

  /** How many resources of this message asked with the same content so far, this one included. */
  int alike(String content) {
    return holders.alike(content);
  }

  /** How many resources of that type in this message have that number and say what they are about. */
  int bearers(String type, Instance.Key number) {
    return holders.bearers(instances, type, number);
  }

  /** Another resource of the same type that has this key already, or null. */
  Instance holder(Instance instance, Instance.Key key) {
    return holders.holder(instance, key);
  }

  private void link(Instance instance, Entry entry) {
    for (Link link : entry.links()) {
      if (link.path().end().list()) {
        for (Group g = instance.group; g != null; g = g.parent) {
          boolean found = false;
          for (Instance target : g.all(link.role())) {
            found |= target.touched && refer(instance, link.path(), target);
          }
          if (found) {
            break;
          }
        }
      } else {
        Instance target = instance.group.nearest(link.role());
        if (target != null && link.role().equals("Specimen") && target.group.all("Specimen").size() > 1) {
          continue; // A result of one of several specimens does not say of which.
        }
        if ((target == null || !target.touched || !refer(instance, link.path(), target))) {
          absent(instance, link.path());
        }
      }
    }
    if (entry.back() != null) {
      Instance owner = instance.group.nearest(entry.back().role());
      if (owner != null && owner.touched) {
        refer(owner, entry.back().path(), instance);
      }
    }
  }

  private boolean refer(Instance from, Path path, Instance target) {
    Path.Spot spot = path.spot(from.element);
    if (spot == null || target.standsFor.fullUrl == null) {
      return false;
    }
    if (path.end().list() && !from.links(spot.parent(), path.end(), target.standsFor)) {
      return true;
    }
    Element reference = Element.of("Reference").with("reference", target.standsFor.fullUrl);
    return spot.parent().takes(path.end()) && spot.parent().put(path.end(), reference);
  }

  /** A required reference without a target says so instead of making the whole resource unwritable. */
  private void absent(Instance instance, Path path) {
    Path.Spot spot = path.spot(instance.element);
    if (spot != null && path.end().name().equals(spot.parent().missing()) && spot.parent().takes(path.end())) {
      spot.parent().put(path.end(), Element.of("Reference")
          .with("extension", Concepts.unknown()));
    }
  }

  /** Takes out what cannot be written. Nothing may refer to it any more: a server would refuse the whole bundle. */
  private Set<String> dropIncomplete(List<Instance> kept) {
    Set<String> gone = new HashSet<>(0);
    kept.removeIf(instance -> {
      boolean incomplete = !complete(instance);
      if (incomplete) {
        gone.add(instance.fullUrl);
      }
      return incomplete;
    });
    return gone;
  }

  private boolean complete(Instance instance) {
    if (!settled(instance)) {
      return false;
    }
    Invariants.uphold(instance.element);
    return true;
  }

  private boolean settled(Instance instance) {
    Element element = instance.element;
    if (element.settle()) {
      return true;
    }
    // One more chance: a required concept may say that it is unknown.
    for (int i = 0; i < 3 && element.missing() != null; i++) {
      R4.Slot slot = element.type().slot(element.missing());
      if (slot.complex() != null && slot.complex().name().equals("Reference")) {
        element.put(slot, Element.of("Reference")
            .with("extension", Concepts.unknown()));
        continue;
      }
      if (slot.complex() == null || !slot.complex().name().equals("CodeableConcept")) {
        break;
      }
      Element unknown = Element.of("CodeableConcept");
      unknown.with("coding", Concepts.coding("http://terminology.hl7.org/CodeSystem/data-absent-reason", null,
          "unknown", "Unknown"));
      element.put(slot, unknown);
      note(Finding.INCOMPLETE, instance.segment.place());
    }
    if (element.settle()) {
      return true;
    }
    note(Finding.INCOMPLETE, instance.segment.place());
    instance.written = false;
    return false;
  }
}
