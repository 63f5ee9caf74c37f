package io.emrgateway.routes.core.intake;

import java.util.concurrent.CompletionStage;

/** Where admitted messages are kept. The agent has one, on disk. */
public interface Journal {

  /**
   * Keeps a message. When the stage completes, the message survives power loss.
   *
   * <p>Appends are numbered in the order of the calls. A message already kept (same source, same
   * bytes, then acknowledged as now) completes with its earlier number and writes nothing.
   *
   * @return completes with the admission, or exceptionally with {@link
   *     io.emrgateway.routes.core.Refused}: nothing has been written then
   */
  CompletionStage<Admission> append(Message message);
}
