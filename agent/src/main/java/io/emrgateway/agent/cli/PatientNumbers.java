package io.emrgateway.agent.cli;

import io.emrgateway.mappings.rules.ResidentId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A patient's numbers, from standard input: on a command line, {@code ps} shows them to everybody. */
final class PatientNumbers {
  private static final int NUMBERS_MAX = 20;

  private PatientNumbers() {}

  /** As words of a request; none if none was typed, which has been said then. */
  static List<String> read() throws IOException {
    System.err.println("患者号码：身份证号、HIS 号码，或 体系|号码；每行一个，空行结束"
        + " / the patient's numbers: a resident ID, a number of the HIS, or SYSTEM|VALUE; one a line, an empty line ends:");
    List<String> words = new ArrayList<>();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null && !line.isBlank() && words.size() < NUMBERS_MAX; line = in.readLine()) {
      words.add(URLEncoder.encode(line.strip(), StandardCharsets.UTF_8));
      if (isMistyped(line.strip())) {
        System.err.printf("control.resident-id-check: 第 %d 个号码形如身份证号，但校验位、出生日期或格式不对，请核对"
            + " / number %d looks like a resident ID whose check character, birth date or form is wrong; compare it%n", words.size(), words.size());
      }
    }
    if (words.isEmpty()) {
      System.err.println("control.usage: 没有读到号码 / no number was read");
    }
    return words;
  }

  /** A resident ID by its numbering or its form, that cannot be one. Those of before 1999 have 15 digits, and no check. */
  static boolean isMistyped(String number) {
    int bar = number.lastIndexOf('|');
    String value = number.substring(bar + 1).strip();
    boolean meant = bar < 0 ? value.matches("[0-9]{17}[0-9Xx]")
        : number.substring(0, bar).strip().equals(ResidentId.SYSTEM) && !value.matches("[0-9]{15}");
    return meant && !ResidentId.isSure(value, null, null);
  }
}
