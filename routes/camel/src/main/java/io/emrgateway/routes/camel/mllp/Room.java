package io.emrgateway.routes.camel.mllp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The bytes that all doors together may hold in memory: of frames in the making, and of messages until they are
 * answered, whoever holds them (a door, the store's queue).
 *
 * <p>A frame of usual size never asks. One that grows beyond {@link #FREE_BYTES} asks for every doubling; where there is
 * no room, its connection is not read until there is, and TCP slows its sender down. The oldest unfinished frame can
 * always have all that it may grow to, so frames never wait for each other in a ring. If nothing moves for
 * {@link #PATIENCE} while somebody waits, one gives up and is told to send again: a sender that has stopped in
 * mid-frame, else the youngest of those who wait.
 *
 * <p>Safe for any number of threads.
 *
 * @see "agent/decisions/0012-a-bound-on-memory.md"
 */
public final class Room {
  /** What each connection may hold of an unfinished frame unasked. */
  static final int FREE_BYTES = 64 * 1024;

  /** Shorter than what senders wait for an answer (commonly 30 s). */
  public static final Duration PATIENCE = Duration.ofSeconds(5);

  /** An unfinished frame takes this many times its buffer: it grows, and ends, by a copy. */
  private static final int COPIES = 2;

  /** Of the heap, in parts: one of three for the doors, the rest for the program and the translation of one message. */
  private static final int DOORS_PART = 3;

  /** A message of one fifteenth of the heap can be received, sealed and translated beside others in the making. */
  private static final int FRAME_PART = 15;

  private final long framesMax;
  private final long messagesMax;
  private final Duration patience;
  /** Who holds room, the oldest first. */
  private final Set<Claim> claims = new LinkedHashSet<>();
  private final List<Claim> waiting = new ArrayList<>();
  private long held;
  private long lookedNanos = System.nanoTime();
  /** When a frame was last given room, or gave its back. */
  private long movedNanos = lookedNanos;

  /** @param bytes what frames in the making may take; whole messages may take a quarter more, so that they go first */
  public Room(long bytes, Duration patience) {
    this.framesMax = bytes;
    this.messagesMax = bytes + bytes / 4;
    this.patience = patience;
  }

  /** The room that a heap of this size ({@link Runtime#maxMemory}) has for the doors. */
  public static Room ofHeap(long heapBytes) {
    return new Room(heapBytes / DOORS_PART, PATIENCE);
  }

  /** The largest {@code frame-max} that a heap of this size can take, in bytes. */
  public static long frameMaxBytes(long heapBytes) {
    return heapBytes / FRAME_PART;
  }

  /** The heap that a {@code frame-max} of so many bytes asks for. */
  public static long heapForFrameBytes(long frameMaxBytes) {
    return frameMaxBytes * FRAME_PART;
  }

  Duration patience() {
    return patience;
  }

  /** Counts a whole message; false, and not counted, if even small messages have used up the room. */
  synchronized boolean enter(int bytes) {
    if (held + bytes > messagesMax) {
      return false;
    }
    held += bytes;
    return true;
  }

  /** Counts the little that is needed to refuse a message. */
  synchronized void enterAnyway(int bytes) {
    held += bytes;
  }

  /** A message that entered is answered, and nobody holds it any more. */
  public synchronized void leave(int bytes) {
    held -= bytes;
    letWaitersIn();
  }

  /** What is held at the moment, in bytes. */
  public synchronized long heldBytes() {
    return held;
  }

  /**
   * @param frameMax what the frame may grow to, in bytes
   * @param goOn told, on any thread, that the room asked for has been given
   * @param giveUp told, on any thread, that the frame has to be dropped
   */
  Claim claim(int frameMax, Runnable goOn, Runnable giveUp) {
    return new Claim(Math.min((long) frameMax * COPIES, framesMax), goOn, giveUp);
  }

  /** One connection's unfinished frame. */
  final class Claim {
    private final long most;
    private final Runnable goOn;
    private final Runnable giveUp;
    private long bytes;
    private long wanted;
    private long read;
    private long markedNanos;
    private long markedRead;

    private Claim(long most, Runnable goOn, Runnable giveUp) {
      this.most = most;
      this.goOn = goOn;
      this.giveUp = giveUp;
    }

    /** True if the frame's buffer may have this size, of more than {@link #FREE_BYTES}; else it waits until told. */
    boolean grow(int capacity) {
      synchronized (Room.this) {
        long all = (long) capacity * COPIES;
        if (all <= bytes) {
          return true;
        }
        if (mayHave(all)) {
          give(all);
          return true;
        }
        if (all > framesMax) {
          // It would wait for ever.
          giveUp.run();
          return false;
        }
        wanted = all;
        if (!waiting.contains(this)) {
          waiting.add(this);
          mark();
        }
        return false;
      }
    }

    /** So many bytes of the frame have come. */
    void read(int count) {
      synchronized (Room.this) {
        read += count;
      }
    }

    /** The frame is over, in whichever way. */
    void release() {
      synchronized (Room.this) {
        if (bytes > 0 || waiting.contains(this)) {
          held -= bytes;
          bytes = 0;
          movedNanos = System.nanoTime();
          claims.remove(this);
          waiting.remove(this);
          letWaitersIn();
        }
      }
    }

    /** Whoever is not the oldest leaves it what it may still need. */
    private boolean mayHave(long all) {
      Claim oldest = claims.isEmpty() ? this : claims.iterator().next();
      long kept = oldest == this ? 0 : oldest.most - oldest.bytes;
      return held + all - bytes + kept <= framesMax;
    }

    private void give(long all) {
      held += all - bytes;
      bytes = all;
      claims.add(this);
      waiting.remove(this);
      mark();
      movedNanos = markedNanos;
    }

    private void mark() {
      markedNanos = System.nanoTime();
      markedRead = read;
    }
  }

  private void letWaitersIn() {
    for (Claim claim : List.copyOf(waiting)) {
      if (claim.mayHave(claim.wanted)) {
        claim.give(claim.wanted);
        claim.goOn.run();
      }
    }
  }

  /** Called after each {@link #patience} by whoever waits: lets somebody give up if nothing has moved for so long. */
  void look() {
    Claim victim;
    synchronized (this) {
      long now = System.nanoTime();
      if (waiting.isEmpty() || !isLongAgo(lookedNanos, now) || !isLongAgo(waiting.get(0).markedNanos, now)) {
        return;
      }
      lookedNanos = now;
      boolean moving = !isLongAgo(movedNanos, now);
      Claim stopped = null;
      for (Claim claim : claims) {
        if (waiting.contains(claim)) {
          continue;
        }
        if (!isLongAgo(claim.markedNanos, now)) {
          moving = true;
        } else if (claim.read - claim.markedRead >= FREE_BYTES) {
          claim.mark();
          moving = true;
        } else if (stopped == null) {
          stopped = claim;
        }
      }
      victim = stopped != null ? stopped : moving ? null : waiting.get(waiting.size() - 1);
    }
    if (victim != null) {
      victim.giveUp.run();
    }
  }

  /** Timers are not exact: nine tenths of the patience are enough. */
  private boolean isLongAgo(long nanos, long now) {
    return now - nanos >= patience.toNanos() * 9 / 10;
  }
}
