package io.emrgateway.routes.camel;

import io.emrgateway.routes.core.Refused.Reason;
import io.emrgateway.routes.core.intake.Admission;
import io.emrgateway.routes.core.intake.Admit;
import io.emrgateway.routes.core.intake.Message;
import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.CompletionStage;
import org.apache.camel.Header;
import org.apache.camel.component.netty.NettyConstants;

/**
 * Admits, and comes back to the door's own thread: the thread that commits has the next commit to think of, not the
 * wording of answers.
 */
public final class Keep {
  private final Admit admit;

  public Keep(Admit admit) {
    this.admit = admit;
  }

  /** As {@link Admit#admit}; completes on the event loop of the connection the message came from. */
  public CompletionStage<Admission> keep(
      Message message, @Header(NettyConstants.NETTY_CHANNEL_HANDLER_CONTEXT) ChannelHandlerContext door) {
    if (message.refused() != null && message.refused().reason() == Reason.NO_ROOM) {
      // Not even kept in quarantine: the sender has it whole, and is told to send it again.
      throw message.refused();
    }
    return admit.admit(message).whenCompleteAsync((admission, failure) -> { }, door.executor());
  }
}
