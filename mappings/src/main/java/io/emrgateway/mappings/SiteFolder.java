package io.emrgateway.mappings;

import io.emrgateway.mappings.fhir.Lines;
import io.emrgateway.mappings.hl7.CharsetPolicy;
import io.emrgateway.mappings.hl7.Decoded;
import io.emrgateway.mappings.reminders.Reading;
import io.emrgateway.mappings.rules.RuleError;
import io.emrgateway.mappings.rules.SiteFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A hospital's folder: what differs from the shipped rules, and messages that show it.
 *
 * <pre>
 * site.yaml            id, zone, how patient numbers are called
 * segments/ tables/ messages/ datatypes/ codes/ ignored.yaml     laid over the shipped rules
 * codes/reminders/     rows laid over the tables of drugs and tests (REMINDERS.md)
 * examples/a.hl7       a message, beside
 * examples/a.paths     what must come of it, a line each: {@code Patient.gender = male}, or {@code ! Patient.deceasedBoolean}
 * examples/a.json      or the whole bundle, one value a line
 * </pre>
 */
public final class SiteFolder {

  /** An example that does not come out as it says. */
  public record Failure(String example, String expected, String actual) {}

  /** The file that makes a folder a site. */
  static final String SITE = "site.yaml";

  /** Null where only its rules were kept. */
  private final Path folder;
  private final String state;
  private final Map<String, String> files;
  private final Site site;
  private final CharsetPolicy charset;
  private final Mapping mapping;
  /** Made when it is first asked for, or at once if the site has rows of its own to be checked. */
  private Reading reading;

  private SiteFolder(Path folder, String state, Map<String, String> files) {
    SiteFile said = own(files.get(SITE));
    this.folder = folder;
    this.state = state;
    this.files = files;
    this.site = said.site();
    this.charset = said.charset();
    this.mapping = Mapping.shippedWith(files);
    if (files.keySet().stream().anyMatch(file -> file.startsWith("codes/reminders/"))) {
      reading();
    }
  }

  /**
   * Reads and compiles it.
   *
   * @param folder or a link to it: whoever turns such a link changes all files at once
   * @throws RuleError for the first mistake, with file, line and remedy; its message names the others too
   * @throws UncheckedIOException if a file cannot be read
   */
  public static SiteFolder read(Path folder) {
    String state = stateOf(folder);
    Path real = real(folder);
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(real)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String path = real.relativize(file).toString().replace('\\', '/');
        if (!path.startsWith("examples/") && (path.endsWith(".yaml") || path.startsWith("codes/"))) {
          files.put(path, Files.readString(file));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new SiteFolder(real, state, files);
  }

  /**
   * Rules that were {@link #files} of a folder once, compiled anew; there are no examples.
   *
   * @throws RuleError as {@link #read}: another version of ours may refuse what an earlier one took
   */
  public static SiteFolder of(Map<String, String> files) {
    return new SiteFolder(null, "", new TreeMap<>(files));
  }

  private static Path real(Path folder) {
    try {
      return folder.toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What the folder looks like from outside: changes when a file in it comes, goes, or is written, examples included. Reads
   * no file; never fails, because what cannot be looked at looks like that.
   */
  public static String stateOf(Path folder) {
    StringBuilder state = new StringBuilder();
    try {
      Path real = folder.toRealPath();
      state.append(real);
      try (Stream<Path> all = Files.walk(real)) {
        for (Path file : all.sorted().toList()) {
          BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
          if (found.isRegularFile()) {
            state.append('\n').append(file).append(' ').append(found.size()).append(' ').append(found.lastModifiedTime());
          }
        }
      }
    } catch (IOException | UncheckedIOException e) {
      state.append("\nunreadable");
    }
    return state.toString();
  }

  /** {@link #stateOf} just before it was read: as long as it is the same, reading it again brings nothing new. */
  public String state() {
    return state;
  }

  private static SiteFile own(String text) {
    if (text == null) {
      throw new RuleError(SITE, 1, "缺少该文件 / The file is missing.",
          "在 site.yaml 中写 site: H-0104 / Write \"site: H-0104\" into site.yaml.");
    }
    return SiteFile.parse(SITE, text);
  }

  /** Its rule files, text by path, as they were read: {@code site.yaml} with them, examples and their messages not. */
  public Map<String, String> files() {
    return Map.copyOf(files);
  }

  /** The shipped rules with this site's laid over. */
  public Mapping mapping() {
    return mapping;
  }

  /** What reminders are told by: the shipped tables with this site's rows laid over. */
  public synchronized Reading reading() {
    if (reading == null) {
      reading = Reading.with(files);
    }
    return reading;
  }

  public Site site() {
    return site;
  }

  /** How its messages in files are decoded. */
  public CharsetPolicy charset() {
    return charset;
  }

  /** Names of the messages in {@code examples/}. */
  public List<String> examples() {
    if (folder == null) {
      return List.of();
    }
    try (Stream<Path> files = Files.exists(folder.resolve("examples")) ? Files.list(folder.resolve("examples")) : Stream.of()) {
      return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".hl7"))
          .map(name -> name.substring(0, name.length() - 4)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Converts every example and compares.
   *
   * @return everything that is not as it should be; empty if all is well
   * @throws UncheckedIOException if a file cannot be read
   */
  public List<Failure> test() {
    List<Failure> failures = new ArrayList<>();
    for (String example : examples()) {
      test(example, failures);
    }
    return failures;
  }

  private void test(String example, List<Failure> failures) {
    Path base = folder.resolve("examples");
    try {
      if (!(charset.decode(Files.readAllBytes(base.resolve(example + ".hl7"))) instanceof Decoded decoded)) {
        failures.add(new Failure(example, "a message in " + charset, "bytes that do not decode"));
        return;
      }
      Trace trace = mapping.trace(decoded.text(), site, "example");
      Path paths = base.resolve(example + ".paths");
      Path json = base.resolve(example + ".json");
      if (!Files.exists(paths) && !Files.exists(json)) {
        failures.add(new Failure(example, example + ".paths or " + example + ".json", "nothing that says what to expect"));
      }
      if (Files.exists(paths)) {
        for (String line : Files.readAllLines(paths)) {
          if (!line.isBlank() && !line.startsWith("#")) {
            expect(example, line.strip(), trace, failures);
          }
        }
      }
      if (Files.exists(json)) {
        compare(example, Files.readString(json), trace.mapped(), failures);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Line by line, so that a failure shows what differs; indents and the commas between lines do not matter. */
  private static void compare(String example, String expected, Mapped mapped, List<Failure> failures) {
    if (!mapped.converted()) {
      failures.add(new Failure(example, "the bundle in " + example + ".json", "no bundle"));
      return;
    }
    List<String> wanted = linesOf(expected);
    List<String> actual = linesOf(Lines.of(mapped.bundle()));
    for (int k = 0; k < Math.max(wanted.size(), actual.size()); k++) {
      String want = k < wanted.size() ? wanted.get(k) : "the end";
      String have = k < actual.size() ? actual.get(k) : "the end";
      if (!want.equals(have)) {
        failures.add(new Failure(example, example + ".json:" + (k + 1) + ": " + want, have));
        return;
      }
    }
  }

  private static List<String> linesOf(String json) {
    return json.strip().lines().map(line -> line.strip().replaceFirst(",$", "")).toList();
  }

  private static void expect(String example, String line, Trace trace, List<Failure> failures) {
    boolean absent = line.startsWith("!");
    int equals = absent ? -1 : line.indexOf(" = ");
    String path = absent ? line.substring(1).strip() : equals < 0 ? line : line.substring(0, equals);
    List<String> values = trace.written().stream().filter(one -> one.path().equals(path)).map(Trace.Written::value).toList();
    boolean holds = absent ? values.isEmpty() : equals < 0 ? !values.isEmpty() : values.contains(line.substring(equals + 3));
    if (!holds) {
      failures.add(new Failure(example, line, values.isEmpty() ? "nothing there" : String.join(" | ", values)));
    }
  }

  /**
   * Makes a message an example: copies it, and keeps the bundle that comes of it today as the expected one.
   *
   * @return the example's name
   * @throws IOException if it cannot be written, or an example of that name exists
   */
  public String promote(Path message) throws IOException {
    String name = message.getFileName().toString().replaceFirst("\\.[^.]*$", "");
    Path to = Files.createDirectories(folder.resolve("examples"));
    byte[] bytes = Files.readAllBytes(message);
    if (!(charset.decode(bytes) instanceof Decoded decoded)) {
      throw new RuleError(message.getFileName().toString(), 1, "消息无法解码 / The message does not decode.",
          "在 site.yaml 中设置 charset / Set charset in site.yaml.");
    }
    Mapped mapped = mapping.map(decoded.text(), site, "example");
    if (!mapped.converted()) {
      throw new RuleError(message.getFileName().toString(), 1, "消息无法转换 / The message has no bundle.",
          "执行 emr-gateway map 查看原因 / See: emr-gateway map FILE.");
    }
    Files.write(to.resolve(name + ".hl7"), bytes, StandardOpenOption.CREATE_NEW);
    Files.writeString(to.resolve(name + ".json"), Lines.of(mapped.bundle()));
    return name;
  }
}
