package io.emrgateway.fhirserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.fhirserver.FhirServer.Answer;
import io.emrgateway.mappings.Mapped;
import io.emrgateway.mappings.Mapping;
import io.emrgateway.mappings.Site;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Bundle;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How: a real FHIR server takes the bundle as a transaction; then it takes it again, and may not have written
 * anything: the same resources, in the same versions, and no other ones.
 */
@DisplayName("A bundle that is sent twice")
class LoadedTwiceTest {
  private static final Mapping MAPPING = Mapping.shipped();
  private static final FhirServer SERVER = FhirServer.running();

  /** All of one hospital, so that one message's resources meet those of the others. */
  private static final Site OWN = Site.standard("H-0104");
  private static final Site CORPUS = Site.standard("H-0105");

  static Stream<Path> own() {
    return Messages.own();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("own")
  void changes_nothing_the_second_time(Path file) {
    assertThat(wrong(bundle(file, OWN).orElseThrow())).isEmpty();
  }

  @Test
  @EnabledIfSystemProperty(named = "corpus.loaded", matches = "true")
  void changes_nothing_the_second_time_whoever_sent_it() {
    List<String> wrong = new ArrayList<>();
    int loaded = 0;
    for (Path file : Messages.corpus()) {
      Optional<byte[]> bundle = bundle(file, CORPUS);
      if (bundle.isPresent()) {
        loaded++;
        wrong(bundle.get()).forEach(what -> wrong.add(file.getFileName() + ": " + what));
      }
    }
    System.out.println(loaded + " messages of the corpus loaded twice, " + wrong.size() + " wrong");

    assertThat(wrong).isEmpty();
  }

  /** What is wrong with how the server takes this bundle twice; empty when nothing is. */
  private static List<String> wrong(byte[] bundle) {
    Answer first = SERVER.post(bundle);
    if (first.status() != 200) {
      return List.of("first: " + first);
    }
    int before = SERVER.versions();
    Answer second = SERVER.post(bundle);
    if (second.status() != 200) {
      return List.of("second: " + second);
    }
    List<String> wrong = new ArrayList<>();
    if (!written(second).equals(written(first))) {
      wrong.add("other resources or versions: " + written(first) + " then " + written(second));
    }
    if (SERVER.versions() != before) {
      wrong.add(SERVER.versions() - before + " new versions");
    }
    return wrong;
  }

  /** Type, id and version of each entry. */
  private static List<String> written(Answer answer) {
    return answer.bundle().getEntry().stream().map(Bundle.BundleEntryComponent::getResponse)
        .map(Bundle.BundleEntryResponseComponent::getLocation).toList();
  }

  private static Optional<byte[]> bundle(Path file, Site site) {
    return Messages.text(file).map(text -> MAPPING.map(text, site, file.getFileName().toString()))
        .filter(Mapped::converted).map(Mapped::bundle);
  }
}
