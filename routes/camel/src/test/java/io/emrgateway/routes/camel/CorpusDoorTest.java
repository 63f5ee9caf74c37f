package io.emrgateway.routes.camel;

import static io.emrgateway.routes.camel.Hospital.door;
import static io.emrgateway.routes.camel.Hospital.frame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.emrgateway.routes.camel.Hospital.Ward;
import io.emrgateway.routes.camel.mllp.Listener;
import io.emrgateway.routes.core.intake.Message;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How: every file of the public corpus beside the project, if it is there, framed, on one connection. */
@DisplayName("The corpus")
class CorpusDoorTest {

  /** Byte pictures that decide what is right without our own reader: latin-1 text, nothing decoded. */
  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Test
  @Timeout(120)
  void gets_an_answer_with_the_right_code_for_every_message() throws Exception {
    Path corpus = corpus();
    assumeTrue(corpus != null, "no corpus beside the project");
    List<Path> files;
    try (Stream<Path> all = Files.list(corpus)) {
      files = all.filter(f -> f.toString().endsWith(".hl7")).sorted().toList();
    }
    assertThat(files).isNotEmpty();
    Map<String, Integer> codes = new TreeMap<>();
    Map<String, Integer> refusals = new TreeMap<>();
    Listener door = door();
    try (Hospital hospital = new Hospital(door); Ward ward = hospital.ward()) {
      for (Path file : files) {
        byte[] bytes = Files.readAllBytes(file);
        int before = hospital.journal.kept.size();
        ward.send(frame(bytes));
        // A message that wants no answer, or is one, is followed by one whose answer shows that nothing is stuck.
        String marker = "MARK" + before + "-" + file.hashCode();
        ward.send(frame(Hospital.adt(marker)));
        String first = ward.answer(StandardCharsets.ISO_8859_1);
        assertThat(first).as(file.getFileName().toString()).isNotNull();
        String code = "none";
        if (!Ward.verdict(normal(first)).equals("AA " + marker)) {
          code = normal(first).split("\r")[1].split("\\|", -1)[1];
          assertThat(ward.verdict()).as(file.getFileName().toString()).isEqualTo("AA " + marker);
        }
        codes.merge(code, 1, Integer::sum);
        Message kept = hospital.journal.kept.get(before);
        String refusal = kept.refused() == null ? "" : kept.refused().reason().code();
        refusals.merge(refusal, 1, Integer::sum);
        String seen = latin(bytes).strip();
        if (refusal.isEmpty()) {
          assertThat(seen).as(file.getFileName().toString()).startsWith("MSH");
          assertThat(code).as(file.getFileName().toString()).isEqualTo(expected(seen));
        } else {
          assertThat(code).as(file.getFileName().toString()).isIn("AR", "CR", "AE", "CE", "none");
        }
        if (!seen.startsWith("MSH")) {
          assertThat(refusal).isIn("intake.not-hl7", "intake.batch-in-frame");
        }
        assertThat(kept.bytes()).isEqualTo(bytes);
      }
    }
    System.out.println("corpus: " + files.size() + " messages, answers " + codes + ", refusals " + refusals);
  }

  /** What an accepted message is told, read off its first line by nothing but a split. */
  private static String expected(String seen) {
    String[] fields = seen.split("[\r\n]")[0].split(Pattern.quote(seen.substring(3, 4)), -1);
    String accept = fields.length > 14 ? fields[14].strip().toUpperCase(Locale.ROOT) : "";
    String application = fields.length > 15 ? fields[15].strip().toUpperCase(Locale.ROOT) : "";
    if (accept.isEmpty() && application.isEmpty()) {
      return "AA";
    }
    List<String> silent = List.of("", "NE", "ER");
    return !silent.contains(accept) ? "CA" : !silent.contains(application) ? "AA" : "none";
  }

  /** An answer in the sender's delimiters, with ours in their place. */
  private static String normal(String answer) {
    return answer.replace(answer.charAt(3), '|');
  }

  private static Path corpus() {
    for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
      Path corpus = up.resolve("shared/corpus/dev");
      if (Files.isDirectory(corpus)) {
        return corpus;
      }
    }
    return null;
  }
}
