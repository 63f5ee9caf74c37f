package io.emrgateway.routes.core;

/**
 * A failure as a log may show it: what kind and where, but not its message, which could quote the
 * patient's data that the program was working on.
 */
public final class WithoutMessage extends RuntimeException {
  private WithoutMessage(String kind) {
    super(kind, null, false, true);
  }

  /** The kinds of the failure and its causes, and the stack of the innermost. */
  public static WithoutMessage of(Throwable failure) {
    StringBuilder kinds = new StringBuilder();
    Throwable innermost = failure;
    for (Throwable at = failure; at != null; at = at.getCause()) {
      kinds.append(kinds.isEmpty() ? "" : " < ").append(at.getClass().getSimpleName());
      innermost = at;
    }
    WithoutMessage shown = new WithoutMessage(kinds.toString());
    shown.setStackTrace(innermost.getStackTrace());
    return shown;
  }
}
