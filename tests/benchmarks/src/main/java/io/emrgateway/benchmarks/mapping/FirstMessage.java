package io.emrgateway.benchmarks.mapping;

import io.emrgateway.mappings.Mapping;
import io.emrgateway.mappings.hl7.Decoded;

/** A process that loads the rules and converts one message, and prints how many milliseconds that took. */
public final class FirstMessage {
  private FirstMessage() {}

  public static void main(String... none) {
    byte[] message = Messages.oruOf30();
    long begin = System.nanoTime();
    boolean converted =
        Mapping.shipped().map(((Decoded) Messages.CHARSET.decode(message)).text(), Messages.SITE, "b").converted();
    long end = System.nanoTime();
    if (!converted) {
      System.exit(1);
    }
    System.out.println((end - begin) / 1e6);
  }
}
