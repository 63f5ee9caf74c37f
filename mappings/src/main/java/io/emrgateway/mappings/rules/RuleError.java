package io.emrgateway.mappings.rules;

/** A rule file that cannot be used: which file, which line, and what to write instead. */
public final class RuleError extends RuntimeException {
  private final String file;
  private final int line;
  private final String problem;
  private final String remedy;

  public RuleError(String file, int line, String problem, String remedy) {
    super(file + ":" + line + ": " + problem + " " + remedy);
    this.file = file;
    this.line = line;
    this.problem = problem;
    this.remedy = remedy;
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
