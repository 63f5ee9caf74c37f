package io.emrgateway.simulator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.CodingErrorAction;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A ward's traffic")
class TrafficTest {

  @ParameterizedTest
  @EnumSource(WardCharset.class)
  void never_holds_a_framing_byte_inside_a_message(WardCharset charset) {
    for (Message message : messages(charset, 2_000)) {
      for (byte b : message.bytes()) {
        assertTrue(b != 0x0B && b != 0x1C && b != 0x0A, message.controlId());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(WardCharset.class)
  void decodes_strictly_back_to_the_bytes_it_was(WardCharset charset) throws Exception {
    for (Message message : messages(charset, 2_000)) {
      String text = charset.charset().newDecoder().onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT).decode(ByteBuffer.wrap(message.bytes())).toString();
      assertArrayEquals(message.bytes(), charset.encode(text));
      assertTrue(text.contains(message.patient().surname()));
      assertTrue(text.contains(message.patient().given()));
      assertFalse(text.contains("\uFFFD"));
    }
  }

  @Test
  void is_the_same_for_the_same_seed_byte_for_byte() {
    Dialect dialect = Dialect.of("A7");
    Traffic one = new Traffic(dialect, 7, 3);
    Traffic two = new Traffic(dialect, 7, 3);
    Traffic other = new Traffic(dialect, 8, 3);
    int different = 0;
    for (int i = 0; i < 500; i++) {
      byte[] bytes = one.next().bytes();
      assertArrayEquals(bytes, two.next().bytes());
      different += Arrays.equals(bytes, other.next().bytes()) ? 0 : 1;
    }
    assertEquals(500, different);
  }

  @Test
  void has_every_kind_of_message() {
    Set<String> kinds = new TreeSet<>();
    messages(WardCharset.GB18030, 3_000).forEach(message -> kinds.add(message.type()));
    assertEquals(Set.of("ADT^A01", "ADT^A02", "ADT^A03", "ADT^A04", "ADT^A08", "ADT^A11", "ADT^A13", "ADT^A28",
        "ADT^A31", "ADT^A40", "ORM^O01", "OMG^O19", "OML^O21", "ORU^R01", "RDE^O11"), kinds);
  }

  @Test
  void shares_no_control_id_and_no_patient_between_connections() {
    Set<String> ids = new HashSet<>();
    Map<String, Integer> laneOfPatient = new HashMap<>();
    for (int lane = 0; lane < 8; lane++) {
      Traffic traffic = new Traffic(Dialect.of("A7"), 1, lane);
      for (int i = 0; i < 500; i++) {
        Message message = traffic.next();
        assertTrue(ids.add(message.controlId()));
        assertTrue(message.controlId().length() <= 20);
        assertTrue(message.controlId().matches("[\\x21-\\x7E]+"));
        assertEquals(lane, laneOfPatient.merge(message.patient().number(), lane, (before, now) -> before));
      }
    }
  }

  @Test
  void carries_names_that_have_broken_interfaces() {
    Set<String> names = new HashSet<>();
    for (Message message : messages(WardCharset.GB18030, 6_000)) {
      names.add(message.patient().surname() + message.patient().given());
    }
    for (String character : List.of("珅", "瑋", "東", "玕", "昞", "玘", "珇", "\uD842\uDFB7", "\u9FA6", "\u00B7",
        "\u2022", "\u30FB", "\uFF0E", "欧阳", "司马")) {
      assertTrue(names.stream().anyMatch(name -> name.contains(character)), character);
    }
    // The claim that makes them interesting: their second byte in GBK is a delimiter of HL7.
    for (String character : List.of("珅", "瑋", "東", "玕", "昞", "玘", "珇")) {
      byte second = WardCharset.GBK.encode(character)[1];
      assertTrue("|^~\\".indexOf(second) >= 0, character);
    }
    assertFalse(WardCharset.GBK.canWrite("\uD842\uDFB7"));
    assertFalse(WardCharset.GBK.canWrite("\u9FA6"));
  }

  @Test
  void labels_every_resident_id_with_the_verdict_a_reader_must_reach() {
    Map<ResidentId.Verdict, Integer> seen = new HashMap<>();
    Set<Patient.Document> documents = new HashSet<>();
    for (Message message : messages(WardCharset.UTF_8, 4_000)) {
      Patient patient = message.patient();
      documents.add(patient.document());
      if (patient.verdict() != null) {
        String text = new String(message.bytes(), WardCharset.UTF_8.charset());
        assertTrue(text.contains("~" + patient.documentNumber() + "^^^GA^NNCHN~"));
        assertEquals(patient.verdict(),
            ResidentId.verdict(patient.documentNumber(), patient.birth(), patient.sex()));
        seen.merge(patient.verdict(), 1, Integer::sum);
      }
    }
    assertEquals(Set.of(ResidentId.Verdict.VALID, ResidentId.Verdict.CHECK_DIGIT_WRONG,
        ResidentId.Verdict.BIRTH_DATE_CONTRADICTS, ResidentId.Verdict.SEX_CONTRADICTS), seen.keySet());
    assertEquals(Set.of(Patient.Document.values()), documents);
  }

  @Test
  void tells_stories_in_which_nothing_is_undone_before_it_is_done() {
    Map<String, List<String>> byPatient = new HashMap<>();
    for (Message message : messages(WardCharset.GB18030, 4_000)) {
      byPatient.computeIfAbsent(message.patient().number(), key -> new ArrayList<>()).add(message.type());
    }
    int undone = 0;
    for (List<String> story : byPatient.values()) {
      for (int i = 0; i < story.size(); i++) {
        List<String> before = story.subList(0, i);
        switch (story.get(i)) {
          case "ADT^A02", "ADT^A03", "ADT^A11" -> assertTrue(before.contains("ADT^A01"));
          case "ADT^A13" -> assertTrue(before.contains("ADT^A03"));
          case "ADT^A40" -> assertTrue(before.contains("ADT^A28"));
          default -> {
            continue;
          }
        }
        undone++;
      }
    }
    assertTrue(undone > 100);
  }

  @Test
  void corrects_and_cancels_results_only_after_they_were_final() {
    Map<String, String> statusesOfOrder = new HashMap<>();
    for (Message message : messages(WardCharset.GB18030, 4_000)) {
      if (message.type().equals("ORU^R01")) {
        for (String segment : new String(message.bytes(), WardCharset.GB18030.charset()).split("\r")) {
          if (segment.startsWith("OBR|")) {
            String[] fields = segment.split("\\|", -1);
            statusesOfOrder.merge(fields[2], fields[25], String::concat);
          }
        }
      }
    }
    Set<String> courses = new TreeSet<>(statusesOfOrder.values());
    courses.removeIf(course -> course.startsWith("P") && !course.contains("F"));
    assertEquals(Set.of("F", "FC", "FX", "PF", "PFC", "PFX"), courses);
  }

  @Test
  void says_in_MSH_18_the_truth_or_a_lie_or_nothing() {
    assertEquals("GB 18030-2000", msh18(WardCharset.GB18030, WardCharset.Declaration.HONEST));
    assertEquals("UNICODE UTF-8", msh18(WardCharset.UTF_8, WardCharset.Declaration.HONEST));
    assertEquals("UNICODE UTF-8", msh18(WardCharset.GB18030, WardCharset.Declaration.WRONG));
    assertEquals("", msh18(WardCharset.GBK, WardCharset.Declaration.ABSENT));
  }

  @Test
  void ends_its_segments_as_told() {
    Traffic traffic = new Traffic(Dialect.of("A7").ending(Dialect.Ends.LF, false), 1, 0);
    String text = new String(traffic.next().bytes(), WardCharset.GB18030.charset());
    assertTrue(text.contains("\nPID|"));
    assertFalse(text.contains("\r"));
    assertFalse(text.endsWith("\n"));
  }

  @Test
  void judges_resident_ids_as_the_standard_does() {
    // The two examples of GB 11643-1999.
    assertEquals(ResidentId.Verdict.VALID,
        ResidentId.verdict("11010519491231002X", LocalDate.of(1949, 12, 31), '2'));
    assertEquals(ResidentId.Verdict.VALID,
        ResidentId.verdict("440524188001010014", LocalDate.of(1880, 1, 1), '1'));
    assertEquals(ResidentId.Verdict.SEX_CONTRADICTS,
        ResidentId.verdict("440524188001010014", LocalDate.of(1880, 1, 1), '2'));
    assertEquals(ResidentId.Verdict.CHECK_DIGIT_WRONG,
        ResidentId.verdict("110105194912310021", LocalDate.of(1949, 12, 31), '2'));
    assertEquals("11010519491231002X", ResidentId.of("110105", LocalDate.of(1949, 12, 31), 2));
  }

  private static String msh18(WardCharset charset, WardCharset.Declaration declaration) {
    byte[] bytes = new Traffic(Dialect.of("A7").writing(charset, declaration), 1, 0).next().bytes();
    String[] fields = new String(bytes, charset.charset()).split("\r", 2)[0].split("\\|", -1);
    return fields.length > 17 ? fields[17] : "";
  }

  private static List<Message> messages(WardCharset charset, int count) {
    Traffic traffic = new Traffic(Dialect.of("A7").writing(charset, WardCharset.Declaration.HONEST), 11, 0);
    List<Message> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(traffic.next());
    }
    return all;
  }
}
