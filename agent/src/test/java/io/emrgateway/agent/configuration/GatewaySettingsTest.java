package io.emrgateway.agent.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.emrgateway.agent.configuration.GatewaySettings.ClientCertificates;
import io.emrgateway.agent.configuration.GatewaySettings.Suite;
import io.emrgateway.agent.configuration.GatewaySettings.Undecodable;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The gateway's settings")
class GatewaySettingsTest {
  private static final String LEAST = """
      hospital: H-0104
      city:
        address: https://city.example/gateway
      sources:
        - name: his-adt
          port: 2575
      """;

  @TempDir
  Path folder;

  private GatewaySettings loaded(String text) throws Exception {
    return GatewaySettings.load(written(text));
  }

  private Path written(String text) throws IOException {
    return Files.writeString(folder.resolve("gateway.yaml"), text);
  }

  @Nested
  @DisplayName("when only the required keys are written")
  class Least {
    @Test
    void take_every_default() throws Exception {
      GatewaySettings settings = loaded(LEAST);

      assertThat(settings.feedName()).isEqualTo("H-0104/main");
      assertThat(settings.home()).isEqualTo(Path.of("/var/lib/emr-gateway"));
      assertThat(settings.suite()).isEqualTo(Suite.INTL);
      assertThat(settings.city()).isEqualTo(new GatewaySettings.City(
          URI.create("https://city.example/gateway"), Duration.ofSeconds(60), Duration.ofSeconds(10),
          Duration.ofSeconds(1), Duration.ofMinutes(15), Duration.ofSeconds(60), true, 256));
      assertThat(settings.store()).isEqualTo(new GatewaySettings.Store(
          new Size(512L << 20), new Size(20L << 30), Duration.ofDays(100), Duration.ofDays(180)));
      assertThat(settings.http().listen().toString()).contains("127.0.0.1:8090");
      assertThat(settings.log()).hasToString("Log[level=info, format=json]");
      assertThat(settings.consent()).hasToString("Consent[kinds=[paper, handwriting, guardian], longest=PT8760H, keep=PT26304H, agreement=Optional.empty]");
      assertThat(settings.lookup().sections()).containsExactly(GatewaySettings.LookupSection.values());

      GatewaySettings.Source source = settings.sources().get(0);
      assertThat(source.listen().toString()).contains("127.0.0.1:2575");
      assertThat(source.charset()).isEqualTo(new CharsetRule.Detect());
      assertThat(source.undecodable()).isEqualTo(Undecodable.AE);
      assertThat(source.tls()).isEmpty();
      assertThat(source.frameMax()).isEqualTo(new Size(10 << 20));
      assertThat(source.idleTimeout()).isEqualTo(Duration.ofMinutes(10));
      assertThat(source.connectionsMax()).isEqualTo(64);
      assertThat(source.zone()).isEqualTo(ZoneOffset.ofHours(8));
    }

    @Test
    void look_for_keys_beside_the_file_whatever_the_working_directory() throws Exception {
      GatewaySettings.Keys keys = loaded(LEAST).keys();
      Path dir = folder.toAbsolutePath().resolve("keys");
      assertThat(keys).isEqualTo(new GatewaySettings.Keys(
          dir, dir.resolve("signing.p12"), dir.resolve("tls.p12"), dir.resolve("password"),
          dir.resolve("master.key"), dir.resolve("trust.cms"), dir.resolve("city-ca.pem")));
    }

    @Test
    void let_nobody_but_this_machine_send() throws Exception {
      GatewaySettings.Source source = loaded(LEAST).sources().get(0);
      assertThat(source.allow()).extracting(Cidr::toString).containsExactly("127.0.0.1/32");
    }
  }

  @Test
  void take_every_kind_of_value_as_written() throws Exception {
    GatewaySettings settings = loaded("""
        hospital: H-0104
        feed: annex
        home: data
        keys: {dir: /etc/keys, master: ../m.key}
        suite: GM
        city:
          address: https://city.example
          patience: PT20S
          pause-min: 250ms
          pause-max: 2h
          gzip: false
          batch-entries: 16
        sources:
          - name: lis
            address: 0.0.0.0
            port: 2576
            charset: gbk
            undecodable: AR
            acknowledge: two
            allow:
              - 10.20.0.0/16
              - 192.168.1.5
              - fd00::/8
            tls:
              keystore: lis.p12
              password-file: lis.password
              client-certificates: none
            frame-max: 32MiB
            idle-timeout: 0
            zone: +00:00
          - {name: ris, port: 2577, charset: msh-18, allow: []}
        consent: {kinds: [handwriting], longest: 90d, keep: 400d, agreement: agreement.txt}
        log: {level: debug, format: text}
        """);

    assertThat(settings.feedName()).isEqualTo("H-0104/annex");
    assertThat(settings.home()).isEqualTo(folder.toAbsolutePath().resolve("data"));
    assertThat(settings.keys().master()).isEqualTo(Path.of("/etc/m.key"));
    assertThat(settings.keys().signing()).isEqualTo(Path.of("/etc/keys/signing.p12"));
    assertThat(settings.suite()).isEqualTo(Suite.GM);
    assertThat(settings.city().patience()).isEqualTo(Duration.ofSeconds(20));
    assertThat(settings.city().pauseMin()).isEqualTo(Duration.ofMillis(250));
    assertThat(settings.city().pauseMax()).isEqualTo(Duration.ofHours(2));
    assertThat(settings.city().gzip()).isFalse();

    GatewaySettings.Source lis = settings.sources().get(0);
    assertThat(lis.charset()).isEqualTo(new CharsetRule.Fixed(Charset.forName("GBK")));
    assertThat(lis.undecodable()).isEqualTo(Undecodable.AR);
    assertThat(lis.acknowledge()).isEqualTo(GatewaySettings.Acknowledge.TWO);
    assertThat(lis.allow()).extracting(Cidr::toString)
        .containsExactly("10.20.0.0/16", "192.168.1.5/32", "fd00:0:0:0:0:0:0:0/8");
    assertThat(lis.tls().orElseThrow().keystore()).isEqualTo(folder.toAbsolutePath().resolve("lis.p12"));
    assertThat(lis.tls().orElseThrow().clientCertificates()).isEqualTo(ClientCertificates.NONE);
    assertThat(lis.idleTimeout()).isEqualTo(Duration.ZERO);

    GatewaySettings.Source ris = settings.sources().get(1);
    assertThat(ris.charset()).isEqualTo(new CharsetRule.Declared());
    assertThat(ris.allow()).isEmpty();
    assertThat(settings.consent()).isEqualTo(new GatewaySettings.Consent(List.of(GatewaySettings.ConsentKind.HANDWRITING), Duration.ofDays(90),
        Duration.ofDays(400),
        Optional.of(folder.toAbsolutePath().resolve("agreement.txt"))));
    assertThat(settings.log().level()).isEqualTo(GatewaySettings.Level.DEBUG);
  }

  @Test
  void say_of_every_key_what_counts_and_where_it_stands() throws Exception {
    GatewaySettings settings = loaded(LEAST);

    assertThat(settings.effective())
        .contains(new Effective("hospital", "H-0104", 1, 11))
        .contains(new Effective("city.address", "https://city.example/gateway", 3, 12))
        .contains(new Effective("sources[his-adt].port", "2575", 6, 11))
        .contains(new Effective("city.pause-max", "15m", 0, 0))
        .contains(new Effective("sources[his-adt].allow", "[127.0.0.1/32]", 0, 0))
        .extracting(Effective::key).doesNotHaveDuplicates().hasSize(54);
    assertThat(settings.effective()).filteredOn(one -> !one.isDefault()).hasSize(4);
  }

  @Nested
  @DisplayName("have a digest that")
  class Digest {
    @Test
    void stays_the_same_however_the_same_values_are_written() throws Exception {
      String plain = loaded(LEAST).digest();
      String otherwise = loaded("""
          # the same in other words
          sources:
          - {port: 2575, name: "his-adt", idle-timeout: 600s}
          city:
            patience: 1m
            address: 'https://city.example/gateway'
          hospital: H-0104
          """).digest();
      assertThat(plain).matches("[0-9a-f]{64}").isEqualTo(otherwise);
    }

    @Test
    void changes_with_any_value() throws Exception {
      assertThat(loaded(LEAST).digest()).isNotEqualTo(loaded(LEAST.replace("2575", "2576")).digest());
    }
  }

  @Nested
  @DisplayName("have a reference file that")
  class ReferenceFile {
    private String filledIn() {
      return GatewaySettings.reference().replace("H-0000", "H-0104")
          .replace("https://city.invalid/", "https://city.example/gateway");
    }

    @Test
    void parses_to_the_defaults_once_hospital_and_city_are_filled_in() throws Exception {
      assertThat(loaded(filledIn()).digest()).isEqualTo(loaded(LEAST).digest());
    }

    @Test
    void shows_the_defaults_that_count() throws Exception {
      String uncommented = filledIn().replaceAll("(?m)^( *)#(?=[a-z]|- )", "$1");
      // What may be left out altogether has an example, not a default.
      uncommented = uncommented.replaceAll("(?m)^    tls:\\n(      .*\\n)+", "").replaceAll("(?m)^(site:|  agreement:) .*\\n", "")
          .replaceAll("(?m)^(his|reminders):\\n(  .*\\n)+", "")
          .replaceAll("(?m)^  ask-his:\\n(    .*\\n)+", "");
      GatewaySettings settings = loaded(uncommented);
      assertThat(settings.digest()).isEqualTo(loaded(LEAST).digest());
      assertThat(settings.effective().stream().filter(Effective::isDefault).map(Effective::key))
          .containsExactlyInAnyOrder("sources[his-adt].tls", "site", "lookup.ask-his", "consent.agreement", "his", "reminders");
    }

    @Test
    void shows_a_tls_section_that_works_when_the_marks_are_removed() throws Exception {
      GatewaySettings settings = loaded(filledIn().replaceAll("(?m)^( *)#(?=[a-z]|- )", "$1"));
      assertThat(settings.sources().get(0).tls().orElseThrow().clientCa())
          .contains(folder.toAbsolutePath().resolve("keys/senders-ca.pem"));
    }

    @Test
    void is_refused_until_hospital_and_city_are_filled_in() throws Exception {
      Path file = written(GatewaySettings.reference());
      assertThatThrownBy(() -> GatewaySettings.load(file))
          .isInstanceOfSatisfying(SettingsRefused.class, refused -> assertThat(refused.problems())
              .extracting(Problem::code, Problem::key)
              .containsExactly(
                  tuple(Problem.Code.VALUE_IS_EXAMPLE.id(), "hospital"),
                  tuple(Problem.Code.VALUE_IS_EXAMPLE.id(), "city.address")));
    }

    @Test
    void explains_every_key_in_chinese_and_in_english() {
      String[] lines = GatewaySettings.reference().split("\n");
      for (int i = 10; i < lines.length; i++) {
        if (lines[i].matches(" *#?(- )?[a-z-]+:.*")) {
          int first = i;
          while (first > 0 && lines[first - 1].matches(" *# .*")) {
            first--;
          }
          assertThat(lines[first]).as(lines[i]).matches(".*\\p{IsHan}.*");
          assertThat(lines[first + 1]).as(lines[i]).matches(" *# [\\p{ASCII}]+");
        }
      }
    }
  }

  @Nested
  @DisplayName("are found")
  class Found {
    @Test
    void where_the_installer_puts_them() {
      assertThat(GatewaySettings.locate(Map.of())).isEqualTo(Path.of("/etc/emr-gateway/gateway.yaml"));
      assertThat(GatewaySettings.locate(Map.of("EMR_GATEWAY_CONFIG", " "))).isEqualTo(GatewaySettings.DEFAULT_FILE);
    }

    @Test
    void or_where_the_one_variable_says() {
      assertThat(GatewaySettings.locate(Map.of("EMR_GATEWAY_CONFIG", "/opt/g.yaml"))).isEqualTo(Path.of("/opt/g.yaml"));
    }
  }

  @Test
  void are_read_with_windows_line_ends_and_a_byte_order_mark() throws Exception {
    Files.write(folder.resolve("gateway.yaml"), ("\ufeff" + LEAST.replace("\n", "\r\n")).getBytes(StandardCharsets.UTF_8));
    GatewaySettings settings = GatewaySettings.load(folder.resolve("gateway.yaml"));
    assertThat(settings.hospital()).isEqualTo("H-0104");
    assertThat(settings.effective()).contains(new Effective("sources[his-adt].port", "2575", 6, 11));
  }

  @Test
  void keep_chinese_where_it_is_meant_in_comments_quotes_and_paths() throws Exception {
    GatewaySettings settings = loaded("# 医院：测试，“示例”\nhome: /数据/网关 # 注释：如此\nkeys:\n  dir: \"密钥：一\"\n" + LEAST);
    assertThat(settings.home()).isEqualTo(Path.of("/数据/网关"));
    assertThat(settings.keys().dir()).isEqualTo(folder.toAbsolutePath().resolve("密钥：一"));
  }
}
