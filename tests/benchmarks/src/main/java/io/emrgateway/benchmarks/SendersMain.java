package io.emrgateway.benchmarks;

import io.emrgateway.simulator.Load;
import io.emrgateway.simulator.Shape;
import io.emrgateway.simulator.WardCharset;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The senders, in a process of their own that stays warm from one measurement to the next. Reads orders from its
 * standard input, one a line, and answers each with one line of JSON; ends when the input does.
 *
 * <pre>
 * load PORT SHAPE CONNECTIONS PER_SECOND WINDOW WARMUP_MILLIS MEASURED_MILLIS SEED
 * ward PORT CONNECTIONS MILLIS NAME POISON_SHARE RESEND_SHARE LEDGER
 * </pre>
 */
final class SendersMain {
  private SendersMain() {}

  public static void main(String... arguments) throws IOException, InterruptedException {
    BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = orders.readLine(); line != null; line = orders.readLine()) {
      String[] word = line.split(" ");
      System.out.println(switch (word[0]) {
        case "load" -> Load.run(new Load.Plan("127.0.0.1", Integer.parseInt(word[1]), false, Shape.named(word[2]),
            WardCharset.GB18030, Integer.parseInt(word[3]), Double.parseDouble(word[4]), Integer.parseInt(word[5]),
            Duration.ofMillis(Long.parseLong(word[6])), Duration.ofMillis(Long.parseLong(word[7])),
            Long.parseLong(word[8]))).json();
        case "ward" -> new UnrulyWard(Integer.parseInt(word[1]), Integer.parseInt(word[2]),
            Duration.ofMillis(Long.parseLong(word[3])), word[4], Double.parseDouble(word[5]),
            Double.parseDouble(word[6]), Path.of(word[7])).run();
        default -> throw new IllegalArgumentException(word[0]);
      });
      System.out.flush();
    }
  }
}
