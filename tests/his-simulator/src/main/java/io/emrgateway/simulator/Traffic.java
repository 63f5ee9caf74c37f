package io.emrgateway.simulator;

import java.time.LocalDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * The messages of one ward, as stories of patients told at the same time: admitted, transferred, ordered for, resulted,
 * corrected, discharged, now and then cancelled or merged. Within a patient the order makes sense; an event that undoes
 * another comes after it.
 *
 * <p>Deterministic: the same dialect, seed and lane give the same messages byte for byte, on any JDK from 17. Lanes of
 * one ward share neither patients nor control ids, so that each may go over a connection of its own. Not for several
 * threads.
 */
public final class Traffic {
  /** Enough to interleave stories, few enough that one ends every couple of dozen messages. */
  private static final int PATIENTS_AT_ONCE = 4;

  private final Random random;
  private final Clerk clerk;
  private final People people;
  private final String prefix;
  private final List<Story> stories = new ArrayList<>();
  private LocalDateTime now;
  private int messages;
  private int numbers;

  /**
   * @param seed also stands in the control ids, in base 36 and at most four characters, so that two runs against one
   *     gateway do not meet
   * @param lane 0 to 99
   */
  public Traffic(Dialect dialect, long seed, int lane) {
    String run = Long.toString(Math.floorMod(seed, 36L * 36 * 36 * 36), 36);
    this.prefix = dialect.ward() + "." + run + "." + String.format("%02d", lane) + ".";
    this.random = new Random(seed * 1_000_003L + dialect.ward().hashCode() * 101L + lane);
    this.clerk = new Clerk(dialect);
    this.people = new People(random, dialect.charset(), "SIM" + prefix);
    this.now = dialect.begins();
  }

  /** The next message; there is always one. */
  public Message next() {
    while (stories.size() < PATIENTS_AT_ONCE) {
      stories.add(new Story());
    }
    Story story = stories.get(random.nextInt(stories.size()));
    Step step = story.steps.poll();
    now = now.plusSeconds(20 + random.nextInt(240));
    String controlId = prefix + String.format("%06d", ++messages);
    byte[] bytes = step.write.apply(controlId);
    if (story.steps.isEmpty()) {
      stories.remove(story);
    }
    return new Message(step.type, controlId, story.patient, bytes);
  }

  /** @param first row of {@link Catalogue#LAB} with which the panel begins; there are at least 11 from there */
  private record Panel(String code, int first) {}

  private static final Panel BLOOD_COUNT = new Panel("XCG^血常规^LOCAL", 0);
  private static final Panel CHEMISTRY = new Panel("24323-8^生化全项^LN^SHQX^生化全项^LOCAL", 14);
  private static final Panel ALL = new Panel("TJZH^体检组合^LOCAL", 0);

  private record Step(String type, Function<String, byte[]> write) {}

  /** One patient's visit. A step is written when its turn comes, so that it shows the state the story is in then. */
  private final class Story {
    final Deque<Step> steps = new ArrayDeque<>();
    final Visit visit;
    Patient patient;

    Story() {
      patient = people.next(now.toLocalDate());
      boolean inpatient = random.nextInt(5) < 2;
      visit = new Visit(number(inpatient ? "ZY" : "MZ"), inpatient ? 'I' : random.nextInt(6) == 0 ? 'E' : 'O', now,
          pick(Catalogue.DOCTORS), diagnoses(), pick(Catalogue.DEPARTMENTS),
          inpatient ? String.format("%03d^%02d", 300 + random.nextInt(20), 1 + random.nextInt(40)) : "诊室5^");
      if (random.nextInt(8) == 0) {
        registeredTwice();
      }
      if (inpatient) {
        stay();
      } else {
        consultation();
      }
    }

    private void registeredTwice() {
      String other = people.nextNumber();
      step("ADT^A28", id -> clerk.adt("A28", id, now, patient.numbered(other), null, ""));
      step("ADT^A28", id -> clerk.adt("A28", id, now, patient, null, ""));
      step("ADT^A40", id -> clerk.adt("A40", id, now, patient, null, other));
    }

    private void stay() {
      adt("A01");
      if (random.nextInt(10) == 0) {
        adt("A11");
        return;
      }
      laboratory();
      drugs();
      if (random.nextBoolean()) {
        examination();
      }
      if (random.nextBoolean()) {
        step("ADT^A02", id -> {
          visit.bedBefore = visit.department.local() + "^" + visit.bed;
          visit.department = pick(Catalogue.DEPARTMENTS);
          visit.bed = String.format("%03d^%02d", 400 + random.nextInt(20), 1 + random.nextInt(40));
          return clerk.adt("A02", id, now, patient, visit, "");
        });
        laboratory();
      }
      if (random.nextInt(3) == 0) {
        String operation = pick(Catalogue.OPERATIONS);
        step("ADT^A08", id -> clerk.adtWithOperation(id, now, patient, visit, operation));
      }
      discharge();
      if (random.nextInt(6) == 0) {
        step("ADT^A13", id -> {
          visit.discharged = null;
          return clerk.adt("A13", id, now, patient, visit, "");
        });
        drugs();
        discharge();
      }
    }

    private void consultation() {
      adt("A04");
      adt("A08");
      if (random.nextInt(3) > 0) {
        laboratory();
      }
      if (random.nextInt(3) == 0) {
        examination();
      }
      drugs();
      if (random.nextInt(4) == 0) {
        step("ADT^A31", id -> {
          patient = patient.movedTo(people.address());
          return clerk.adt("A31", id, now, patient, null, "");
        });
      }
    }

    private void discharge() {
      step("ADT^A03", id -> {
        visit.discharged = now;
        return clerk.adt("A03", id, now, patient, visit, "");
      });
    }

    private void laboratory() {
      Panel panel = random.nextInt(5) == 0 ? ALL : random.nextBoolean() ? BLOOD_COUNT : CHEMISTRY;
      Asked order = new Asked("JY", "BG", panel.code());
      if (random.nextBoolean()) {
        step("OML^O21", id -> clerk.oml(id, now, patient, visit, order.placed()));
      } else {
        step("ORM^O01", id -> clerk.orm("NW", id, now, patient, visit, order.placed()));
        if (random.nextInt(8) == 0) {
          step("ORM^O01", id -> clerk.orm("CA", id, now, patient, visit, order.asPlaced()));
          return;
        }
      }
      int rows = panel == ALL ? 30 : 4 + random.nextInt(8);
      if (random.nextInt(3) == 0) {
        result(order, 'P', results(panel, rows / 2, 'P'));
      }
      List<Clerk.Result> results = results(panel, rows, 'F');
      result(order, 'F', results);
      int afterwards = random.nextInt(10);
      if (afterwards == 0) {
        result(order, 'C', List.of(new Clerk.Result(results.get(0).item(), results.get(0).value() + 1, 'C')));
      } else if (afterwards == 1) {
        result(order, 'X', List.of(new Clerk.Result(results.get(1).item(), 0, 'X')));
      }
    }

    private void result(Asked order, char status, List<Clerk.Result> results) {
      step("ORU^R01", id -> clerk.oru(id, now, patient, visit, order.filled(), status, results));
    }

    private void examination() {
      String what = pick(Catalogue.EXAMINATIONS);
      Asked order = new Asked("JC", "YX", what);
      String findings = pick(Catalogue.FINDINGS);
      step("OMG^O19", id -> clerk.omg(id, now, patient, visit, order.placed()));
      step("ORU^R01", id -> clerk.report(id, now, patient, visit, order.filled(), findings));
    }

    private void drugs() {
      for (int i = 1 + random.nextInt(2); i > 0; i--) {
        Catalogue.Drug drug = pick(Catalogue.DRUGS);
        Asked order = new Asked("YZ", "YF", drug.name());
        step("RDE^O11", id -> clerk.rde(id, now, patient, visit, order.placed(), drug));
      }
    }

    /** An order of this visit: numbered at once, dated when its message is written. */
    private final class Asked {
      private final String placer;
      private final String filler;
      private final String what;
      private LocalDateTime at = now;

      Asked(String placerKind, String fillerKind, String what) {
        this.placer = number(placerKind);
        this.filler = number(fillerKind);
        this.what = what;
      }

      Clerk.Order placed() {
        at = now;
        return asPlaced();
      }

      Clerk.Order asPlaced() {
        return new Clerk.Order(placer, "", what, visit.doctor, at);
      }

      Clerk.Order filled() {
        return new Clerk.Order(placer, filler, what, visit.doctor, at);
      }
    }

    private void adt(String event) {
      step("ADT^" + event, id -> clerk.adt(event, id, now, patient, visit, ""));
    }

    private void step(String type, Function<String, byte[]> write) {
      steps.add(new Step(type, write));
    }
  }

  private List<Clerk.Result> results(Panel panel, int rows, char status) {
    List<Clerk.Result> results = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      Catalogue.LabItem item = Catalogue.LAB.get(panel.first() + i);
      double width = item.high() - item.low();
      // From 20 % under the range to 30 % over it: some three in five are normal.
      double value = Math.max(0, item.low() + width * (-0.2 + random.nextInt(151) / 100.0));
      results.add(new Clerk.Result(item, value, status));
    }
    return results;
  }

  private List<String> diagnoses() {
    String edition = pick(Catalogue.EDITIONS);
    List<String> found = new ArrayList<>();
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      String diagnosis = pick(Catalogue.DIAGNOSES) + "^" + edition;
      if (!found.contains(diagnosis)) {
        found.add(diagnosis);
      }
    }
    return found;
  }

  private String number(String kind) {
    return kind + prefix.replace(".", "") + String.format("%05d", ++numbers % 100_000);
  }

  private <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
