package io.emrgateway.simulator;

import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** The messages that every measurement is taken with, so that figures of different days can be compared. */
public enum Shape {
  /** An ADT^A01 of 1,100 bytes. */
  ADT1K(1_100),
  /** An ORU^R01 with 30 OBX of 4,500 bytes. */
  ORU30(4_500);

  /** Wide enough for a run, a connection and a billion messages; MSH-10 of version 2.4 allows 20. */
  static final int CONTROL_ID_LENGTH = 20;
  private static final String PLACE = "#".repeat(CONTROL_ID_LENGTH);

  private final int bytes;

  Shape(int bytes) {
    this.bytes = bytes;
  }

  /** @throws SimulatorRefused {@code simulator.shape-unknown} */
  public static Shape named(String name) {
    return Arrays.stream(values()).filter(shape -> shape.name().equalsIgnoreCase(name)).findFirst()
        .orElseThrow(() -> new SimulatorRefused("simulator.shape-unknown", "只有 adt1k 与 oru30",
            "there are adt1k and oru30"));
  }

  /** How long its messages are, without the frame. */
  public int bytes() {
    return bytes;
  }

  /**
   * Frames of as many patients, complete but for the control id, which {@link Template#frame} writes in place: some
   * microseconds a message, where rendering costs a hundred.
   */
  List<Template> templates(WardCharset charset, long seed, int patients) {
    Dialect dialect = new Dialect("LOAD", "2.4", charset, WardCharset.Declaration.HONEST, true, true,
        Dialect.Ends.CR, true, LocalDateTime.of(2026, 11, 20, 8, 0));
    Random random = new Random(seed);
    People people = new People(random, charset, "SIMLOAD." + Long.toString(Math.floorMod(seed, 46_656L), 36) + ".");
    Clerk clerk = new Clerk(dialect);
    List<Template> all = new ArrayList<>();
    for (int i = 0; i < patients; i++) {
      all.add(new Template(padded(message(clerk, people, dialect.begins().plusMinutes(i), i), charset)));
    }
    return all;
  }

  private byte[] message(Clerk clerk, People people, LocalDateTime now, int i) {
    Patient patient = people.next(now.toLocalDate());
    Visit visit = new Visit("ZYLOAD" + i, 'I', now.minusDays(1), Catalogue.DOCTORS.get(i % Catalogue.DOCTORS.size()),
        List.of(Catalogue.DIAGNOSES.get(i % Catalogue.DIAGNOSES.size()) + "^ICD10CN"),
        Catalogue.DEPARTMENTS.get(i % Catalogue.DEPARTMENTS.size()), "301^" + i % 40);
    if (this == ADT1K) {
      return clerk.adt("A01", PLACE, now, patient, visit, "");
    }
    Clerk.Order order = new Clerk.Order("JYLOAD" + i, "BGLOAD" + i, "SHQX^生化全项^LOCAL", visit.doctor,
        now.minusHours(2));
    List<Clerk.Result> results = Catalogue.LAB.subList(0, 30).stream()
        .map(item -> new Clerk.Result(item, item.low() + (item.high() - item.low()) / 3, 'F')).toList();
    return clerk.oru(PLACE, now, patient, visit, order, 'F', results);
  }

  private byte[] padded(byte[] message, WardCharset charset) {
    String filler = this == ADT1K ? "ZNT|1|备注：" : "NTE|2|L|";
    byte[] head = charset.encode(filler);
    int room = bytes - message.length - head.length - 1;
    if (room < 0) {
      throw new IllegalStateException("a " + name() + " has grown to " + message.length + " bytes");
    }
    byte[] word = charset.encode("病情平稳，请继续观察。");
    byte[] one = charset.encode("。");
    int words = room / word.length;
    int ones = (room - words * word.length) / one.length;
    byte[] text = Arrays.copyOf(message, bytes);
    int at = append(text, message.length, head, 1);
    at = append(text, at, word, words);
    at = append(text, at, one, ones);
    Arrays.fill(text, at, bytes - 1, (byte) '.');
    text[bytes - 1] = '\r';
    return text;
  }

  private static int append(byte[] text, int at, byte[] what, int times) {
    int to = at;
    for (int i = 0; i < times; i++) {
      System.arraycopy(what, 0, text, to, what.length);
      to += what.length;
    }
    return to;
  }

  /** A frame with a place for the control id. */
  static final class Template {
    private final byte[] frame;
    private final int place;

    Template(byte[] message) {
      frame = Mllp.framed(message);
      place = new String(frame, StandardCharsets.ISO_8859_1).indexOf(PLACE);
    }

    /** @param controlId exactly 20 ASCII characters */
    byte[] frame(String controlId) {
      byte[] copy = frame.clone();
      for (int i = 0; i < CONTROL_ID_LENGTH; i++) {
        copy[place + i] = (byte) controlId.charAt(i);
      }
      return copy;
    }
  }
}
