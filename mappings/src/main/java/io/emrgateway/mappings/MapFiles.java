package io.emrgateway.mappings;

import io.emrgateway.mappings.hl7.CharsetPolicy;
import io.emrgateway.mappings.hl7.Decoded;
import io.emrgateway.mappings.hl7.Undecodable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Converts files that hold one message each, and says what became of them; for integration engineers, at a desk.
 *
 * <p>What it prints and writes is patient data, because that is what it was asked for.
 */
public final class MapFiles {

  /**
   * @param charset as a source's charset policy, e.g. {@code detect} or {@code GB18030}
   * @param out a folder for one {@code <stem>.json} per message, made if it is not there; null to print bundles
   * @param trace whether to print where every value came from and where every field went
   */
  public record Wishes(String charset, Path out, boolean trace) {}

  private static final String USAGE = """
      用法 / usage: map [--hospital H-0104] [--charset detect] [--out 目录/DIR] [--trace] FILE|DIR...
        转换每个文件中的一条 HL7 v2 消息，输出 FHIR Bundle 和提示 / converts the HL7 v2 message in each file
      """;

  private final Mapping mapping;
  private final Site site;
  private final Wishes wishes;
  private final PrintStream to;
  private final PrintStream notes;

  /**
   * @param to takes bundles and traces
   * @param notes takes diagnostics and the sum
   */
  public MapFiles(Mapping mapping, Site site, Wishes wishes, PrintStream to, PrintStream notes) {
    this.mapping = mapping;
    this.site = site;
    this.wishes = wishes;
    this.to = to;
    this.notes = notes;
  }

  /** The same as a program of its own, for a vendor without a gateway. Ends with the status of {@link #run}. */
  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    String hospital = "H-0000";
    String charset = "detect";
    Path folder = null;
    boolean trace = false;
    List<Path> files = new ArrayList<>();
    for (int k = 0; k < args.length; k++) {
      boolean last = k + 1 == args.length;
      if (args[k].equals("--trace")) {
        trace = true;
      } else if (!args[k].startsWith("--")) {
        files.add(Path.of(args[k]));
      } else if (last || !List.of("--hospital", "--charset", "--out").contains(args[k])) {
        err.print(USAGE);
        System.exit(2);
      } else if (args[k].equals("--hospital")) {
        hospital = args[++k];
      } else if (args[k].equals("--charset")) {
        charset = args[++k];
      } else {
        folder = Path.of(args[++k]);
      }
    }
    if (files.isEmpty() || hospital.isBlank()) {
      err.print(USAGE);
      System.exit(2);
    }
    System.exit(new MapFiles(Mapping.shipped(), Site.standard(hospital), new Wishes(charset, folder, trace), out, err).run(files));
  }

  /**
   * Converts them in the order of their names.
   *
   * @param files files, or folders whose {@code .hl7} and {@code .txt} files are meant
   * @return 0 if every message was converted, 1 if some were not, 2 if a file could not be read or written
   */
  public int run(List<Path> files) {
    CharsetPolicy charset;
    try {
      charset = CharsetPolicy.of(wishes.charset());
    } catch (IllegalArgumentException e) {
      notes.println("map.charset: 没有这种字符集策略 / there is no such charset policy: " + wishes.charset());
      notes.println("  处理 / remedy: detect, msh-18, GB18030, GBK, UTF-8 …");
      return 2;
    }
    int converted = 0;
    int all = 0;
    Map<String, Integer> findings = new TreeMap<>();
    try {
      if (wishes.out() != null) {
        Files.createDirectories(wishes.out());
      }
      for (Path file : messages(files)) {
        all++;
        Mapped mapped = one(file, charset);
        if (mapped != null) {
          converted += mapped.converted() ? 1 : 0;
          mapped.diagnostics().forEach(one -> findings.merge(one.code(), 1, Integer::sum));
        }
      }
    } catch (IOException e) {
      notes.println("map.file: 文件无法读取或写入 / a file cannot be read or written: " + place(e));
      notes.println("  处理 / remedy: 检查路径和权限 / check the path and its permissions");
      return 2;
    }
    notes.printf("共 %d 条，已转换 %d 条 / %d messages, %d converted%s%n", all, converted, all, converted,
        findings.isEmpty() ? "" : "; " + findings);
    return converted == all ? 0 : 1;
  }

  private static String place(IOException e) {
    return e instanceof FileSystemException named && named.getFile() != null ? named.getFile() : "";
  }

  /** The files meant: those of folders by their names. */
  public static List<Path> messages(List<Path> files) throws IOException {
    List<Path> messages = new ArrayList<>();
    for (Path file : files) {
      if (Files.isDirectory(file)) {
        try (Stream<Path> inside = Files.list(file)) {
          inside.filter(one -> one.getFileName().toString().toLowerCase(Locale.ROOT).matches(".*\\.(hl7|txt)"))
              .sorted().forEach(messages::add);
        }
      } else {
        messages.add(file);
      }
    }
    return messages;
  }

  private Mapped one(Path file, CharsetPolicy charset) throws IOException {
    String name = file.getFileName().toString();
    byte[] bytes = Files.readAllBytes(file);
    CharsetPolicy.Outcome outcome = charset.decode(bytes);
    if (outcome instanceof Undecodable undecodable) {
      notes.printf("%s: intake.bytes-do-not-decode: 第 %d 字节不是 %s / byte %d is no %s%n", name, undecodable.offset(),
          undecodable.charset(), undecodable.offset(), undecodable.charset());
      return null;
    }
    String text = ((Decoded) outcome).text();
    // The same message at the same site gives the same bytes, so that two runs can be compared.
    String identifier = "urn:uuid:" + UUID.nameUUIDFromBytes(bytes);
    Trace trace = wishes.trace() ? mapping.trace(text, site, identifier) : null;
    Mapped mapped = trace == null ? mapping.map(text, site, identifier) : trace.mapped();
    for (Diagnostic diagnostic : mapped.diagnostics()) {
      notes.printf("%s: %s %s: %s%n", name, diagnostic.code(), diagnostic.place(), diagnostic.remedy());
    }
    if (mapped.converted()) {
      if (wishes.out() != null) {
        Files.write(wishes.out().resolve(name.replaceFirst("\\.[^.]*$", "") + ".json"), mapped.bundle());
      } else {
        to.println(new String(mapped.bundle(), StandardCharsets.UTF_8));
      }
    }
    if (trace != null) {
      print(name, trace);
    }
    return mapped;
  }

  private void print(String name, Trace trace) {
    to.println("== " + name + "  来源 / from where");
    String resource = "";
    for (Trace.Written one : trace.written()) {
      if (!one.resource().equals(resource)) {
        resource = one.resource();
        to.println(resource);
      }
      to.printf("  %s = %s  <- %s  [%s %s%s]%n", one.path(), one.value(), one.place().isEmpty() ? "-" : one.place(),
          one.rule(), one.file(), one.line() > 0 ? ":" + one.line() : "");
    }
    to.println("== " + name + "  去向 / to where");
    for (Trace.Field field : trace.fields()) {
      String where = switch (field.use()) {
        case MAPPED -> "-> " + String.join(", ", field.paths());
        case READ -> "已读取，未直接写入 / read, not written as such";
        case IGNORED -> "忽略 / ignored: " + field.why();
        case UNKNOWN -> "未映射 / no rule reads it";
      };
      to.printf("  %s = %s  %s%n", field.place(), field.value(), where);
    }
  }
}
