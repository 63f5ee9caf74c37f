package io.emrgateway.city;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The index of patients")
class PatientIndexTest {
  private static final String RESIDENT = "11010519491231002X";
  private static final Set<Identifier> HIM = Set.of(new Identifier(Gateway.RESIDENT, RESIDENT));

  @TempDir Path dir;

  private List<String> feeds(Set<Identifier> who) {
    try (Holdings holdings = new Holdings(dir.resolve("city/holdings.db"))) {
      return holdings.patients().feeds(who);
    }
  }

  @Test
  void knows_who_is_in_the_bodies_of_each_feed_and_no_hospitals_own_numbers() throws Exception {
    try (Trial trial = new Trial(dir, "intl")) {
      trial.gateway.deliver(trial.gateway.data(3, 1));
      trial.gateway.deliver(trial.gateway.about(Instant.now(), RESIDENT));
      Gateway other = trial.another("H-0105/main", "intl");
      other.deliver(other.about(Instant.now(), RESIDENT, "110105198001010017"));
    }
    assertThat(feeds(HIM)).containsExactly("H-0104/main", "H-0105/main");
    assertThat(feeds(Set.of(new Identifier(Gateway.RESIDENT, "110105198001010017")))).containsExactly("H-0105/main");
    assertThat(feeds(Set.of(new Identifier("urn:other", RESIDENT)))).isEmpty();
    assertThat(feeds(Set.of(new Identifier("urn:emr-gateway:H-0105:patient:MR", "1")))).isEmpty();
  }

  @Test
  void holds_no_number_that_could_be_read() throws Exception {
    try (Trial trial = new Trial(dir, "intl")) {
      trial.gateway.deliver(trial.gateway.about(Instant.now(), RESIDENT));
    }
    try (Connection holdings = DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("city/holdings.db"));
        Statement statement = holdings.createStatement()) {
      var row = statement.executeQuery("SELECT length(who), hex(who) FROM patient");
      assertThat(row.getInt(1)).isEqualTo(16);
      byte[] plain = Suite.INTL.hash((Gateway.RESIDENT + RESIDENT).getBytes(StandardCharsets.UTF_8));
      assertThat(row.getString(2)).isNotEqualToIgnoringCase(HexFormat.of().formatHex(plain).substring(0, 32));
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("city/patients.key"))))
        .isEqualTo("rw-------");
  }

  @Test
  void is_made_from_holdings_that_are_older_than_it() throws Exception {
    try (Trial trial = new Trial(dir, "intl")) {
      trial.gateway.deliver(trial.gateway.data(250, 0));
      trial.gateway.deliver(trial.gateway.about(Instant.now(), RESIDENT));
    }
    try (Connection holdings = DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("city/holdings.db"));
        Statement statement = holdings.createStatement()) {
      statement.execute("DROP TABLE patient");
      statement.execute("PRAGMA user_version = 0");
    }
    assertThat(feeds(HIM)).containsExactly("H-0104/main");
    Files.delete(dir.resolve("city/patients.key"));
    assertThat(feeds(HIM)).as("under a new key").containsExactly("H-0104/main");
  }

  @Test
  void forgets_what_the_city_forgets() throws Exception {
    try (Trial trial = new Trial(dir, "intl")) {
      trial.gateway.deliver(trial.gateway.data(1, 0));
      trial.gateway.deliver(trial.gateway.about(Instant.now(), RESIDENT));
      trial.order("/rollback", "{\"feed\":\"H-0104/main\",\"seq\":1}");
    }
    assertThat(feeds(HIM)).isEmpty();
  }

  @Test
  void finds_patients_wherever_the_type_stands_and_in_nobody_elses_identifiers() {
    String body =
        """
        {"entry":[{"resource":{"identifier":[{"value":"1","x":[{"value":"9"}],"system":"urn:a"},7],"resourceType":"Patient"}},
        {"fullUrl":"x","resource":{"resourceType":"Encounter","identifier":[{"system":"urn:a","value":"2"}],
        "subject":{"identifier":{"system":"urn:a","value":"3"}}}},
        {"resource":{"resourceType":"Patient","identifier":[{"system":"urn:a"},{"value":"4"},{"system":"urn:b","value":"5"}],
        "link":[{"identifier":[{"system":"urn:a","value":"6"}]}]}},[],{"resource":[]}],
        "type":"transaction","resourceType":"Bundle"}""";
    assertThat(Body.read(body.getBytes(StandardCharsets.UTF_8), Body.FED, ""))
        .isEqualTo(Set.of(new Identifier("urn:a", "1"), new Identifier("urn:b", "5")));
  }
}
