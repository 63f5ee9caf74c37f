package io.emrgateway.viewer;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.journeys.House;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How: reads the files of the page; an old browser cannot be had here. What is looked for came to Chromium after version 69,
 * the oldest that hospitals still have.
 *
 * @see "caniuse.com, by feature"
 */
@DisplayName("The doctor's page, and the signing page, in an old Chromium")
class OldBrowserTest {
  private static final List<Path> PAGES = Stream.of("viewer", "io/emrgateway/agent/consent")
      .map(one -> House.root().resolve("agent/src/main/resources").resolve(one)).toList();
  private static final Pattern NEWER = Pattern.compile("\\?\\.[\\w(\\[]|\\?\\?|\\.at\\(-|replaceAll\\(|matchAll\\(|fromEntries\\(|allSettled\\(|replaceChildren\\(|structuredClone"
      + "|\\.flatMap\\(|\\.flat\\(|this\\.#|\\|\\|=|&&=|\\bimport\\(|catch \\{|:is\\(|:where\\(|:has\\(|:focus-visible|\\binset:|clamp\\(|(?<!Math\\.)\\bmin\\(|aspect-ratio"
      + "|(?<!grid-)\\bgap:|\\.\\.\\.\\w+ }|@layer|color-mix|100dvh");
  private static final Pattern MARK_UP = Pattern.compile("innerHTML|outerHTML|insertAdjacentHTML|document\\.write|\\beval\\(|new Function|\\.srcdoc|setAttribute\\('style|style=|onclick=|javascript:|localStorage|sessionStorage|https?://(?!(loinc|snomed|www\\.whocc|hl7|unitsofmeasure|www\\.w3)\\.)");

  private static List<String> lines(Pattern wrong) throws IOException {
    List<String> found = new ArrayList<>();
    for (Path page : PAGES) {
      try (Stream<Path> files = Files.list(page)) {
        for (Path file : files.toList()) {
          Files.readAllLines(file).stream().filter(line -> wrong.matcher(line).find()).forEach(line -> found.add(file.getFileName() + ": " + line.strip()));
        }
      }
    }
    return found;
  }

  @Test
  void meets_nothing_that_it_does_not_know() throws IOException {
    assertThat(lines(NEWER)).isEmpty();
  }

  @Test
  void writes_no_mark_up_stores_nothing_and_names_no_other_address() throws IOException {
    assertThat(lines(MARK_UP)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a?.b", "a ?? b", "x.replaceAll('a', 'b')", "{ ...all }", "gap: 4px", "a:is(b)", "catch {"})
  void would_not_know(String newer) {
    assertThat(NEWER.matcher(newer).find()).isTrue();
  }
}
