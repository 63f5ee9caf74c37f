package io.emrgateway.mappings.records;

import static io.emrgateway.mappings.records.Feed.OUYANG;
import static io.emrgateway.mappings.records.Feed.RESIDENT;
import static io.emrgateway.mappings.records.Feed.ZHANG;
import static io.emrgateway.mappings.records.Feed.pv1;
import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.mappings.About.Identifier;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A patient of this hospital's")
class PersonTest {
  private final Feed feed = Feed.ofThisHospital();

  private Optional<Person> person(Identifier... identifiers) {
    return feed.records.person(List.of(identifiers), system -> system.startsWith("urn:emr-gateway:"));
  }

  private Identifier own(Feed.Person one) {
    return one.identifier("H-0104");
  }

  @Test
  void is_found_by_the_hospitals_number_and_sought_elsewhere_by_those_that_mean_something_there() {
    feed.sends("ADT^A01", OUYANG.pid(), pv1("I", "ZY1", "20261110080000", ""));
    Person found = person(own(OUYANG)).orElseThrow();
    assertThat(found.everywhere()).containsExactly(RESIDENT);
    assertThat(found.whom()).isEqualTo(new Whom("欧阳锋", LocalDate.of(1949, 12, 31), "female"));
    assertThat(found.toString() + found.whom()).doesNotContain("欧阳", "1949", "110105");
  }

  @Test
  void without_a_number_that_others_know_is_a_person_all_the_same() {
    feed.sends("ADT^A01", ZHANG.pid(), pv1("I", "ZY2", "20261110080000", ""));
    assertThat(person(own(ZHANG)).orElseThrow().everywhere()).isEmpty();
  }

  @Test
  void is_nobody_when_the_numbers_are_of_two_people() {
    feed.sends("ADT^A01", OUYANG.pid(), pv1("I", "ZY1", "20261110080000", ""));
    feed.sends("ADT^A01", ZHANG.pid(), pv1("I", "ZY2", "20261110080000", ""));
    assertThat(person(own(OUYANG), own(ZHANG))).isEmpty();
    assertThat(person(new Identifier(RESIDENT.system(), "nobody's"))).isEmpty();
  }

  @Test
  void with_two_files_under_one_resident_ID_or_merged_ones_is_one_person() {
    Feed.Person outpatient = new Feed.Person("0009999999", OUYANG.residentId(), "欧阳锋", "19491231", "2");
    feed.sends("ADT^A01", OUYANG.pid(), pv1("I", "ZY1", "20261110080000", ""));
    feed.sends("ADT^A04", outpatient.pid(), pv1("O", "MZ1", "20261109080000", ""));
    assertThat(person(RESIDENT).orElseThrow().everywhere()).containsExactly(RESIDENT);
    feed.sends("ADT^A01", ZHANG.pid(), pv1("I", "ZY2", "20261110080000", ""));
    feed.sends("ADT^A40", OUYANG.pid(), "MRG|" + ZHANG.number() + "^^^RMYY^PI");
    assertThat(person(own(ZHANG)).orElseThrow().everywhere()).containsExactly(RESIDENT);
  }

  @Test
  void has_visits_that_are_found_by_their_bare_number_and_others_visits_are_not() {
    feed.sends("ADT^A01", OUYANG.pid(), pv1("I", "ZY1", "20261110080000", ""));
    feed.sends("ADT^A01", ZHANG.pid(), pv1("I", "ZY2", "20261110080000", ""));
    assertThat(feed.records.visits(List.of(own(OUYANG)), "ZY1")).extracting(Identifier::value).containsOnly("ZY1");
    assertThat(feed.records.visits(List.of(own(OUYANG)), "ZY2")).isEmpty();
    assertThat(feed.records.visits(List.of(RESIDENT), "ZY1")).isNotEmpty();
  }
}
