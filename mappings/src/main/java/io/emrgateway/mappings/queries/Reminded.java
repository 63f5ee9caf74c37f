package io.emrgateway.mappings.queries;

import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/**
 * What draft orders are to be reminded of.
 *
 * @param elsewhere whether other hospitals' records are in it
 * @param why a rule or failure behind that, or null
 * @param missing hospitals that have not answered
 * @param notAgreed sections of which no other hospital's records count, because the patient has not agreed
 */
public record Reminded(Word elsewhere, Word why, List<Word> missing, List<Word> notAgreed, List<Reminder> reminders) {
  /** A code and what a person reads of it. */
  public record Word(String code, String text) {}

  /**
   * One thing to think of.
   *
   * @param draft its number in the query, from 1
   * @param zh and {@code en}: one sentence
   */
  public record Reminder(int draft, Word rule, Word severity, String zh, String en, List<Ground> grounds) {
    /** Never what: it is patient data. */
    @Override
    public String toString() {
      return "Reminder[" + rule.code() + " " + severity.code() + "]";
    }
  }

  /**
   * One fact that it rests on.
   *
   * @param on null when not said
   * @param code and {@code name}: as that hospital has them; "" when not said
   */
  public record Ground(Word hospital, LocalDate on, String code, String name, String zh, String en) {
    /** Never what: it is patient data. */
    @Override
    public String toString() {
      return "Ground[…]";
    }
  }

  /** Never what: it is patient data. */
  @Override
  public String toString() {
    return "Reminded[" + reminders.size() + " " + elsewhere.code() + "]";
  }

  /** In segments. @param orders the ORC of each draft */
  List<String> told(List<String> orders, Pen pen) {
    List<String> out = new ArrayList<>();
    out.add(obx(1, 0, own("OTHER-HOSPITALS", "外院记录 Records of other hospitals", pen),
        pen.components(own(elsewhere, pen), why == null ? "" : own(why, pen)), null, "", pen));
    int n = 1;
    for (Word one : missing) {
      out.add(obx(++n, 0, own("NO-ANSWER", "没有答复 No answer", pen), own(one, pen), null, "", pen));
    }
    for (Word one : notAgreed) {
      out.add(obx(++n, 0, own("NOT-AGREED", "患者未授权的内容 Not agreed to by the patient", pen), own(one, pen), null, "", pen));
    }
    for (Reminder one : reminders) {
      out.add(orders.get(one.draft() - 1));
      out.add(obx(1, one.draft(), own("REMINDER", "提醒 Reminder", pen), own(one.rule(), pen), null, "", pen));
      note(one.zh(), one.en(), out, pen);
      out.add(obx(2, one.draft(), own("SEVERITY", "程度 Severity", pen), own(one.severity(), pen), null, "", pen));
      n = 2;
      for (Ground ground : one.grounds()) {
        out.add(obx(++n, one.draft(), own("GROUND", "依据 Ground", pen), pen.components(pen.text(ground.code()), pen.text(ground.name())),
            ground.on(), own(ground.hospital(), pen), pen));
        note(ground.zh(), ground.en(), out, pen);
      }
    }
    return out;
  }

  private static String obx(int n, int draft, String what, String value, LocalDate on, String hospital, Pen pen) {
    return pen.segment("OBX", String.valueOf(n), "CE", what, String.valueOf(draft), value, "", "", "", "", "", "F", "", "",
        on == null ? "" : on.format(DateTimeFormatter.BASIC_ISO_DATE), hospital);
  }

  private static void note(String zh, String en, List<String> out, Pen pen) {
    out.add(pen.segment("NTE", "1", "L", pen.text(zh)));
    out.add(pen.segment("NTE", "2", "L", pen.text(en)));
  }

  private static String own(Word word, Pen pen) {
    return own(word.code(), word.text(), pen);
  }

  private static String own(String code, String text, Pen pen) {
    return pen.components(pen.text(code), pen.text(text), Telling.OWN);
  }
}
