package io.emrgateway.mappings.rules;

import java.util.List;

/**
 * Rule files that cannot be used: which file, which line, and what to write instead, of the first mistake; the message
 * names all that were found, a line each.
 */
public final class RuleError extends RuntimeException {
  private final String file;
  private final int line;
  private final String problem;
  private final String remedy;

  public RuleError(String file, int line, String problem, String remedy) {
    this(file, line, problem, remedy, "");
  }

  private RuleError(String file, int line, String problem, String remedy, String more) {
    super(file + ":" + line + ": " + problem + " → " + remedy + more);
    this.file = file;
    this.line = line;
    this.problem = problem;
    this.remedy = remedy;
  }

  /** The same mistake, with others that were found beside it. */
  RuleError with(List<RuleError> others) {
    StringBuilder more = new StringBuilder();
    for (RuleError other : others) {
      more.append('\n').append(other.getMessage());
    }
    return new RuleError(file, line, problem, remedy, more.toString());
  }

  /** Path below the rules' root, e.g. {@code segments/PID-Patient.yaml}. */
  public String file() {
    return file;
  }

  /** Line in the file, from 1. */
  public int line() {
    return line;
  }

  /** What is wrong, without the place. */
  public String problem() {
    return problem;
  }

  public String remedy() {
    return remedy;
  }
}
