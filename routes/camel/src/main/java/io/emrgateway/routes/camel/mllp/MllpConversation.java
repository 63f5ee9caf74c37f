package io.emrgateway.routes.camel.mllp;

import io.emrgateway.routes.core.Refused.Reason;
import io.emrgateway.routes.core.intake.Arrival;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * One connection: bytes in, {@link Arrival}s on to the route one at a time, {@link Answer}s back in their order.
 *
 * <p>The next message goes on only when the answer to the one before has been written to the socket; meanwhile at
 * most one more read is held, then reading stops and TCP slows the sender down. Runs on the connection's own event
 * loop and never waits there.
 *
 * <p>While there is no room for more of a large frame, what was read waits here and nothing more is read.
 *
 * <p>When the sender hangs up, what it had sent whole still goes on: it was handed over, and will be sent again
 * otherwise. Its answers then find nobody and are dropped.
 */
final class MllpConversation extends ChannelDuplexHandler {
  /** FS has come and CR has not: after this silence the message is over. */
  static final long CR_PATIENCE_MILLIS = 200;
  /** Bytes outside a frame, and no frame follows: after this silence the sender is told by a close. */
  static final long STRAY_PATIENCE_MILLIS = 1_000;
  /** How long a sender may go on sending after our last answer, so that a reset does not overtake the answer. */
  static final long LINGER_MILLIS = 1_000;

  private final Listener listener;
  private final Intake intake;
  private final Clock clock;
  private final Room room;
  private final Queue<Arrival> waiting = new ArrayDeque<>();
  /** What the frames have no room for yet. */
  private final Queue<ByteBuf> unread = new ArrayDeque<>();

  private MllpFrames frames;
  private Room.Claim claim;

  private boolean inFlight;
  private boolean admitting;
  private boolean pumping;
  private boolean last;
  private boolean closing;
  private boolean gone;
  private String why = "peer";
  private long activeNanos = System.nanoTime();
  private Future<?> quiet;
  private Future<?> idle;
  private Future<?> look;

  MllpConversation(Listener listener, Intake intake, Clock clock, Room room) {
    this.listener = listener;
    this.intake = intake;
    this.clock = clock;
    this.room = room;
  }

  private void arrived(byte[] bytes, Reason broken) {
    intake.received(listener.source(), bytes.length);
    byte[] kept = bytes;
    Reason reason = broken;
    if (!room.enter(bytes.length)) {
      // Whoever should take messages from us does not. The beginning is enough to say so to the sender.
      kept = Arrays.copyOf(bytes, Math.min(bytes.length, MllpFrames.EVIDENCE_MAX_BYTES));
      reason = broken == null ? Reason.NO_ROOM : broken;
      room.enterAnyway(kept.length);
    }
    waiting.add(new Arrival(listener.source(), clock.instant(), kept, reason));
    boolean cut = broken == Reason.FRAME_TOO_LARGE || broken == Reason.NO_ROOM;
    if (cut || broken == Reason.BYTES_BETWEEN_FRAMES && frames.spent()) {
      why = "broken";
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    claim = room.claim(listener.frameMaxBytes() + MllpFrames.STEP_BYTES,
        () -> ctx.executor().execute(() -> readOn(ctx)), () -> ctx.executor().execute(() -> giveUp(ctx)));
    frames = new MllpFrames(listener.frameMaxBytes(), claim, this::arrived);
    watchIdle(ctx, listener.idleTimeout().toNanos());
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    cancel(quiet);
    cancel(idle);
    cancel(look);
    forgetUnread();
    claim.release();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf in)) {
      ReferenceCountUtil.release(message);
      return;
    }
    activeNanos = System.nanoTime();
    unread.add(in);
    readOn(ctx);
  }

  /** Reads what has come, as far as there is room for it; the rest waits, and so does the sender. */
  private void readOn(ChannelHandlerContext ctx) {
    while (!last && !unread.isEmpty()) {
      ByteBuf in = unread.peek();
      int before = in.readableBytes();
      frames.read(in);
      if (frames.isLarge()) {
        claim.read(before - in.readableBytes());
      }
      last = frames.spent();
      if (!last && in.isReadable()) {
        break;
      }
      unread.remove().release();
    }
    if (last) {
      forgetUnread();
    }
    if (!closing && (inFlight || !unread.isEmpty())) {
      ctx.channel().config().setAutoRead(false);
    }
    if (!unread.isEmpty() && look == null) {
      long pause = room.patience().toMillis();
      look = ctx.executor().scheduleAtFixedRate(room::look, pause, pause, TimeUnit.MILLISECONDS);
    } else if (unread.isEmpty() && look != null) {
      cancel(look);
      look = null;
    }
    next(ctx);
  }

  /** There is no room for the rest of the frame: the sender is told to send it again. */
  private void giveUp(ChannelHandlerContext ctx) {
    if (!last && !gone && frames.isLarge()) {
      frames.giveUp();
      readOn(ctx);
    }
  }

  private void forgetUnread() {
    for (ByteBuf in = unread.poll(); in != null; in = unread.poll()) {
      in.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (quiet != null) {
      cancel(quiet);
      quiet = null;
    }
    if (frames.awaitsCr()) {
      quiet = ctx.executor().schedule(() -> {
        frames.quiet();
        next(ctx);
      }, CR_PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } else if (frames.holdsStray()) {
      quiet = ctx.executor().schedule(() -> finish(ctx, "broken"), STRAY_PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }
    ctx.fireChannelReadComplete();
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (!(message instanceof Answer answer)) {
      // Camel writes the exception of a route that failed to handle it. Nothing of it may reach the wire.
      ReferenceCountUtil.release(message);
      promise.setSuccess();
      answered(ctx, true);
      return;
    }
    admitting = false;
    activeNanos = System.nanoTime();
    promise.addListener(written -> answered(ctx, answer.close()));
    if (answer.frames().isEmpty()) {
      promise.setSuccess();
      return;
    }
    int size = 0;
    for (byte[] frame : answer.frames()) {
      size += frame.length + 3;
    }
    // One buffer, one write: some senders take the first packet for the whole answer.
    ByteBuf out = ctx.alloc().buffer(size);
    for (byte[] frame : answer.frames()) {
      out.writeByte(MllpFrames.VT).writeBytes(frame).writeByte(MllpFrames.FS).writeByte(MllpFrames.CR);
    }
    ctx.write(out, promise);
  }

  private void answered(ChannelHandlerContext ctx, boolean close) {
    inFlight = false;
    admitting = false;
    activeNanos = System.nanoTime();
    if (close) {
      last = true;
      waiting.clear();
    }
    next(ctx);
  }

  /** Hands on what waits, one at a time; then reads again, or ends what has to end. */
  private void next(ChannelHandlerContext ctx) {
    if (pumping || gone) {
      return;
    }
    pumping = true;
    while (!inFlight && !waiting.isEmpty()) {
      inFlight = true;
      admitting = true;
      ctx.fireChannelRead(waiting.poll());
    }
    pumping = false;
    if (!inFlight) {
      if (last) {
        close(ctx);
      } else if (unread.isEmpty() && !ctx.channel().config().isAutoRead()) {
        ctx.channel().config().setAutoRead(true);
      }
    }
  }

  /** Takes no more from this sender; what it sent whole is still answered. */
  private void finish(ChannelHandlerContext ctx, String reason) {
    if (!last) {
      why = reason;
      frames.end();
      last = true;
    }
    next(ctx);
  }

  private void close(ChannelHandlerContext ctx) {
    if (closing) {
      return;
    }
    closing = true;
    Channel channel = ctx.channel();
    if (!channel.isActive()) {
      return;
    }
    if (!why.equals("broken")) {
      channel.close();
      return;
    }
    // The sender may be in the middle of a large message. Closing now would make its kernel throw our answer
    // away with the reset, so we say that we are done and let it finish for a moment.
    if (channel instanceof SocketChannel socket && ctx.pipeline().get(SslHandler.class) == null) {
      socket.shutdownOutput();
    }
    channel.config().setAutoRead(true);
    ctx.executor().schedule(() -> channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!last) {
      frames.end();
    }
    gone = true;
    cancel(quiet);
    cancel(idle);
    cancel(look);
    forgetUnread();
    // Nobody waits for an answer any more, so nothing has to wait for one: all of it, in order.
    for (Arrival arrival = waiting.poll(); arrival != null; arrival = waiting.poll()) {
      ctx.fireChannelRead(arrival);
    }
    intake.closed(listener.source(), why);
    ctx.fireChannelInactive();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
      why = "tls";
    }
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      // It will send no more, but may well be waiting for its answers.
      finish(ctx, "peer");
      if (closing) {
        ctx.close();
      }
    }
    ctx.fireUserEventTriggered(event);
  }

  /** A reset, or TLS gone wrong. Its text may quote bytes of a message, so it goes nowhere. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  private void watchIdle(ChannelHandlerContext ctx, long nanos) {
    idle = ctx.executor().schedule(() -> {
      long left = listener.idleTimeout().toNanos() - (System.nanoTime() - activeNanos);
      if (gone || closing) {
        return;
      }
      if (admitting || !unread.isEmpty()) {
        // We are what it waits for.
        watchIdle(ctx, listener.idleTimeout().toNanos());
      } else if (left > 0) {
        watchIdle(ctx, left);
      } else if (inFlight) {
        // An answer that nobody reads.
        why = "idle";
        ctx.close();
      } else {
        finish(ctx, "idle");
      }
    }, nanos, TimeUnit.NANOSECONDS);
  }

  private static void cancel(Future<?> timer) {
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
