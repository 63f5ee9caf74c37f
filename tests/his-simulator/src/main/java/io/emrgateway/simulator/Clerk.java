package io.emrgateway.simulator;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes messages in a ward's dialect. Knows HL7 fields; knows nothing of what happens to the patient next. */
final class Clerk {
  private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("yyyyMMddHHmmss");
  private static final String HOSPITAL = "SIMYY";

  private final Dialect dialect;

  Clerk(Dialect dialect) {
    this.dialect = dialect;
  }

  /** An observation to report. */
  record Result(Catalogue.LabItem item, double value, char status) {}

  /** An order: the placer's number, the filler's number (empty before the filler has one), what, and who. */
  record Order(String placer, String filler, String what, String doctor, LocalDateTime at) {}

  /** An ADT event about a patient; {@code visit} is null for events about the person alone (A28, A31, A40). */
  byte[] adt(String event, String controlId, LocalDateTime now, Patient patient, Visit visit, String mergedNumber) {
    List<Segment> all = new ArrayList<>();
    String structure = switch (event) {
      case "A11" -> "ADT_A09";
      case "A28", "A31" -> "ADT_A05";
      case "A40" -> "ADT_A39";
      case "A02", "A03" -> "ADT_" + event;
      default -> "ADT_A01";
    };
    all.add(header("HIS", "ADT", event, structure, controlId, now));
    all.add(Segment.of("EVN").put(1, event).put(2, time(now)).put(5, "OP01^登记员"));
    all.add(person(patient));
    if (!mergedNumber.isEmpty()) {
      all.add(Segment.of("MRG").put(1, mergedNumber + "^^^" + HOSPITAL + "^PI"));
      return bytes(all);
    }
    if (!patient.mother().isEmpty() && !event.equals("A11")) {
      all.add(Segment.of("NK1").put(1, 1).put(2, patient.surname() + "某").put(3, "52^母亲^GB4761"));
    }
    if (visit == null) {
      all.add(Segment.of("PV1").put(1, 1).put(2, "N"));
    } else {
      all.add(visit(visit));
      if (!event.equals("A11") && !event.equals("A02")) {
        allergies(all, patient);
        diagnoses(all, visit, now);
        all.add(Segment.of("ZPV").put(1, 1).put(2, "医保类型^城镇职工").put(3, "入院病情^一般")
            .put(4, visit.department.national()));
      }
    }
    all.add(Segment.of("ZPI").put(1, "拼音码^" + patient.pinyin().replace('^', ' ').toUpperCase(Locale.ROOT))
        .put(2, patient.insurance()));
    return bytes(all);
  }

  /** The operation that an A08 before discharge reports. */
  byte[] adtWithOperation(String controlId, LocalDateTime now, Patient patient, Visit visit, String operation) {
    List<Segment> all = new ArrayList<>();
    all.add(header("HIS", "ADT", "A08", "ADT_A01", controlId, now));
    all.add(Segment.of("EVN").put(1, "A08").put(2, time(now)));
    all.add(person(patient));
    all.add(visit(visit));
    diagnoses(all, visit, now);
    all.add(Segment.of("PR1").put(1, 1).put(2, "ICD9CM3").put(3, operation).put(5, time(now.minusHours(3)))
        .put(6, "D").put(11, visit.doctor));
    return bytes(all);
  }

  /** ORM^O01: any order of an old system; control {@code NW} new, {@code CA} cancelled. */
  byte[] orm(String control, String controlId, LocalDateTime now, Patient patient, Visit visit, Order order) {
    List<Segment> all = opening("HIS", "ORM", "O01", "ORM_O01", controlId, now, patient, visit);
    all.add(common(control, order));
    all.add(request(1, order, ""));
    all.add(Segment.of("NTE").put(1, 1).put(2, "L").put(3, "空腹；标本送检请注意保温\\.br\\联系电话见床头卡"));
    diagnoses(all, visit, now);
    return bytes(all);
  }

  /** OMG^O19: an examination order. */
  byte[] omg(String controlId, LocalDateTime now, Patient patient, Visit visit, Order order) {
    List<Segment> all = opening("CPOE", "OMG", "O19", "OMG_O19", controlId, now, patient, visit);
    all.add(common("NW", order));
    all.add(request(1, order, "").put(31, visit.diagnoses.get(0)));
    diagnoses(all, visit, now);
    return bytes(all);
  }

  /** OML^O21: a laboratory order with its specimen. */
  byte[] oml(String controlId, LocalDateTime now, Patient patient, Visit visit, Order order) {
    List<Segment> all = opening("CPOE", "OML", "O21", "OML_O21", controlId, now, patient, visit);
    all.add(common("NW", order));
    if (dialect.version().equals("2.4")) {
      all.add(request(1, order, "").put(15, "BLD&全血^^^静脉"));
    } else {
      all.add(Segment.of("TQ1").put(1, 1).put(7, time(now.plusHours(1))).put(9, "R"));
      all.add(request(1, order, ""));
    }
    diagnoses(all, visit, now);
    if (!dialect.version().equals("2.4")) {
      all.add(Segment.of("SPM").put(1, 1).put(2, order.placer() + "S").put(4, "BLD^全血^HL70487")
          .put(17, time(now.plusMinutes(20))));
    }
    return bytes(all);
  }

  /** RDE^O11: a drug order. */
  byte[] rde(String controlId, LocalDateTime now, Patient patient, Visit visit, Order order, Catalogue.Drug drug) {
    List<Segment> all = opening("CPOE", "RDE", "O11", "RDE_O11", controlId, now, patient, visit);
    allergies(all, patient);
    all.add(common("NW", order));
    all.add(Segment.of("RXE").put(1, "1^TID^^" + time(now)).put(2, drug.local() + "^" + drug.name() + "^LOCAL")
        .put(3, drug.dose()).put(5, drug.unit() + "^" + drug.unit() + "^UCUM").put(6, drug.form() + "^LOCAL")
        .put(7, "^饭后服用").put(10, 1).put(11, "BOX^盒").put(15, order.placer()).put(24, drug.specification()));
    all.add(Segment.of("RXR").put(1, drug.route() + "^LOCAL"));
    return bytes(all);
  }

  /** ORU^R01 of a laboratory. {@code status} is OBR-25: P, F, C or X. */
  byte[] oru(String controlId, LocalDateTime now, Patient patient, Visit visit, Order order, char status,
      List<Result> results) {
    List<Segment> all = opening("LIS", "ORU", "R01", "ORU_R01", controlId, now, patient, visit);
    all.add(common("RE", order));
    all.add(request(1, order, "HM").put(7, time(order.at().plusSeconds(5))).put(14, time(order.at().plusSeconds(10)))
        .put(15, "BLD&全血^^^静脉").put(22, time(now)).put(25, String.valueOf(status)).put(32, "D4001&检验员甲")
        .put(33, "D4002&审核员乙"));
    int row = 0;
    for (Result result : results) {
      Catalogue.LabItem item = result.item();
      String code = item.loinc().isEmpty()
          ? item.local() + "^" + item.name() + "^LOCAL"
          : item.loinc() + "^" + item.name() + "^LN^" + item.local() + "^" + item.name() + "^LOCAL";
      String flag = result.value() > item.high() ? "H" : result.value() < item.low() ? "L" : "N";
      all.add(Segment.of("OBX").put(1, ++row).put(2, "NM").put(3, code)
          .put(5, result.status() == 'X' ? "" : number(result.value(), item.decimals()))
          .put(6, item.unit()).put(7, number(item.low(), item.decimals()) + "-" + number(item.high(), item.decimals()))
          .put(8, flag).put(11, String.valueOf(result.status())).put(14, time(now)));
    }
    if (status == 'C' || status == 'X') {
      all.add(Segment.of("NTE").put(1, 1).put(2, "L").put(3, status == 'C' ? "更正报告，前次结果作废" : "标本溶血，结果撤销"));
    } else {
      all.add(Segment.of("ZHR").put(1, 1).put(2, "HR^检验结果互认^北京市"));
    }
    return bytes(all);
  }

  /** ORU^R01 of an examination: findings and conclusion as text. */
  byte[] report(String controlId, LocalDateTime now, Patient patient, Visit visit, Order order, String findings) {
    List<Segment> all = opening("RIS", "ORU", "R01", "ORU_R01", controlId, now, patient, visit);
    all.add(common("RE", order));
    all.add(request(1, order, "RAD").put(22, time(now)).put(25, "F"));
    all.add(Segment.of("OBX").put(1, 1).put(2, "TX").put(3, "SJ^影像所见^LOCAL").put(5, findings).put(11, "F"));
    all.add(Segment.of("OBX").put(1, 2).put(2, "TX").put(3, "ZD^影像诊断^LOCAL").put(5, "请结合临床。").put(11, "F"));
    return bytes(all);
  }

  private List<Segment> opening(String system, String type, String event, String structure, String controlId,
      LocalDateTime now, Patient patient, Visit visit) {
    List<Segment> all = new ArrayList<>();
    all.add(header(system, type, event, structure, controlId, now));
    all.add(person(patient));
    all.add(visit(visit));
    return all;
  }

  private Segment header(String system, String type, String event, String structure, String controlId,
      LocalDateTime now) {
    boolean old = dialect.version().equals("2.4");
    return Segment.of("MSH").put(3, system).put(4, HOSPITAL + dialect.ward()).put(5, "GATEWAY").put(6, "EDGE")
        .put(7, time(now)).put(9, type + "^" + event + (old ? "" : "^" + structure)).put(10, controlId).put(11, "P")
        .put(12, dialect.version()).put(17, "CHN").put(18, dialect.charset().declaredAs(dialect.declaration()));
  }

  private Segment person(Patient p) {
    String ids = p.number() + "^^^" + HOSPITAL + "^PI"
        + (p.documentNumber().isEmpty() ? "" : "~" + p.documentNumber() + "^^^GA^" + p.document().type)
        + "~" + p.insurance() + "^^^YB^HC";
    String name = dialect.nameInOneField()
        ? p.surname() + p.given() + "^^^^^^L"
        : p.surname() + "^" + p.given() + "^^^^^L";
    return Segment.of("PID").put(1, 1).put(3, ids).put(5, name + "~" + p.pinyin() + "^^^^^P")
        .put(7, p.birth().format(DateTimeFormatter.BASIC_ISO_DATE)).put(8, sex(p.sex())).put(11, p.address())
        .put(13, "^PRN^CP^^^^" + p.phone())
        .put(19, p.document() == Patient.Document.RESIDENT_ID ? p.documentNumber() : "")
        .put(21, p.mother().isEmpty() ? "" : p.mother() + "^^^" + HOSPITAL + "^PI").put(22, p.ethnicGroup())
        .put(28, p.document() == Patient.Document.PASSPORT ? "" : "156^中国^GB2659");
  }

  private String sex(char gb) {
    if (!dialect.sexAsLetters()) {
      return String.valueOf(gb);
    }
    return switch (gb) {
      case '1' -> "M";
      case '2' -> "F";
      default -> "U";
    };
  }

  private Segment visit(Visit v) {
    String place = v.department.local() + "^" + v.bed + "^" + HOSPITAL + "^^^^^" + v.department.name()
        + (v.patientClass == 'I' ? "病区" : "门诊");
    return Segment.of("PV1").put(1, 1).put(2, String.valueOf(v.patientClass)).put(3, place).put(4, "R")
        .put(6, v.bedBefore).put(7, v.doctor).put(10, v.department.local() + "^" + v.department.name())
        .put(19, v.number + "^^^" + HOSPITAL + "^VN").put(44, time(v.admitted))
        .put(45, v.discharged == null ? "" : time(v.discharged));
  }

  private void allergies(List<Segment> all, Patient patient) {
    int row = 0;
    for (String allergy : patient.allergies()) {
      String[] parts = allergy.split("\\|", -1);
      Segment segment = Segment.of("AL1").put(1, ++row);
      for (int i = 0; i < parts.length; i++) {
        segment.put(i + 2, parts[i]);
      }
      all.add(segment);
    }
  }

  private void diagnoses(List<Segment> all, Visit visit, LocalDateTime now) {
    int row = 0;
    for (String diagnosis : visit.diagnoses) {
      String edition = diagnosis.substring(diagnosis.lastIndexOf('^') + 1);
      all.add(Segment.of("DG1").put(1, ++row).put(2, edition).put(3, diagnosis).put(5, time(now))
          .put(6, visit.discharged == null ? "A" : "F").put(15, row).put(16, visit.doctor));
    }
  }

  private Segment common(String control, Order order) {
    return Segment.of("ORC").put(1, control).put(2, order.placer() + "^HIS")
        .put(3, order.filler().isEmpty() ? "" : order.filler() + "^LIS").put(9, time(order.at()))
        .put(12, order.doctor());
  }

  private Segment request(int row, Order order, String section) {
    return Segment.of("OBR").put(1, row).put(2, order.placer() + "^HIS")
        .put(3, order.filler().isEmpty() ? "" : order.filler() + "^LIS").put(4, order.what())
        .put(16, order.doctor()).put(24, section);
  }

  private byte[] bytes(List<Segment> segments) {
    StringBuilder text = new StringBuilder(2_048);
    for (int i = 0; i < segments.size(); i++) {
      text.append(segments.get(i));
      if (i < segments.size() - 1 || dialect.endAfterLast()) {
        text.append(dialect.ends().text);
      }
    }
    return dialect.charset().encode(text.toString());
  }

  static String time(LocalDateTime time) {
    return time.format(SECONDS);
  }

  private static String number(double value, int decimals) {
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
