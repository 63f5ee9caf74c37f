package io.emrgateway.peers;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A patient who is admitted: one ADT^A01 with a Chinese name, which says that it is UTF-8.
 *
 * @param control MSH-10, unlike any other of this run
 */
record Admission(String control, String text) {
  /** Invented; stands in the message, and has to stand in the bundle. */
  static final String FAMILY = "欧阳";

  private static final AtomicInteger NEXT = new AtomicInteger();

  /** @param sender appears in the control id, so that a failure names whose message it was */
  static Admission from(String sender) {
    String control = sender + "-" + NEXT.incrementAndGet();
    return new Admission(control, """
        MSH|^~\\&|HIS|H0104|GATEWAY|EDGE|20261122091517||ADT^A01^ADT_A01|%s|P|2.5|||||CHN|UNICODE UTF-8
        EVN|A01|20261122091517
        PID|1||P%s^^^H0104^PI||%s^四^^^^^L||19830915|1
        PV1|1|I|0401^319^37^H0104||||D1002^王芳|||0401|||||||||V%s^^^H0104^VN|||||||||||||||||||||||||20261122085139
        """.formatted(control, NEXT.get(), FAMILY, NEXT.get()).replace('\n', '\r'));
  }
}
