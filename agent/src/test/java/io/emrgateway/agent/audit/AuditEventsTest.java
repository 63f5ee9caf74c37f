package io.emrgateway.agent.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.mappings.records.Tree;
import io.emrgateway.routes.core.lookup.Audits.Act;
import io.emrgateway.routes.core.lookup.Audits.Entry;
import io.emrgateway.routes.core.lookup.LookupRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How: what is written today is compared with files in the repository, which {@code tests/fhir-server} holds against the
 * official validator. {@code -Daudit.write=true} writes them anew.
 */
@DisplayName("A record of the audit")
class AuditEventsTest {
  private static final AuditEvents EVENTS = new AuditEvents("H-0104/main");
  private static final Path FILES = Path.of("src/test/resources/io/emrgateway/agent/audit");

  static Stream<Map.Entry<String, byte[]>> records() {
    Map<String, byte[]> records = new LinkedHashMap<>();
    List<String> names = List.of("ask", "show", "ask-refused", "show-failed", "ask-emergency", "show-nothing", "inquiry", "answer",
        "answer-objected", "answer-nothing", "inquiry-refused");
    for (int k = 0; k < names.size(); k++) {
      records.put(names.get(k), EVENTS.lookup(Acts.NOW, Acts.all().get(k)));
    }
    records.put("start", EVENTS.operation(Acts.NOW, Deed.START, "1.4.2"));
    records.put("resume", EVENTS.operation(Acts.NOW, Deed.RESUME, ""));
    records.put("audit-read", EVENTS.reading(Acts.NOW, "a patient's list, html", List.of(Acts.ZHANG)));
    Entry whole = Acts.all().get(names.indexOf("answer"));
    records.put("answer-objected-in-part", EVENTS.lookup(Acts.NOW, new Entry(whole.act(), whole.asker(), whole.request(), "objected", whole.sources(),
        whole.digest(), whole.count())));
    for (Deed deed : List.of(Deed.CONSENT, Deed.CONSENT_EVIDENCE, Deed.CONSENT_WITHDRAWN, Deed.OBJECTION)) {
      records.put(deed.word(), EVENTS.will(Acts.NOW, deed, "reference 3fa9", "N2001", List.of(Acts.ZHANG)));
    }
    return records.entrySet().stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("records")
  void is_the_AuditEvent_that_the_official_validator_has_seen(Map.Entry<String, byte[]> record) throws IOException {
    // What is random in it, in the raw request too, stands as one number.
    Map<String, Object> tree = Tree.of(record.getValue());
    tree.put("id", "00000000-0000-4000-8000-000000000000");
    for (Map<String, Object> entity : Tree.objects(tree, "entity")) {
      if (entity.containsKey("query")) {
        entity.put("query", "e30=");
      } else if ("XrequestId".equals(Tree.text(entity, "type", "code"))) {
        entity.put("what", Tree.object("identifier", Tree.object("value", "00000000-0000-4000-8000-000000000001")));
      }
    }
    String now = new String(Tree.bytes(tree, 4_096), StandardCharsets.UTF_8).replace(",\"", ",\n\"") + "\n";
    Path file = FILES.resolve(record.getKey() + ".json");
    if (Boolean.getBoolean("audit.write")) {
      Files.createDirectories(FILES);
      Files.writeString(file, now);
    }
    assertThat(now).isEqualTo(Files.readString(file));
  }

  @Test
  void is_never_the_same_twice_so_that_its_hash_confirms_no_guess() {
    LookupRequest question = Acts.question(Acts.ZHANG, "D1");
    assertThat(EVENTS.lookup(Acts.NOW, Acts.ask(question))).isNotEqualTo(EVENTS.lookup(Acts.NOW, Acts.ask(question)));
  }

  @Test
  void of_a_question_that_is_none_is_written_and_read_all_the_same() {
    LookupRequest question = Acts.question(Acts.ZHANG, "D1");
    LookupRequest.Requester nobody = new LookupRequest.Requester("H-0104", "", question.requester().practitioner(), "");
    Entry entry = new Entry(Act.ASK_REFUSED, "H-0104", new LookupRequest(question.rid(), question.feed(), question.nonce(), question.issued(),
        question.expires(), nobody, new LookupRequest.Sought(List.of(), "", null), question.scope(), question.purpose(), question.doctor(),
        question.consent()), "lookup.form", List.of(), "", 0);
    assertThat(AuditRecord.read(1, EVENTS.lookup(Acts.NOW, entry), Acts.NOW).lookup()).contains(entry);
    Entry nobodys = new Entry(Act.INQUIRY_REFUSED, null, question, "lookup.feed", List.of(), "", 0);
    assertThat(AuditRecord.read(1, EVENTS.lookup(Acts.NOW, nobodys), Acts.NOW).lookup()).contains(nobodys);
  }

  @Test
  void that_is_damaged_is_shown_as_such() {
    for (String broken : List.of("", "{", "{\"resourceType\":\"AuditEvent\"}", "[1]", "{\"at\":\"x\"}")) {
      assertThat(AuditRecord.read(7, broken.getBytes(StandardCharsets.UTF_8), Acts.NOW)).hasToString("AuditRecord[7 unreadable]");
    }
    assertThat(AuditRecord.read(7, null, Acts.NOW).at()).isEqualTo(Acts.NOW);
  }
}
