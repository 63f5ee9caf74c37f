package io.emrgateway.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

@DisplayName("--help")
class HelpTest {
  /** Every command there is, and every command of a command. */
  static Stream<List<String>> commands() {
    List<List<String>> all = new ArrayList<>();
    collect(EmrGateway.commands(new EmrGateway(settings -> 0, () -> { }), "1"), List.of(), all);
    return all.stream();
  }

  private static void collect(CommandLine at, List<String> words, List<List<String>> all) {
    all.add(words);
    at.getSubcommands().forEach((name, one) -> {
      List<String> longer = new ArrayList<>(words);
      longer.add(name);
      collect(one, longer, all);
    });
  }

  @ParameterizedTest
  @MethodSource("commands")
  void explains_every_command_in_both_languages_and_does_nothing_else(List<String> words) {
    for (String option : List.of("--help", "-h")) {
      List<String> line = new ArrayList<>(words);
      line.add(option);
      Printed printed = printed(line);
      assertThat(printed.status()).isZero();
      assertThat(printed.out()).contains("用法 / usage: emr-gateway").containsPattern("\\p{IsHan}.* / .*[a-z]")
          .contains("显示帮助 / show this help");
    }
  }

  @Test
  void lists_what_an_operator_may_want_and_not_what_the_program_asks_of_itself() {
    assertThat(printed(List.of("--help")).out()).contains("prepare", "check", "quarantine", "resync", "3   ")
        .doesNotContain("rehearse");
  }

  private record Printed(int status, String out) {}

  private static Printed printed(List<String> words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      int status = EmrGateway.execute("1", settings -> {
        throw new AssertionError("nothing is run");
      }, () -> { }, words.toArray(String[]::new));
      return new Printed(status, out.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(before);
    }
  }
}
