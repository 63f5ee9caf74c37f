package io.emrgateway.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How: reads every file of the tree that a build has not made. */
@DisplayName("The text of the house")
class TextTest {
  /** Folders of people's own machines; written apart, so that this file does not find itself. */
  private static final Pattern SOMEBODYS_MACHINE =
      Pattern.compile("(?<![\\w.$}/-])/(?:wo" + "rk|ro" + "ot|ho" + "me/[a-z]+|Us" + "ers/[A-Za-z]+)/|[A-Z]:\\\\Us" + "ers");
  /** The only places a build may fetch from. */
  private static final Pattern REPOSITORY = Pattern.compile("(?:<url>|distributionUrl=|wrapperUrl=)\\s*https?://([^/<\\s]+)");
  private static final String CENTRAL = "repo.maven.apache.org";
  private static final Pattern PRIVATE_HOST = Pattern.compile(
      "(?i)\\b(?:artifactory|nexus|pkgs|registry|mirror|proxy)[\\w-]*(?:\\.[\\w-]+)+(?::\\d+)?/", Pattern.UNICODE_CASE);
  private static final Pattern PUBLIC_TYPE = Pattern.compile(
      "^(?<indent>(?: {2})?)public (?:(?:abstract|final|sealed|non-sealed|static|strictfp) )*(?:class|interface|record|enum|@interface) (?<name>\\w+)",
      Pattern.MULTILINE);
  private static final Pattern ANNOTATIONS_AT_THE_END = Pattern.compile("(?:@\\w[\\w.]*(?:\\((?:[^()\"]|\"(?:[^\"\\\\]|\\\\.)*\"|\\([^()]*\\))*\\))?\\s*)+$");

  @Test
  void names_no_path_of_a_developers_machine() {
    assertThat(lines(file -> true, line -> SOMEBODYS_MACHINE.matcher(line).find())).isEmpty();
  }

  @Test
  void sends_a_build_to_maven_central_and_nowhere_else() {
    assertThat(lines(file -> file.endsWith("pom.xml") || file.toString().endsWith(".properties"),
        line -> {
          Matcher host = REPOSITORY.matcher(line);
          return host.find() && !host.group(1).equals(CENTRAL);
        })).isEmpty();
    assertThat(lines(file -> true, line -> PRIVATE_HOST.matcher(line).find())).isEmpty();
  }

  @Test
  void is_indented_by_spaces() {
    assertThat(lines(TextTest::isSource, line -> line.indexOf('\t') >= 0)).isEmpty();
  }

  @Test
  void ends_no_line_with_spaces() {
    assertThat(lines(file -> isSource(file) && !file.toString().endsWith(".md"), line -> line.endsWith(" "))).isEmpty();
  }

  @Test
  void has_nothing_left_to_be_done() {
    assertThat(lines(file -> isSource(file), line -> Pattern.compile("\\b(?:TO" + "DO|FIX" + "ME|XX" + "X)\\b").matcher(line).find())).isEmpty();
  }

  @Test
  void says_of_every_public_type_we_ship_what_it_answers_for() {
    List<String> silent = new ArrayList<>();
    for (Path file : Tree.files()) {
      String path = file.toString();
      if (path.contains("src/main/java/") && path.endsWith(".java") && !path.endsWith("package-info.java")) {
        String text = Tree.text(file).orElseThrow();
        Matcher type = PUBLIC_TYPE.matcher(text);
        while (type.find()) {
          String before = ANNOTATIONS_AT_THE_END.matcher(text.substring(0, type.start())).replaceFirst("").stripTrailing();
          if (type.group("indent").isEmpty() && !before.endsWith("*/")) {
            silent.add(path + ": " + type.group("name"));
          }
        }
      }
    }
    assertThat(silent).isEmpty();
  }

  @Test
  void finds_a_public_type_that_says_nothing() {
    Matcher type = PUBLIC_TYPE.matcher("package a;\n\n@Deprecated\npublic final class Silent {}\n");
    assertThat(type.find()).isTrue();
    assertThat(type.group("name")).isEqualTo("Silent");
    assertThat(SOMEBODYS_MACHINE.matcher("cd /ho" + "me/zhang/emr").find()).isTrue();
    assertThat(SOMEBODYS_MACHINE.matcher("https://example.org/ho" + "me/zhang/").find()).isFalse();
    assertThat(PRIVATE_HOST.matcher("https://nex" + "us.example.org/maven2").find()).isTrue();
  }

  /** Messages of other people's making are read where they lie, and never become ours. */
  @Test
  void holds_no_message_that_is_not_of_our_own_making() {
    List<String> strangers = new ArrayList<>();
    for (Path file : Tree.files()) {
      String path = file.toString();
      String name = file.getFileName().toString();
      boolean ours = path.startsWith("tests/his-simulator/") || name.startsWith("synth__") || name.startsWith("own__");
      if (path.endsWith(".hl7") && !ours) {
        strangers.add(path);
      }
    }
    assertThat(strangers).isEmpty();
  }

  private static boolean isSource(Path file) {
    return file.toString().matches(".*\\.(java|xml|yaml|yml|md|sh|sql|properties)$|.*/bin/[a-z-]+$|\\.ci/run$");
  }

  /** "file:number" of each line that is as it should not be; not the line, which may hold anything. */
  private static List<String> lines(Predicate<Path> files, Predicate<String> wrong) {
    List<String> found = new ArrayList<>();
    for (Path file : Tree.files()) {
      if (files.test(file)) {
        Tree.text(file).ifPresent(text -> {
          String[] lines = text.split("\n", -1);
          for (int k = 0; k < lines.length; k++) {
            if (wrong.test(lines[k])) {
              found.add(file + ":" + (k + 1));
            }
          }
        });
      }
    }
    return found;
  }
}
