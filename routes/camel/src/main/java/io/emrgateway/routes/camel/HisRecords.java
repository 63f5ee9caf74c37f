package io.emrgateway.routes.camel;

import io.emrgateway.mappings.Mapped;
import io.emrgateway.mappings.Mapping;
import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.hl7.CharsetPolicy;
import io.emrgateway.mappings.hl7.Decoded;
import io.emrgateway.mappings.hl7.Hl7Message;
import io.emrgateway.mappings.hl7.Msh;
import io.emrgateway.mappings.hl7.Segment;
import io.emrgateway.routes.core.lookup.LookupRequest.Sought;
import io.emrgateway.routes.core.lookup.Window;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Asks the HIS itself what it has of a patient: by HL7 v2 over MLLP, one message there and one back, with the query that the
 * hospital has written for its own HIS. Never more at a time than the HIS is to bear; who gets no turn in time does without.
 *
 * <p>What comes back is read by the same rules as what the HIS sends of its own accord: the results of a query (ORF^R04,
 * RSP^K11) as ORU^R01.
 */
public final class HisRecords {

  /**
   * How the HIS is asked.
   *
   * @param query HL7 with placeholders: {@code {control}}, {@code {now}}, {@code {number}} (the patient's resident ID, or
   *     another number that means the same everywhere), {@code {name}}, {@code {born}}, {@code {since}}, {@code {until}}
   * @param atOnce questions that the HIS gets at a time
   * @param patience for a turn, and again for the answer
   */
  public record Line(InetSocketAddress address, String query, CharsetPolicy charset, int atOnce, Duration patience) {}

  private static final int ANSWER_BYTES_MAX = 4 << 20;
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss");
  private static final DateTimeFormatter DAY = DateTimeFormatter.BASIC_ISO_DATE;
  private static final ZoneOffset CHINA = ZoneOffset.ofHours(8);
  private static final String RESIDENT_ID = "urn:oid:2.16.156.10011.1.3";
  /** What only a query and its answer have. */
  private static final Set<String> OF_THE_QUERY = Set.of("MSA", "ERR", "QAK", "QPD", "QRD", "QRF", "RCP", "DSC", "SFT");
  private static final Map<String, String> READ_AS = Map.of("ORF", "ORU^R01", "RSP", "ORU^R01");

  private final Line line;
  private final Supplier<Mapping> mapping;
  private final Supplier<Site> site;
  private final Consumer<String> silent;
  private final Clock clock;
  private final Semaphore turns;

  /** @param silent told the code of what kept the HIS from answering; never what it said */
  public HisRecords(Line line, Supplier<Mapping> mapping, Supplier<Site> site, Consumer<String> silent, Clock clock) {
    this.line = line;
    this.mapping = mapping;
    this.site = site;
    this.silent = silent;
    this.clock = clock;
    this.turns = new Semaphore(line.atOnce(), true);
  }

  /** What the HIS said, not yet translated. */
  final class Said {
    private final String text;

    private Said(String text) {
      this.text = text;
    }

    /** What translating it takes of the heap. */
    long bytes() {
      return Translate.conversionBytes(text);
    }

    /** Empty if no rule translates it; why, the log says. */
    Optional<byte[]> bundle() {
      Mapped mapped = mapping.get().map(text, site.get(), UUID.randomUUID().toString());
      if (!mapped.converted()) {
        silent.accept("lookup.his-answer-not-mapped");
        return Optional.empty();
      }
      return Optional.of(mapped.bundle());
    }
  }

  /**
   * What the HIS has, or empty if it has nothing or does not say; why, the log says.
   *
   * @param bytesMax what translating it may take of the heap
   */
  Optional<Said> ask(Sought patient, Window window, long bytesMax) {
    try {
      if (!turns.tryAcquire(line.patience().toMillis(), TimeUnit.MILLISECONDS)) {
        silent.accept("lookup.his-busy");
        return Optional.empty();
      }
      Optional<Hl7Message> answer;
      try {
        answer = exchange(patient, window);
      } finally {
        turns.release();
      }
      Optional<Said> said = answer.filter(one -> one.first("PID") != null).map(one -> new Said(asSent(one)));
      if (said.isPresent() && said.get().bytes() > bytesMax) {
        silent.accept("lookup.his-answer-too-large");
        return Optional.empty();
      }
      return said;
    } catch (IOException e) {
      silent.accept("lookup.his-silent");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Optional.empty();
  }

  /** The answer as the HIS would have sent the same of its own accord. */
  private static String asSent(Hl7Message answer) {
    String own = answer.header().field(9).component(1).text();
    String readAs = READ_AS.get(own);
    StringBuilder text = new StringBuilder();
    for (Segment segment : answer.segments()) {
      if (!OF_THE_QUERY.contains(segment.name())) {
        String line = segment.raw();
        text.append(segment.name().equals("MSH") && readAs != null ? typed(line, readAs) : line).append('\r');
      }
    }
    return text.toString();
  }

  private static String typed(String header, String type) {
    char separator = header.charAt(3);
    String[] fields = header.split(java.util.regex.Pattern.quote(String.valueOf(separator)), -1);
    fields[8] = type.replace('^', fields[1].charAt(0));
    return String.join(String.valueOf(separator), fields);
  }

  private Optional<Hl7Message> exchange(Sought patient, Window window) throws IOException {
    String control = UUID.randomUUID().toString().substring(0, 18);
    try (Socket socket = new Socket()) {
      int millis = Math.toIntExact(line.patience().toMillis());
      socket.connect(line.address(), millis);
      socket.setSoTimeout(millis);
      ByteArrayOutputStream frame = new ByteArrayOutputStream();
      frame.write(0x0b);
      frame.write(query(patient, window, control).getBytes(line.charset().configured().orElse(StandardCharsets.UTF_8)));
      frame.write(0x1c);
      frame.write(0x0d);
      socket.getOutputStream().write(frame.toByteArray());
      byte[] octets = read(socket.getInputStream(), System.nanoTime() + line.patience().toNanos());
      Optional<Hl7Message> answer = line.charset().decode(octets) instanceof Decoded decoded ? Hl7Message.read(decoded.text()) : Optional.empty();
      if (answer.isEmpty()) {
        silent.accept("lookup.his-answer-unreadable");
        return answer;
      }
      Segment acknowledged = answer.get().first("MSA");
      // The answer to another question may be about another patient.
      if (acknowledged == null || !control.equals(acknowledged.field(2).text())) {
        silent.accept("lookup.his-answered-another");
        return Optional.empty();
      }
      String code = acknowledged.field(1).text();
      if (!"AA".equals(code) && !"CA".equals(code)) {
        silent.accept("lookup.his-refused");
        return Optional.empty();
      }
      return answer;
    }
  }

  private static byte[] read(InputStream in, long until) throws IOException {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    byte[] some = new byte[8192];
    while (true) {
      int count = in.read(some);
      if (count < 0 || System.nanoTime() > until || octets.size() > ANSWER_BYTES_MAX) {
        throw new EOFException();
      }
      for (int k = 0; k < count; k++) {
        if (some[k] == 0x1c) {
          return octets.toByteArray();
        }
        if (some[k] != 0x0b || octets.size() > 0) {
          octets.write(some[k]);
        }
      }
    }
  }

  private String query(Sought patient, Window window, String control) {
    Instant now = clock.instant();
    // In the delimiters that the hospital has written its query with: no value becomes one of them, or a segment.
    Msh header = Msh.read(line.query());
    Map<String, String> values = Map.of("control", control, "now", now.atOffset(CHINA).format(TIME),
        "number", Wording.escaped(number(patient), header), "name", Wording.escaped(patient.name(), header), "born", patient.birthDate() == null ? "" : patient.birthDate().format(DAY),
        "since", window.first().format(DAY), "until", window.last().format(DAY));
    List<String> lines = new ArrayList<>();
    for (String segment : line.query().strip().split("\\R")) {
      String filled = segment;
      for (Map.Entry<String, String> one : values.entrySet()) {
        filled = filled.replace("{" + one.getKey() + "}", one.getValue());
      }
      lines.add(filled);
    }
    return String.join("\r", lines) + "\r";
  }

  private static String number(Sought patient) {
    return patient.identifiers().stream().filter(one -> one.system().equals(RESIDENT_ID)).findFirst()
        .orElse(patient.identifiers().get(0)).value();
  }
}
