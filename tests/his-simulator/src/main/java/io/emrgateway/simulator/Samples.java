package io.emrgateway.simulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A folder of messages to look at and to try mappings on; some of each kind and character set. */
public final class Samples {
  private Samples() {}

  /** @param name e.g. {@code 0001-ADT_A01-gb18030.hl7} */
  public record Sample(String name, byte[] bytes) {}

  /**
   * Deterministic. The first ones are one of each kind that the simulator can send, with
   * preliminary, final, corrected and cancelled results apart; then the wards' traffic goes on as
   * it comes. Character sets take turns.
   *
   * @param count 1 to 9,999
   */
  public static List<Sample> of(int count, long seed) {
    if (count < 1 || count > 9_999) {
      throw new SimulatorRefused("simulator.count-unusable", "样例条数须为 1 到 9999", "1 to 9999 samples");
    }
    List<Traffic> wards = new ArrayList<>();
    WardCharset[] charsets = WardCharset.values();
    for (WardCharset charset : charsets) {
      wards.add(new Traffic(Dialect.of("S" + charset.ordinal())
          .writing(charset, WardCharset.Declaration.HONEST), seed, 0));
    }
    List<Sample> samples = new ArrayList<>();
    List<Message> rest = new ArrayList<>();
    List<Integer> restWards = new ArrayList<>();
    Set<String> kinds = new HashSet<>();
    for (int i = 0; i < 3_000 && samples.size() < count; i++) {
      int ward = i % charsets.length;
      Message message = wards.get(ward).next();
      if (kinds.add(message.type() + resultStatus(message, charsets[ward]))) {
        samples.add(sample(samples.size(), message, charsets[ward]));
      } else if (rest.size() < count) {
        rest.add(message);
        restWards.add(ward);
      }
    }
    for (int i = 0; samples.size() < count; i++) {
      samples.add(i < rest.size()
          ? sample(samples.size(), rest.get(i), charsets[restWards.get(i)])
          : sample(samples.size(), wards.get(i % charsets.length).next(), charsets[i % charsets.length]));
    }
    return samples;
  }

  /** Writes {@link #of} into a folder, which is made if need be; other files there stay. */
  public static void write(Path folder, int count, long seed) throws IOException {
    Files.createDirectories(folder);
    for (Sample sample : of(count, seed)) {
      Files.write(folder.resolve(sample.name()), sample.bytes());
    }
  }

  /** OBX-11 of the first OBX; empty if there is none. */
  private static String resultStatus(Message message, WardCharset charset) {
    for (String segment : new String(message.bytes(), charset.charset()).split("\r")) {
      if (segment.startsWith("OBX|")) {
        return segment.split("\\|", -1)[11];
      }
    }
    return "";
  }

  private static Sample sample(int index, Message message, WardCharset charset) {
    String name = String.format("%04d-%s-%s.hl7", index + 1, message.type().replace('^', '_'),
        charset.name().toLowerCase(Locale.ROOT).replace("_", ""));
    return new Sample(name, message.bytes());
  }
}
