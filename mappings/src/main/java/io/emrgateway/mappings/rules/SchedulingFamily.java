package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.Diagnostic.Finding;
import io.emrgateway.mappings.fhir.Element;
import io.emrgateway.mappings.hl7.Part;
import io.emrgateway.mappings.hl7.Segment;
import io.emrgateway.mappings.rules.Instance.Key;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Appointments (SIU): what one row cannot say about them.
 *
 * @see "HL7 v2.5.1 chapter 10; hl7.org/fhir/R4/appointment.html, whose rules app-1 to app-4 are kept here"
 */
final class SchedulingFamily implements Family {
  /** The guide names an extension of R5 here, which the official R4 validator refuses. */
  private static final String NOTE = Functions.EXTENSION + "appointment-note";

  /** So long a comment is not read, and growing it line by line costs its length each time. */
  private static final int ENOUGH = 4_000;

  /** app-3: only these may be without a time. */
  private static final Set<String> MAY_BE_UNTIMED = Set.of("proposed", "cancelled", "waitlist");

  /** What the event itself makes of the appointment, whatever older status still stands in SCH-25. */
  private static final Map<String, String> ENDED_BY = Map.of(
      "S15", "cancelled", "S16", "cancelled", "S17", "entered-in-error", "S26", "noshow");

  private static final Set<String> BOOKED_BY = Set.of("S12", "S13", "S14", "S18", "S19", "S20", "S21", "S22", "S24");

  @Override
  public Map<String, Row.Action> functions() {
    return Map.ofEntries(
        Map.entry("numbered", SchedulingFamily::numbered),
        Map.entry("appointment-status", SchedulingFamily::status),
        Map.entry("appointment-status-by-event", call -> byEvent(call, false)),
        Map.entry("appointment-status-of-services", SchedulingFamily::statusOfServices),
        Map.entry("appointment-cancelation", SchedulingFamily::cancelation),
        Map.entry("appointment-minutes", SchedulingFamily::minutes),
        Map.entry("appointment-time", SchedulingFamily::time),
        Map.entry("appointment-subject", SchedulingFamily::subject),
        Map.entry("appointment-contact", SchedulingFamily::contact),
        Map.entry("appointment-order", SchedulingFamily::order),
        Map.entry("appointment-note", SchedulingFamily::note),
        Map.entry("allocated-person", call -> actor(call, "XCN[Practitioner]")),
        Map.entry("allocated-place", call -> actor(call, "PL[Location]")),
        Map.entry("allocated-thing", SchedulingFamily::thing),
        Map.entry("allocation", SchedulingFamily::allocation),
        Map.entry("device-name", SchedulingFamily::deviceName));
  }

  @Override
  public Map<String, Identities.Identity> identities() {
    return Map.of("appointment", SchedulingFamily::appointment, "thing", SchedulingFamily::thingKey);
  }

  /**
   * An appointment: the number the filler (the book that holds it) gave, else the placer's. Occurrences of a repeating
   * one share the number and are told apart by SCH-4.
   */
  private static Key appointment(Run run, Instance instance) {
    Key key = null;
    for (Element identifier : instance.element.list("identifier")) {
      boolean filler = identifier.text("system") != null && identifier.text("system").contains(":appointment");
      if (identifier.text("value") != null && (key == null || filler)) {
        key = new Key(identifier.text("system"), identifier.text("value"));
      }
    }
    String occurrence = instance.segment.field(4).text();
    if (key != null && occurrence == null) {
      return key;
    }
    if (key != null) {
      return Identities.give(instance, run.site().system("occurrence", null),
          Identities.hash(key.system(), key.value(), occurrence));
    }
    Instance patient = run.firstOf("Patient");
    Key at = patient == null ? new Key("message", run.control()) : run.identify(patient);
    String start = instance.element.text("start");
    return Identities.give(instance, run.site().system("occurrence", "by-time"),
        Identities.hash(at.system(), at.value(), start == null ? run.control() : start));
  }

  /** A thing that is booked: by number, else by name. */
  private static Key thingKey(Run run, Instance instance) {
    for (Element identifier : instance.element.list("identifier")) {
      if (identifier.text("value") != null && identifier.text("system") != null) {
        return new Key(identifier.text("system"), identifier.text("value"));
      }
    }
    String name = "";
    for (Element one : instance.element.list("deviceName")) {
      name = one.text("name");
    }
    return Identities.give(instance, run.site().system("device", "by-name"), Identities.hash(name));
  }

  /** An EI whose numbering the row names with {@code system:}; a universal id in the message counts more. */
  private static void numbered(Call call) {
    Part ei = call.part();
    String value = ei.component(1).text();
    Element identifier = value == null ? null : call.row().to() == null ? call.root() : call.make();
    if (identifier == null) {
      return;
    }
    identifier.with("system", Codes.numbering(call.site(), ei, call.row().system())).with("value", value);
  }

  /** SCH-25 or AIS-10: what the filler says, unless the event has ended the appointment. */
  private static void status(Call call) {
    byEvent(call, true);
    if (!call.root().has("status") && !says(call, call.part())) {
      call.note(Finding.CODE_UNMAPPED);
      call.looksUp(call.run().rules().table("AppointmentStatus"), call.part().text(), false);
    }
  }

  /** AIS-10, where SCH-25 says nothing: the first service whose status R4 has a word for. */
  private static void statusOfServices(Call call) {
    byEvent(call, true);
    if (call.root().has("status")) {
      return;
    }
    for (Segment segment : call.run().hl7().segments()) {
      if (segment.name().equals("AIS") && segment.field(10).isValued() && says(call, segment.field(10))) {
        return;
      }
    }
  }

  private static boolean says(Call call, Part cwe) {
    Table table = call.run().rules().table("AppointmentStatus");
    for (int component : new int[] {1, 2}) {
      String text = cwe.component(component).text();
      Table.Target target = table.of(text);
      if (target == null && text != null && !text.isEmpty()) {
        target = table.of(text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1).toLowerCase(Locale.ROOT));
      }
      if (target != null && target.code() != null) {
        call.root().with("status", target.code());
        return true;
      }
    }
    return false;
  }

  private static void byEvent(Call call, boolean endOnly) {
    String event = call.run().event();
    String ended = ENDED_BY.get(event);
    if (ended != null) {
      call.root().with("status", ended);
    } else if (!endOnly) {
      call.root().with("status", BOOKED_BY.contains(event) ? "booked" : "proposed");
    }
  }

  /** SCH-6, why the message was sent: a reason for cancelling only where something was cancelled (app-4). */
  private static void cancelation(Call call) {
    String status = call.root().text("status");
    if ("cancelled".equals(status)) {
      Element reason = call.make();
      if (reason != null) {
        call.run().fill(call.run().rules().map("CWE[CodeableConcept]"), reason, call.part(), call, call.instance());
      }
    } else if ("noshow".equals(status)) {
      // app-4 means to allow it here too, but is written with a status (no-show) that R4 does not have.
      Functions.extensionConcept(call, Functions.EXTENSION + "no-show-reason");
    }
  }

  /** SCH-9 in the units of SCH-10, as whole minutes. */
  private static void minutes(Call call) {
    BigDecimal minutes = inMinutes(call.part().text(), call.segment().field(10));
    if (minutes == null) {
      call.note(Finding.VALUE_UNUSABLE);
    } else {
      call.put(minutes.setScale(0, RoundingMode.CEILING).toPlainString());
    }
  }

  /** A duration with its unit beside it in minutes; without a unit it is minutes, as HL7 says. Null when it is none. */
  private static BigDecimal inMinutes(String text, Part unit) {
    String number = ObservationValues.number(text);
    if (number == null || number.startsWith("-")) {
      return null;
    }
    String u = unit.text() == null ? "min" : unit.text().toLowerCase(Locale.ROOT);
    BigDecimal value = new BigDecimal(number);
    if (value.precision() - value.scale() > 8) {
      return null;
    }
    return switch (u) {
      case "s", "sec", "second", "seconds", "秒" -> value.divide(BigDecimal.valueOf(60), 3, RoundingMode.HALF_UP);
      case "h", "hr", "hour", "hours", "小时" -> value.multiply(BigDecimal.valueOf(60));
      case "d", "day", "days", "天" -> value.multiply(BigDecimal.valueOf(1440));
      case "m", "min", "mins", "minute", "minutes", "分", "分钟" -> value;
      default -> null;
    };
  }

  /**
   * When it takes place: TQ1 (v2.6 on), else SCH-11, else the first of its services and resources that has a time. An
   * end that was not sent is beginning and duration; what is not known at all says so, because R4 wants both.
   */
  private static void time(Call call) {
    Element appointment = call.root();
    if (appointment.has("start") || appointment.has("end")) {
      return;
    }
    Segment sch = call.segment();
    Segment tq1 = call.run().hl7().first("TQ1");
    Part timing = sch.field(11).repetition(1);
    BigDecimal duration = inMinutes(sch.field(9).text(), sch.field(10));
    String start = tq1 == null ? null : instant(call, tq1.field(7));
    String end = tq1 == null ? null : instant(call, tq1.field(8));
    if (start == null && end == null) {
      start = instant(call, timing.component(4));
      end = instant(call, timing.component(5));
    }
    if (start == null && end == null) {
      for (String name : new String[] {"AIS", "AIL", "AIP", "AIG"}) {
        Segment resource = call.run().hl7().first(name);
        int field = startField(name);
        start = start != null || resource == null ? start : instant(call, resource.field(field));
        if (start != null && resource != null && duration == null) {
          duration = inMinutes(resource.field(field + 3).text(), resource.field(field + 4));
        }
      }
    }
    if (start != null && end == null && duration != null) {
      end = plus(start, duration);
    }
    appointment.with("start", start);
    appointment.with("end", end);
    boolean one = appointment.has("start") || appointment.has("end");
    if (one || !MAY_BE_UNTIMED.contains(String.valueOf(appointment.text("status")))) {
      for (String side : new String[] {"start", "end"}) {
        if (!appointment.has(side)) {
          appointment.extend(side, Concepts.unknown());
        }
      }
    }
  }

  private static String instant(Call call, Part time) {
    return Times.instant(time.text(), call.site().zone());
  }

  private static String plus(String start, BigDecimal minutes) {
    try {
      long seconds = minutes.multiply(BigDecimal.valueOf(60)).setScale(0, RoundingMode.HALF_UP).longValueExact();
      return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(OffsetDateTime.parse(start).plusSeconds(seconds));
    } catch (DateTimeException | ArithmeticException e) {
      return null; // No real day, or beyond the calendar: then there is no end to tell.
    }
  }

  private static int startField(String segment) {
    return switch (segment) {
      case "AIS" -> 4;
      case "AIG" -> 8;
      default -> 6;
    };
  }

  /** The patient takes part. */
  private static void subject(Call call) {
    // PID itself where it follows SCH; in an admission PID has come before.
    Instance patient = call.segment().name().equals("SCH") ? call.run().firstOf("Patient")
        : call.run().madeFrom(call.segment(), "Patient");
    if (patient == null) {
      return;
    }
    Element actor = Element.of("Reference");
    call.run().refer(actor, patient);
    call.root().with("participant", Element.of("Appointment.participant")
        .with("actor", actor).with("status", answer(call.root().text("status"))));
  }

  /** People who arrange it (SCH-12, 16, 20) are named, and not expected to come. */
  private static void contact(Call call) {
    Element actor = Element.of("Reference");
    if (!call.run().refer(call.run().rules().map("XCN[Practitioner]"), actor, call)) {
      return;
    }
    Element type = call.field() == 20
        ? Functions.concept("http://terminology.hl7.org/CodeSystem/provenance-participant-type", "enterer", "Enterer")
        : Element.of("CodeableConcept").with("text", call.field() == 12 ? "placer contact" : "filler contact");
    call.root().with("participant", Element.of("Appointment.participant").with("type", type).with("actor", actor)
        .with("required", "information-only").with("status", answer(call.root().text("status"))));
  }

  /** SCH-26 and 27: the order it serves, by its number; the order need not be part of this message. */
  private static void order(Call call) {
    String value = call.part().component(1).text();
    if (value != null) {
      Element identifier = Element.of("Identifier").with("system", call.site().system(
          call.field() == 26 ? "order" : "filler", call.part().component(2).text())).with("value", value);
      call.root().with("basedOn",
          Element.of("Reference").with("type", "ServiceRequest").with("identifier", identifier));
    }
  }

  /** NTE: an extension keeps author and time, for which R4 has no place of its own; comment repeats the words. */
  private static void note(Call call) {
    String text = call.part().whole();
    Element note = Element.of("Annotation").with("text", text);
    if (!note.has("text")) {
      return;
    }
    Segment nte = call.segment();
    Part author = nte.field(5).repetition(1);
    if (author.isValued()) {
      Element reference = Element.of("Reference");
      Call of = new Call(call.run(), call.row(), call.root(), author, nte, 5, 1, call.instance());
      if (call.run().refer(call.run().rules().map("XCN[Practitioner]"), reference, of)) {
        note.with("authorReference", reference);
      }
    }
    note.with("time", Times.dateTime(nte.field(6).text(), call.site().zone()));
    call.root().with("extension", Concepts.extension(NOTE, "valueAnnotation", note));
    String before = call.root().text("comment");
    if (before == null || before.length() < ENOUGH) {
      call.root().replace("comment", before == null ? text : before + "\n" + text);
    }
  }

  private static boolean actor(Call call, String map) {
    if (call.root().has("actor")) {
      return false;
    }
    Element actor = Element.of("Reference");
    boolean made = call.run().refer(call.run().rules().map(map), actor, call);
    if (made) {
      call.root().with("actor", actor);
    } else {
      call.note(Finding.VALUE_UNUSABLE);
    }
    return made;
  }

  /**
   * AIG-3, "general resource": HL7 does not say what it is, AIG-4 does in words. Equipment is a Device and staff a
   * Practitioner; everything else is a Location, as the guide has it for all.
   */
  private static void thing(Call call) {
    Part type = call.segment().field(4).repetition(1);
    String words = (type.component(1).text() + " " + type.component(2).text()).toLowerCase(Locale.ROOT);
    if (says(words, "equip", "device", "machine", "scanner", "设备", "仪器", "机器")) {
      actor(call, "CWE[Device]");
    } else if (says(words, "staff", "doctor", "physician", "nurse", "provider", "personnel", "医生", "医师", "护士", "人员")) {
      actor(call, "CWE[Practitioner]");
    } else {
      actor(call, "CWE[BookedLocation]");
    }
  }

  private static boolean says(String words, String... any) {
    for (String one : any) {
      if (words.contains(one)) {
        return true;
      }
    }
    return false;
  }

  private static void deviceName(Call call) {
    String name = call.part().text();
    if (name != null) {
      call.root().with("deviceName",
          Element.of("Device.deviceName").with("name", name).with("type", "user-friendly-name"));
    }
  }

  /**
   * When the person, place or thing is needed, and whether it is certain. A resource without a beginning of its own is
   * needed when the service of its group (AIS before it, under the same RGS) begins.
   */
  private static void allocation(Call call) {
    Element participant = call.root();
    if (!participant.has("actor") && participant.list("type").isEmpty()) {
      return; // app-1: somebody or something, or at least what kind of.
    }
    Segment own = call.segment();
    int answered = own.name().equals("AIG") ? 14 : 12;
    Table.Target said = call.run().rules().table("AppointmentStatus").of(own.field(answered).component(1).text());
    String status = said == null || said.code() == null ? call.instance().element.text("status") : said.code();
    participant.with("status", answer(status));
    Segment timed = own;
    int field = startField(own.name());
    if (!own.field(field).isValued()) {
      timed = call.run().nearby("AIS");
      field = 4;
    }
    if (timed == null) {
      return;
    }
    String start = Times.dateTime(timed.field(field).text(), call.site().zone());
    if (start == null) {
      return;
    }
    Element period = Element.of("Period").with("start", start);
    BigDecimal minutes = inMinutes(timed.field(field + 3).text(), timed.field(field + 4));
    if (minutes != null && start.length() > 10) {
      period.with("end", plus(start, minutes));
    }
    if (period.has("start")) {
      participant.with("period", period);
    }
  }

  /** The participant's own status that the state of the booking implies. */
  private static String answer(String status) {
    return switch (String.valueOf(status)) {
      case "pending", "proposed", "waitlist" -> "needs-action";
      case "cancelled", "entered-in-error" -> "declined";
      default -> "accepted";
    };
  }
}
