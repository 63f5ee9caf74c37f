package io.emrgateway.routes.camel.mllp;

import io.emrgateway.routes.core.Refused.Reason;
import io.netty.channel.Channel;
import io.netty.channel.socket.SocketChannelConfig;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.apache.camel.component.netty.NettyConsumer;
import org.apache.camel.component.netty.ServerInitializerFactory;
import org.apache.camel.component.netty.handlers.ServerChannelHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a source's connections in: the right address, not too many, TLS where it is asked for; then the
 * conversation, then Camel.
 */
public final class Door extends ServerInitializerFactory {
  private static final Logger LOG = LoggerFactory.getLogger(Door.class);

  /** Somebody who knocks a thousand times is counted a thousand times and logged once in a while. */
  private static final Seldom SELDOM = new Seldom(Duration.ofSeconds(10));

  private final Listener listener;
  private final Intake intake;
  private final Clock clock;
  private final Room room;
  private final AtomicInteger open;
  private final NettyConsumer consumer;
  private final SSLContext tls;

  public Door(Listener listener, Intake intake, Clock clock, Room room) {
    this(listener, intake, clock, room, new AtomicInteger(), null, null);
  }

  private Door(
      Listener listener, Intake intake, Clock clock, Room room, AtomicInteger open, NettyConsumer consumer,
      SSLContext tls) {
    this.listener = listener;
    this.intake = intake;
    this.clock = clock;
    this.room = room;
    this.open = open;
    this.consumer = consumer;
    this.tls = tls;
  }

  /** @throws IllegalStateException if key store or trust store cannot be read: the door stays shut, aloud */
  @Override
  public ServerInitializerFactory createPipelineFactory(NettyConsumer consumer) {
    SSLContext context = null;
    if (listener.tls() != null) {
      try {
        context = listener.tls().parameters().createSSLContext(consumer.getContext());
      } catch (Exception unusable) {
        throw new IllegalStateException(
            listener.source() + ": tls: the key store or trust store cannot be used", unusable);
      }
    }
    return new Door(listener, intake, clock, room, open, consumer, context);
  }

  @Override
  protected void initChannel(Channel channel) {
    if (channel.remoteAddress() instanceof InetSocketAddress peer && peer.getAddress() != null
        && !listener.allow().permits(peer.getAddress())) {
      turnAway(channel, Reason.SENDER_NOT_ALLOWED);
      return;
    }
    int connections = open.incrementAndGet();
    channel.closeFuture().addListener(closed -> open.decrementAndGet());
    if (connections > listener.connectionsMax()) {
      turnAway(channel, Reason.TOO_MANY_CONNECTIONS);
      return;
    }
    intake.opened(listener.source());
    if (tls == null && channel.config() instanceof SocketChannelConfig socket) {
      // Scripts send, say that they are done (FIN) and then wait for the answer.
      socket.setAllowHalfClosure(true);
    }
    if (tls != null) {
      channel.pipeline().addLast("tls", new SslHandler(engine()));
    }
    channel.pipeline().addLast("conversation", new MllpConversation(listener, intake, clock, room));
    channel.pipeline().addLast("camel", new ServerChannelHandler(consumer));
  }

  private void turnAway(Channel channel, Reason reason) {
    intake.turnedAway(listener.source(), reason.code());
    String address = channel.remoteAddress() instanceof InetSocketAddress peer && peer.getAddress() != null
        ? peer.getAddress().getHostAddress() : "";
    SELDOM.say(reason.code() + listener.source() + address, unsaid -> LOG.warn("{} {} {}: {} / {}{}", reason.code(),
        listener.source(), address, reason.textZh(), reason.text(), unsaid == 0 ? "" : " (+" + unsaid + ")"));
    channel.close();
  }

  private SSLEngine engine() {
    SSLEngine engine = tls.createSSLEngine();
    engine.setUseClientMode(false);
    switch (listener.tls().client()) {
      case NONE -> { }
      case WANTED -> engine.setWantClientAuth(true);
      case REQUIRED -> engine.setNeedClientAuth(true);
    }
    return engine;
  }
}
