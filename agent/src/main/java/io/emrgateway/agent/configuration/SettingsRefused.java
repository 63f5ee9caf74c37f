package io.emrgateway.agent.configuration;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A settings file with which the gateway does not start. Carries every problem found, not the first, in
 * the order of the file. Checked, so that whoever loads settings has to decide where to show them.
 */
public final class SettingsRefused extends Exception {
  private final transient List<Problem> problems;

  SettingsRefused(List<Problem> problems) {
    super(problems.stream()
        .map(p -> p.code() + " " + p.line() + ":" + p.column() + (p.key().isEmpty() ? "" : " " + p.key()))
        .collect(Collectors.joining("; ")));
    this.problems = problems.stream()
        .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
        .toList();
  }

  /** At least one, by line and column. */
  public List<Problem> problems() {
    return problems;
  }

  /** For a terminal: a count and every problem in Chinese and English; ends with a line feed. */
  public String render() {
    return "设置有 " + problems.size() + " 处错误，网关未启动 · "
        + problems.size() + (problems.size() == 1 ? " error" : " errors")
        + " in the settings, the gateway has not started\n\n"
        + problems.stream().map(Problem::render).collect(Collectors.joining("\n"));
  }
}
