package io.emrgateway.agent.his;

import io.emrgateway.routes.core.Worded;
import io.emrgateway.routes.core.Words;

/**
 * A page that is not opened or does not go on: HTTP's status, and words for whoever sits in front of it. It has no stack:
 * one of each kind is thrown again and again.
 */
public final class PageRefused extends RuntimeException implements Worded {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final transient Words words;

  public PageRefused(int status, String code, String textZh, String text, String remedyZh, String remedy) {
    super(code, null, false, false);
    this.status = status;
    this.words = new Words(code, textZh, text, remedyZh, remedy);
  }

  public int status() {
    return status;
  }

  @Override
  public Words words() {
    return words;
  }
}
