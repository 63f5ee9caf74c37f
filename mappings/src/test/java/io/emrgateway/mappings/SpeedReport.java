package io.emrgateway.mappings;

import io.emrgateway.mappings.hl7.Part;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * Prints what a message costs, in microseconds of CPU time of one warm thread. Nothing is asserted: machines differ.
 *
 * <p>Run its {@code main} with the test class path, or {@code mvn test -Dtest=SpeedReport}.
 */
class SpeedReport {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private static final Unmapped NOBODY = new Unmapped() {
    @Override
    public void field(String type, String segment, int field, Part value) {}

    @Override
    public void code(String table, String code, String display) {}
  };

  @org.junit.jupiter.api.Test
  void prints_what_a_message_costs() {
    long before = THREADS.getCurrentThreadCpuTime();
    Mapping mapping = Mapping.shipped();
    System.out.printf("compile the rules: %d ms CPU%n", (THREADS.getCurrentThreadCpuTime() - before) / 1_000_000);
    String adt = Samples.own("synth__ADT_A01__e4cab52a");
    String oru = resultsWith(30);
    double[] best = {Double.MAX_VALUE, Double.MAX_VALUE, Double.MAX_VALUE, Double.MAX_VALUE};
    for (int round = 0; round < 8; round++) {
      best[0] = Math.min(best[0], microseconds(mapping, adt, null, 2_000));
      best[1] = Math.min(best[1], microseconds(mapping, oru, null, 700));
      best[2] = Math.min(best[2], microseconds(mapping, adt, NOBODY, 2_000));
      best[3] = Math.min(best[3], microseconds(mapping, oru, NOBODY, 700));
    }
    System.out.printf("ADT^A01 of %d characters: %.0f us; ORU^R01 with 30 OBX of %d characters: %.0f us%n",
        adt.length(), best[0], oru.length(), best[1]);
    System.out.printf("the same, telling what nobody reads: %.0f us; %.0f us%n", best[2], best[3]);
  }

  private static double microseconds(Mapping mapping, String text, Unmapped unmapped, int times) {
    long before = THREADS.getCurrentThreadCpuTime();
    for (int i = 0; i < times; i++) {
      mapping.map(text, Samples.SITE, "b", unmapped);
    }
    return (THREADS.getCurrentThreadCpuTime() - before) / 1e3 / times;
  }

  static String resultsWith(int count) {
    StringBuilder text = new StringBuilder("MSH|^~\\&|LIS|RMYY|G|E|20240318093015+0800||ORU^R01|CN0006|P|2.4\r"
        + "PID|1||0001234567^^^RMYY^PI||张伟||19850307|M\rPV1|1|I|N03^301^02||||||||||||||||ZY1^^^RMYY^VN\r"
        + "ORC|RE|JY1^HIS|BG1^LIS\r"
        + "OBR|1|JY1^HIS|BG1^LIS|XCG^血常规^LOCAL|R||20240318090000|||||||||||||||20240318100000||HM|F\r");
    for (int i = 1; i <= count; i++) {
      text.append("OBX|").append(i).append("|NM|T").append(i).append("^白细胞计数").append(i)
          .append("^LOCAL^6690-2^WBC^LN||12.").append(i)
          .append("|10*9/L|3.5-9.5|H|||F|||20240318095500+0800|检验科|D4001^陈检验||XN-1000\r");
    }
    return text.toString();
  }
}
