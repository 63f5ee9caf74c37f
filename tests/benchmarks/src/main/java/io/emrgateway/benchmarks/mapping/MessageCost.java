package io.emrgateway.benchmarks.mapping;

import ca.uhn.hl7v2.HL7Exception;
import ca.uhn.hl7v2.model.Message;
import ca.uhn.hl7v2.parser.PipeParser;
import io.emrgateway.mappings.Mapping;
import io.emrgateway.mappings.hl7.Decoded;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/** What one message costs one thread: from its bytes to the bundle's bytes, beside HAPI's bare parse of its text. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Threads(1)
public class MessageCost {
  /** System property: the folder the ADT messages come from. */
  static final String FOLDER = "emr.messages";

  @Param({"ADT", "ORU30"})
  private String kind;

  private Mapping mapping;
  private PipeParser hapi;
  private byte[][] messages;
  private String[] texts;
  private int next;

  @Setup
  public void read() {
    mapping = Mapping.shipped();
    hapi = Messages.hapi();
    List<byte[]> all = kind.equals("ADT") ? Messages.adt(Path.of(System.getProperty(FOLDER)), mapping) : List.of(Messages.oruOf30());
    messages = all.toArray(byte[][]::new);
    texts = all.stream().map(Messages::text).toArray(String[]::new);
  }

  /** Decoding by the charset policy, reading, mapping, writing. */
  @Benchmark
  public byte[] bytesToBundle() {
    return mapping.map(((Decoded) Messages.CHARSET.decode(messages[step()])).text(), Messages.SITE, "b").bundle();
  }

  /** Decoded already, no validation, nothing done with it. */
  @Benchmark
  public Message hapiParse() throws HL7Exception {
    return hapi.parse(texts[step()]);
  }

  private int step() {
    next = next + 1 == messages.length ? 0 : next + 1;
    return next;
  }
}
