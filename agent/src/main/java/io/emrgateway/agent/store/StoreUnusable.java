package io.emrgateway.agent.store;

/**
 * The store cannot be opened or trusted as it is, and what a person can do about it.
 *
 * <p>Stops the start: an agent that admits into a store it cannot trust would promise what it cannot keep.
 */
public final class StoreUnusable extends RuntimeException {
  private final String code;
  private final String textZh;
  private final String remedyZh;
  private final String remedy;

  public StoreUnusable(String code, String textZh, String text, String remedyZh, String remedy, Throwable cause) {
    super(code + ": " + text, cause);
    this.code = code;
    this.textZh = textZh;
    this.remedyZh = remedyZh;
    this.remedy = remedy;
  }

  public String code() {
    return code;
  }

  /** Two lines for a person: what is wrong and what to do, Chinese first. */
  public String render() {
    String text = getMessage().substring(code.length() + 2);
    return "%s %s / %s%n  处理 / remedy: %s / %s".formatted(code, textZh, text, remedyZh, remedy);
  }
}
