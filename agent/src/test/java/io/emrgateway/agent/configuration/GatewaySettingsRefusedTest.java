package io.emrgateway.agent.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.emrgateway.agent.configuration.Problem.Code;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A settings file is refused")
class GatewaySettingsRefusedTest {
  /** Ten lines; tests add theirs behind or change one of these. */
  private static final String SOUND = """
      hospital: H-0104
      city:
        address: https://city.example
        patience: 60s
      sources:
        - name: his-adt
          port: 2575
        - name: lis
          port: 2576
      suite: intl
      """;

  @TempDir
  Path folder;

  private SettingsRefused refused(byte[] bytes) throws IOException {
    Path file = folder.resolve("gateway.yaml");
    Files.write(file, bytes);
    try {
      GatewaySettings.load(file);
    } catch (SettingsRefused refused) {
      assertThat(refused.problems()).allSatisfy(problem -> {
        assertThat(problem.textZh()).isNotBlank();
        assertThat(problem.text()).isNotBlank();
        assertThat(problem.remedyZh()).isNotBlank();
        assertThat(problem.remedy()).isNotBlank();
        assertThat(problem.render()).contains(problem.code()).doesNotContain("Exception", "java.", "io.emr");
      });
      return refused;
    }
    return fail("the settings were accepted");
  }

  private List<Problem> problems(String text) throws IOException {
    return refused(text.getBytes(StandardCharsets.UTF_8)).problems();
  }

  private Problem only(String text) throws IOException {
    List<Problem> problems = problems(text);
    assertThat(problems).hasSize(1);
    return problems.get(0);
  }

  private static String at(Problem problem) {
    return problem.code().replace("settings.", "") + " " + problem.line() + ":" + problem.column() + " " + problem.key();
  }

  @Test
  void with_every_error_in_it_at_once_in_the_order_of_the_file() throws Exception {
    assertThat(problems("""
        hospital：H-0104
        feed: Main
        citty: {}
        city:
          address: http://city.example
          patience: 20秒
          connectTimeout: 10s
          pause-min: 1h
          pause-max: 15m
          batch-entries: 99999999999999999999999
          gzip: yes
        sources:
          - name: his-adt
            port: ２５７５
            allow: [10.1.2.3/16, 10.2.0.0/33, ward-a]
            charset: GB1803
            frame-max: 16MB
          - name: lis
            port: 8090
            port: 8091
          - name: lis
            addres: 10.1.1.1
        store:
           disk-floor: "512MiB
        log: debug
        """)).extracting(GatewaySettingsRefusedTest::at).containsExactly(
        "full-width 1:9 ",
        "value-malformed 2:7 feed",
        "key-unknown 3:1 citty",
        "value-malformed 5:12 city.address",
        "value-malformed 6:13 city.patience",
        "key-unknown 7:3 city.connectTimeout",
        "contradiction 8:14 city.pause-min",
        "value-out-of-range 10:18 city.batch-entries",
        "value-not-a-choice 11:9 city.gzip",
        "full-width 14:11 ",
        "value-malformed 15:13 sources[his-adt].allow[1]",
        "value-out-of-range 15:26 sources[his-adt].allow[2]",
        "value-malformed 15:39 sources[his-adt].allow[3]",
        "value-not-a-choice 16:14 sources[his-adt].charset",
        "value-malformed 17:16 sources[his-adt].frame-max",
        "address-twice 19:11 sources[lis].port",
        "key-twice 20:5 sources[lis].port",
        "key-missing 21:5 sources[3].port",
        "name-twice 21:11 sources[3].name",
        "key-unknown 22:5 sources[3].addres",
        "syntax 24:16 store",
        "shape 25:6 log");
  }

  @Nested
  @DisplayName("for an unknown key")
  class UnknownKey {
    @ParameterizedTest
    @CsvSource({
        "hospitl: x, hospital", "Feed: x, feed", "keyes: {}, keys", "source: [], sources", "suit: gm, suite",
        "htpp: {}, http"})
    void and_says_which_one_was_meant(String line, String meant) throws Exception {
      Problem problem = only(SOUND + line + "\n");
      assertThat(problem.code()).isEqualTo(Code.KEY_UNKNOWN.id());
      assertThat(problem.line()).isEqualTo(11);
      assertThat(problem.remedy()).isEqualTo("Did you mean " + meant + "?");
      assertThat(problem.remedyZh()).contains(meant);
    }

    @Test
    void and_says_where_a_key_that_lost_its_indent_belongs() throws Exception {
      assertThat(only(SOUND + "pause-max: 5m\n").remedy()).contains("belongs to city");
      assertThat(only(SOUND + "http:\n  suite: gm\n").remedy()).contains("belongs to the top level");
    }

    @Test
    void and_lists_the_known_ones_when_nothing_comes_near() throws Exception {
      assertThat(only(SOUND + "log:\n  zzzzzz: 1\n").remedy()).endsWith("format, level");
    }

    @Test
    void and_does_not_repeat_a_password_somebody_wrote_there() throws Exception {
      SettingsRefused refused = refused((SOUND + "keys:\n  password: geheim-123\n").getBytes(StandardCharsets.UTF_8));
      assertThat(refused.render()).contains("password-file").doesNotContain("geheim");
      assertThat(refused.getMessage()).doesNotContain("geheim");
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "hospital: H/0104            | value-malformed 11:11 hospital",
      "home: ''                    | value-malformed 11:7 home",
      "suite: sm                   | value-not-a-choice 11:8 suite",
      "feed:                       | value-missing 11:1 feed",
      "feed: [a]                   | shape 11:7 feed",
      "http: {port: 0}             | value-out-of-range 11:14 http.port",
      "http: {port: 65536}         | value-out-of-range 11:14 http.port",
      "http: {port: -1}            | value-out-of-range 11:14 http.port",
      "http: {port: 8_090}         | value-malformed 11:14 http.port",
      "http: {port: 0x50}          | value-malformed 11:14 http.port",
      "http: {port: 8e3}           | value-malformed 11:14 http.port",
      "http: {port: 18446744073709551617} | value-out-of-range 11:14 http.port",
      "http: {port: 2575}          | address-twice 7:11 sources[his-adt].port",
      "http: {address: hospital.local} | value-malformed 11:17 http.address",
      "http: {address: 127.0.0.256} | value-malformed 11:17 http.address",
      "http: 8090                  | shape 11:7 http",
      "store: {disk-floor: 30GiB}  | contradiction 11:21 store.disk-floor",
      "store: {disk-floor: 512}    | value-malformed 11:21 store.disk-floor",
      "store: {disk-floor: 99999999999999999999TiB} | value-out-of-range 11:21 store.disk-floor",
      "store: {keep-delivered: 100} | value-malformed 11:25 store.keep-delivered",
      "store: {keep-delivered: 99999999999999999999d} | value-out-of-range 11:25 store.keep-delivered",
      "store: {keep-delivered: 106751991167301d} | value-out-of-range 11:25 store.keep-delivered",
      "store: {keep-delivered: 5m} | value-out-of-range 11:25 store.keep-delivered",
      "store: {keep-records: 7d}   | value-out-of-range 11:23 store.keep-records",
      "store: {keep-delivered: 200d} | contradiction 11:25 store.keep-delivered",
      "reminders: {address: 'https://g', clients: [{issuer: a, key: k}]} | contradiction 11:1 reminders",
      "log: {level: infoo}         | value-not-a-choice 11:14 log.level",
      "log: [level]                | shape 11:6 log",
      "? [a, b] : c                | shape 11:3 ",
  })
  void for_a_value_that_cannot_be_with_its_line_column_and_key(String line, String expected) throws Exception {
    String base = line.startsWith("hospital") ? SOUND.replace("hospital: H-0104", "feed: main")
        : line.startsWith("suite") ? SOUND.replace("suite: intl", "feed: main") : SOUND;
    assertThat(at(only(base + line + "\n")).strip()).isEqualTo(expected.strip());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "address: 10.1.1.1             | nobody-allowed 8:14 sources[his-adt].address",
      "allow: [192.168.1.7]          | nobody-allowed 8:12 sources[his-adt].allow",
      "allow: ['fd00::/8']             | nobody-allowed 8:12 sources[his-adt].allow",
      "address: localhost:2575       | value-malformed 8:14 sources[his-adt].address",
      "charset: UTF-16               | value-not-a-choice 8:14 sources[his-adt].charset",
      "charset: 中文                  | value-not-a-choice 8:14 sources[his-adt].charset",
      "kind: ftp                     | value-not-a-choice 8:11 sources[his-adt].kind",
      "zone: Beijing                 | value-malformed 8:11 sources[his-adt].zone",
      "allow: 10.0.0.0/8             | shape 8:12 sources[his-adt].allow",
      "allow:                        | value-missing 8:5 sources[his-adt].allow",
      "allow: [10.0.0.0/8x]          | value-malformed 8:13 sources[his-adt].allow[1]",
      "allow: [300.0.0.0/8]          | value-malformed 8:13 sources[his-adt].allow[1]",
      "idle-timeout: 500ms           | value-out-of-range 8:19 sources[his-adt].idle-timeout",
      "frame-max: 64MiB              | value-out-of-range 8:16 sources[his-adt].frame-max",
      "connections-max: many         | value-malformed 8:22 sources[his-adt].connections-max",
      "tls:                          | value-missing 8:5 sources[his-adt].tls",
      "tls: {keystore: a, password-file: b} | contradiction 8:5 sources[his-adt].tls",
      "tls: {keystore: a, password-file: b, client-ca: c, client-certificates: none} | contradiction 8:53 sources[his-adt].tls.client-ca",
      "tls: {keystore: a, client-certificates: none} | key-missing 8:5 sources[his-adt].tls.password-file",
  })
  void for_a_source_that_cannot_be(String line, String expected) throws Exception {
    String text = SOUND.replace("    port: 2575\n", "    port: 2575\n    " + line + "\n");
    assertThat(at(only(text))).isEqualTo(expected);
  }

  @Nested
  @DisplayName("for what a keyboard or an editor did:")
  class Keyboard {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "hospital：H-0104        | 1:9",
        "hospital： H-0104       | 1:9",
        "hospital: “H-0104”      | 1:11",
        "hospital: ‘H-0104’      | 1:11",
        "hospital: H－0104        | 1:12",
        "hospital: H-０１０４      | 1:13",
        "hospital:\u3000H-0104   | 1:10",
        "hospital: H-0104 ＃ 编号：一 | 1:18",
    })
    void a_full_width_character_by_its_column_and_what_to_type(String line, String place) throws Exception {
      Problem problem = only(SOUND.replace("hospital: H-0104", line));
      assertThat(problem.code()).isEqualTo(Code.FULL_WIDTH.id());
      assertThat(problem.line() + ":" + problem.column()).isEqualTo(place);
      assertThat(problem.remedyZh()).contains("英文输入法");
    }

    @Test
    void the_columns_after_a_mended_colon_are_still_the_operators() throws Exception {
      assertThat(problems(SOUND.replace("    port: 2575", "    port：many")))
          .extracting(GatewaySettingsRefusedTest::at)
          .containsExactly("full-width 7:9 ", "value-malformed 7:10 sources[his-adt].port");
    }

    @Test
    void tabs_by_every_line_that_begins_with_one() throws Exception {
      assertThat(problems("hospital: H-0104\ncity:\n\taddress: https://city.example\n\tgzip: maybe\n"
              + "sources:\n- {name: a, port: 1}\n"))
          .extracting(GatewaySettingsRefusedTest::at)
          .containsExactly("tab 3:1 ", "tab 4:1 ", "value-not-a-choice 4:8 city.gzip");
    }

    @Test
    void tabs_among_blanks_without_guessing_at_the_structure() throws Exception {
      assertThat(problems(SOUND.replace("  patience", "\tpatience")))
          .extracting(GatewaySettingsRefusedTest::at).containsExactly("tab 4:1 ");
    }

    @Test
    void a_file_saved_as_gbk_by_the_line_that_shows_it() throws Exception {
      Problem problem = refused((SOUND + "# 网关\n").getBytes(Charset.forName("GBK"))).problems().get(0);
      assertThat(at(problem)).isEqualTo("encoding 11:3 ");
      assertThat(problem.remedyZh()).contains("UTF-8");
    }

    @Test
    void a_file_saved_as_utf_16() throws Exception {
      assertThat(refused(("\ufeff" + SOUND).getBytes(StandardCharsets.UTF_16LE)).problems())
          .extracting(GatewaySettingsRefusedTest::at).containsExactly("encoding 1:1 ");
    }
  }

  @Nested
  @DisplayName("for broken YAML")
  class Syntax {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "http: {port: 8090          | syntax 11:7 http | bracket",
        "home: \"/var               | syntax 11:7 home | quote",
        "log                        | syntax 11:1 log  | blank after the colon",
        "home: a: b                 | syntax 11:8 home | colon",
        "home: @data                | syntax 11:7 home | quotes",
        "home: *data                | syntax 11:7 home | quotes",
    })
    void by_line_column_section_and_remedy(String line, String expected, String hint) throws Exception {
      Problem problem = only(SOUND + line + "\n");
      assertThat(at(problem).strip()).isEqualTo(expected.strip());
      assertThat(problem.text() + problem.remedy()).containsIgnoringCase(hint.strip());
    }

    @Test
    void of_one_section_and_still_judges_the_others() throws Exception {
      assertThat(problems(SOUND.replace("  patience: 60s", "   patience: 60s") + "feed: A\n"))
          .extracting(GatewaySettingsRefusedTest::at)
          .containsExactly("syntax 4:12 city", "value-malformed 11:7 feed");
    }

    @Test
    void that_holds_two_documents() throws Exception {
      Problem problem = only(SOUND + "---\nfeed: main\n");
      assertThat(problem.code()).isEqualTo(Code.SYNTAX.id());
      assertThat(problem.text()).contains("two documents");
      assertThat(problem.line()).isEqualTo(11);
    }

    @Test
    void that_is_a_list() throws Exception {
      assertThat(at(only("- hospital: H-0104\n"))).isEqualTo("syntax 1:1 ");
    }

    @Test
    void nested_a_hundred_thousand_deep_without_falling_over() throws Exception {
      assertThat(only(SOUND + "home: " + "[".repeat(100_000) + "\n").code()).isIn(Code.SYNTAX.id(), Code.SHAPE.id());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\n", "# only a comment\n", "\ufeff", "---\n"})
  void when_it_is_empty_and_says_what_it_needs(String text) throws Exception {
    Problem problem = only(text);
    assertThat(at(problem)).isEqualTo("file-empty 1:1 ");
    assertThat(problem.remedy()).contains("hospital", "city.address", "sources");
  }

  @Test
  void when_everything_that_is_required_is_missing_and_names_each() throws Exception {
    assertThat(problems("feed: main\n")).extracting(GatewaySettingsRefusedTest::at)
        .containsExactly("key-missing 1:1 hospital", "key-missing 1:1 city.address", "key-missing 1:1 sources");
    assertThat(problems("hospital:\ncity:\nsources: []\n")).extracting(GatewaySettingsRefusedTest::at)
        .containsExactly("value-missing 1:1 hospital", "key-missing 2:1 city.address", "key-missing 3:1 sources");
  }

  @Test
  void when_two_sources_listen_at_one_place_all_interfaces_included() throws Exception {
    assertThat(at(only(SOUND.replace("port: 2576", "port: 2575\n    address: 0.0.0.0"))))
        .isEqualTo("address-twice 9:11 sources[lis].port");
  }

  @Test
  void when_the_hiss_door_would_pass_records_in_clear_text_shares_a_port_or_has_two_callers_of_one_name() throws Exception {
    String his = SOUND + "his:\n  port: 8443\n  clients:\n    - {name: web, secret-file: a}\n    - {name: cds, secret-file: b}\n";
    assertThat(at(only(his.replace("  port: 8443", "  address: 10.1.2.3")))).isEqualTo("contradiction 12:12 his.address");
    assertThat(at(only(his.replace("8443", "2576")))).isEqualTo("address-twice 12:9 his.port");
    assertThat(at(only(his.replace("name: cds", "name: web")))).isEqualTo("name-twice 15:14 his.clients[2].name");
    assertThat(at(only(SOUND + "his:\n  port: 8443\n"))).isEqualTo("key-missing 11:1 his.clients");
  }

  @Test
  void when_anybody_who_can_connect_may_ask_for_records() throws Exception {
    String open = SOUND.replace("port: 2575", "port: 2575\n    address: 0.0.0.0\n    allow: [0.0.0.0/0]\n    queries: true");
    assertThat(at(only(open))).isEqualTo("contradiction 10:14 sources[his-adt].queries");
    String tls = "\n    tls: {keystore: a, password-file: b, client-ca: c, client-certificates: wanted}";
    assertThat(at(only(open.replace("queries: true", "queries: true" + tls)))).isEqualTo("contradiction 10:14 sources[his-adt].queries");
  }

  @Test
  void when_a_key_stands_twice_and_says_where_first() throws Exception {
    Problem problem = only(SOUND + "suite: gm\n");
    assertThat(at(problem)).isEqualTo("key-twice 11:1 suite");
    assertThat(problem.text()).contains("line 10");
  }

  @Test
  void when_the_citys_address_holds_a_password_and_does_not_repeat_it() throws Exception {
    String text = SOUND.replace("https://city", "https://agent:geheim@city");
    assertThat(at(only(text))).isEqualTo("value-malformed 3:12 city.address");
    assertThat(refused(text.getBytes(StandardCharsets.UTF_8)).render()).doesNotContain("geheim");
  }

  @Test
  void when_a_heartbeat_is_slower_than_the_city_contract_allows() throws Exception {
    assertThat(only(SOUND.replace("  patience: 60s", "  heartbeat: 61s")).remedy()).contains("from 1s to 60s");
  }

  @Test
  void when_it_is_not_there_or_not_a_file_or_far_too_large() throws Exception {
    for (Path file : List.of(folder.resolve("none.yaml"), folder)) {
      try {
        GatewaySettings.load(file);
        fail("the settings were accepted");
      } catch (SettingsRefused refused) {
        assertThat(refused.problems()).singleElement().extracting(Problem::code)
            .isIn(Code.FILE_MISSING.id(), Code.FILE_UNREADABLE.id());
        assertThat(refused.render()).contains("1 error in the settings");
      }
    }
    assertThat(only("#".repeat(300_000)).code()).isEqualTo(Code.FILE_TOO_LARGE.id());
  }
}
