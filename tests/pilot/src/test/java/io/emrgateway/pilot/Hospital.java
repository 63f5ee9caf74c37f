package io.emrgateway.pilot;

import io.emrgateway.journeys.His;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/**
 * A hospital of the pilot, and how its HIS writes.
 *
 * @param declared MSH-18; empty for none
 * @param letters sex as M and F, else as 1 and 2 of GB/T 2261.1
 * @param whole the name in one component
 * @param residentInPid19 else in PID-3
 */
record Hospital(String number, String name, String suite, Charset charset, String declared, String version, boolean letters,
    boolean whole, boolean residentInPid19) {
  private static final DateTimeFormatter HL7 = DateTimeFormatter.ofPattern("yyyyMMddHHmmss");

  /** A patient; the number is the hospital's own. */
  record Patient(String resident, String family, String given, String born) {}

  /** The first of the pilot's hospitals. */
  static List<Hospital> first(int count) throws IOException {
    List<Hospital> all = new ArrayList<>();
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(
        Hospital.class.getResourceAsStream("/hospitals.csv"), StandardCharsets.UTF_8))) {
      lines.lines().filter(line -> line.startsWith("H-")).limit(count).map(line -> line.split(",")).forEach(one ->
          all.add(new Hospital(one[0], one[1], one[2], Charset.forName(one[3]), one[4], one[5], one[6].equals("letters"),
              Boolean.parseBoolean(one[7]), one[8].equals("PID-19"))));
    }
    return all;
  }

  String feed() {
    return number + "/main";
  }

  /** Sends one message about a patient in this hospital's hand. */
  void sends(His his, String type, Patient patient, String... segments) {
    StringBuilder text = new StringBuilder();
    text.append("MSH|^~\\&|HIS|").append(number).append("|EMRGW|CITY|").append(hoursAgo(0)).append("||").append(type).append('|')
        .append(number).append(System.nanoTime()).append("|P|").append(version).append("||||||").append(declared).append('\r');
    String own = ownNumber(patient);
    text.append("PID|1||").append(own).append("^^^HIS^MR").append(residentInPid19 ? "" : "~" + patient.resident + "^^^GA^NNCHN")
        .append("||").append(whole ? patient.family + patient.given : patient.family + "^" + patient.given).append("||")
        .append(patient.born).append('|').append(letters ? "F" : "2").append("|||||||||||").append(residentInPid19 ? patient.resident : "")
        .append('\r');
    for (String segment : segments) {
      text.append(segment).append('\r');
    }
    String code = his.send(text.toString().getBytes(charset)).code();
    if (!code.equals("AA")) {
      throw new AssertionError(number + " answered " + code);
    }
  }

  /** The hospital's own number of a patient, by the authority HIS. */
  String ownNumber(Patient patient) {
    return number.substring(2) + patient.resident.substring(10, 17);
  }

  static String hoursAgo(int hours) {
    return LocalDateTime.now(ZoneOffset.ofHours(8)).minusHours(hours).format(HL7);
  }
}
