package io.emrgateway.agent.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.routes.core.delivery.Attempts;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How: each process is another object over the same folder. */
@DisplayName("A message under translation")
class AttemptFilesTest {
  @TempDir Path home;

  @Test
  void is_tried_by_two_processes_that_die_of_it_and_by_no_third() {
    assertThat(process().begin(5)).isTrue();
    assertThat(process().begin(5)).isTrue();
    assertThat(process().begin(5)).isFalse();
  }

  @Test
  void is_tried_anew_when_an_operator_asks_for_it_after_that() {
    is_tried_by_two_processes_that_die_of_it_and_by_no_third();
    assertThat(process().begin(5)).isTrue();
  }

  @Test
  void that_came_to_its_end_leaves_nothing_behind() {
    process().begin(5);
    Attempts second = process();
    second.begin(5);
    second.end(5);
    assertThat(home).isEmptyDirectory();
  }

  @Test
  void does_not_hold_up_another_one() {
    is_tried_by_two_processes_that_die_of_it_and_by_no_third();
    assertThat(process().begin(55)).isTrue();
  }

  @Test
  void is_tried_where_nothing_can_be_noted() {
    assertThat(new AttemptFiles(home.resolve("gone")).begin(5)).isTrue();
  }

  private Attempts process() {
    return new AttemptFiles(home);
  }
}
