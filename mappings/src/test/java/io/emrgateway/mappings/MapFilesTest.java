package io.emrgateway.mappings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Messages in files")
class MapFilesTest {
  private static final String ADMITTED = "MSH|^~\\&|HIS|G|E|E|20260101080000||ADT^A01|C1|P|2.4\r"
      + "PID|1||77^^^RM^PI||张伟||19850307|M\rPV1|1|I|N03^301^02\r";

  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream notes = new ByteArrayOutputStream();

  @BeforeEach
  void write() throws IOException {
    Files.write(folder.resolve("a.hl7"), ADMITTED.getBytes(Charset.forName("GB18030")));
    Files.writeString(folder.resolve("b.HL7"), "MSH|^~\\&|HIS|G|E|E|20260101080000||ZZZ^Z01|C2|P|2.4\r");
    Files.writeString(folder.resolve("notes.md"), "no message");
  }

  @Test
  void become_one_bundle_each_by_their_names_and_the_rest_is_said_with_its_reason() throws IOException {
    Path bundles = folder.resolve("out");
    assertThat(run("detect", bundles, false, folder)).isEqualTo(1);
    assertThat(Files.list(bundles).map(one -> one.getFileName().toString())).containsExactly("a.json");
    assertThat(Files.readString(bundles.resolve("a.json"))).contains("张伟");
    assertThat(said(notes)).contains("b.HL7: mapping.message-type-unknown MSH-9").contains("共 2 条，已转换 1 条");
    assertThat(said(out)).isEmpty();
  }

  @Test
  void give_the_same_bytes_each_time() {
    run("detect", null, false, folder.resolve("a.hl7"));
    String first = said(out);
    out.reset();
    run("detect", null, false, folder.resolve("a.hl7"));
    assertThat(said(out)).isEqualTo(first).contains("\"resourceType\":\"Bundle\"");
  }

  @Test
  void are_traced_both_ways_on_request() {
    assertThat(run("GB18030", null, true, folder.resolve("a.hl7"))).isZero();
    assertThat(said(out)).contains("Patient.name[0].text = 张伟  <- PID-5").contains("PID-1 = 1  忽略")
        .contains("PID-7 = 19850307  -> Patient.birthDate");
  }

  @Test
  void that_cannot_be_read_end_with_a_named_error() {
    assertThat(run("detect", null, false, folder.resolve("absent.hl7"))).isEqualTo(2);
    assertThat(said(notes)).contains("map.file").contains("absent.hl7").doesNotContain("Exception");
    assertThat(run("KOI-99", null, false, folder)).isEqualTo(2);
    assertThat(said(notes)).contains("map.charset");
  }

  private int run(String charset, Path bundles, boolean trace, Path file) {
    return new MapFiles(Samples.MAPPING, Samples.SITE, new MapFiles.Wishes(charset, bundles, trace),
        new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(notes, true, StandardCharsets.UTF_8))
        .run(List.of(file));
  }

  private static String said(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }
}
