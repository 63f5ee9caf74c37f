package io.emrgateway.routes.core.intake;

import io.emrgateway.routes.core.Refused;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Takes responsibility for a message, whichever source it came from. */
public final class Admit {
  private final Journal journal;

  public Admit(Journal journal) {
    this.journal = Objects.requireNonNull(journal, "journal");
  }

  /**
   * Takes responsibility for a message: when the stage completes, it survives power loss.
   *
   * <p>Also for a message refused at the door, which is kept in quarantine: the hospital sees why
   * it was refused, and an operator can still repair it.
   *
   * @return completes with the admission, or exceptionally with {@link Refused} and nothing else;
   *     nothing has been kept then
   */
  public CompletionStage<Admission> admit(Message message) {
    return journal
        .append(message)
        .exceptionallyCompose(
            failure -> {
              Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                  ? failure.getCause()
                  : failure;
              return CompletableFuture.failedStage(
                  cause instanceof Refused ? cause : new Refused(Refused.Reason.INTERNAL, "", cause));
            });
  }
}
