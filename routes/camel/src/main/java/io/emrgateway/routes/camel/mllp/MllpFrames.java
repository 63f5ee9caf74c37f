package io.emrgateway.routes.camel.mllp;

import io.emrgateway.routes.core.Refused.Reason;
import io.netty.buffer.ByteBuf;
import io.netty.util.ByteProcessor;
import java.util.Arrays;

/**
 * Finds messages in a stream of bytes: {@code VT} content {@code FS CR} (HL7 v2 transport, MLLP release 1).
 *
 * <p>Works on bytes, before any character set is known: neither GB 18030 nor UTF-8 uses 0B, 1C or 0D inside a
 * character. Each byte is looked at once, so a message in 16 million packets costs what it costs in one.
 *
 * <p>Senders differ, and are understood where nothing can be mistaken:
 * <ul>
 *   <li>FS without CR ends a message if VT or LF follows, or nothing for a moment ({@link #quiet});
 *   <li>any other byte after FS makes that FS part of the text;
 *   <li>CR, LF, blanks, NUL and a left-over FS between messages are passed over; other bytes are kept and reported;
 *   <li>VT inside a message is text, unless MSH follows: then the sender gave the earlier message up.
 * </ul>
 */
final class MllpFrames {
  static final byte VT = 0x0B;
  static final byte FS = 0x1C;
  static final byte CR = 0x0D;

  /** So much is kept of what is too large or stands outside every frame. */
  static final int EVIDENCE_MAX_BYTES = 64 * 1024;

  /** Takes each message, or fragment with the reason why it is none. The array is the taker's. */
  interface Taker {
    void take(byte[] bytes, Reason broken);
  }

  private enum State { BETWEEN, INSIDE, AFTER_FS, SPENT }

  private static final ByteProcessor UNTIL_VT_OR_FS = octet -> octet != VT && octet != FS;
  /** The longest step that takes bytes one by one: a VT, and what decides whether it is text. */
  static final int STEP_BYTES = 8;

  private final int contentMax;
  private final Room.Claim claim;
  private final Taker taker;
  private State state = State.BETWEEN;
  private byte[] room = new byte[2048];
  private int length;
  private boolean large;
  /** Where in the room the last VT inside the message stands, while its next three bytes may still be MSH. */
  private int cutAt = -1;

  /**
   * @param contentMax longest message, in bytes without the frame
   * @param claim asked before a frame's buffer grows, released when the frame is over
   */
  MllpFrames(int contentMax, Room.Claim claim, Taker taker) {
    this.contentMax = contentMax;
    this.claim = claim;
    this.taker = taker;
  }

  /**
   * Reads {@code in}, all of it unless there is no room for more of a frame; what was found has been handed over when
   * this returns. Does not release it.
   */
  void read(ByteBuf in) {
    while (in.isReadable() && (state == State.SPENT || canTake(STEP_BYTES))) {
      switch (state) {
        case BETWEEN -> between(in.readByte());
        case INSIDE -> inside(in);
        case AFTER_FS -> afterFs(in.readByte());
        case SPENT -> in.skipBytes(in.readableBytes());
      }
    }
  }

  /** Nothing came for a moment: FS was the end. */
  void quiet() {
    if (state == State.AFTER_FS) {
      complete();
    }
  }

  /** No room will come for the rest: hands over the beginning, and takes nothing afterwards. */
  void giveUp() {
    byte[] evidence = Arrays.copyOf(room, Math.min(length, EVIDENCE_MAX_BYTES));
    clear();
    state = State.SPENT;
    taker.take(evidence, Reason.NO_ROOM);
  }

  /** No more will come: hands over what is left as a fragment, and takes nothing afterwards. */
  void end() {
    switch (state) {
      case AFTER_FS -> complete();
      case INSIDE -> fragment(length);
      case BETWEEN -> stray();
      case SPENT -> { }
    }
    state = State.SPENT;
  }

  /** The message may be over, but its CR has not come. */
  boolean awaitsCr() {
    return state == State.AFTER_FS;
  }

  /** Bytes stand outside every frame, and no frame has followed. */
  boolean holdsStray() {
    return state == State.BETWEEN && length > 0;
  }

  /** The frame is of those that have to ask for room. */
  boolean isLarge() {
    return large;
  }

  /** Nothing more will be taken from this connection. */
  boolean spent() {
    return state == State.SPENT;
  }

  private void between(byte octet) {
    if (octet == VT) {
      stray();
      state = State.INSIDE;
      return;
    }
    boolean filler = octet == CR || octet == '\n' || octet == ' ' || octet == '\t' || octet == 0 || octet == FS;
    if (length == 0 && filler) {
      return;
    }
    append(octet);
    if (length >= EVIDENCE_MAX_BYTES) {
      stray();
      state = State.SPENT;
    }
  }

  private void inside(ByteBuf in) {
    if (cutAt >= 0) {
      append(in.readByte());
      lookForCut();
      return;
    }
    int stop = in.forEachByte(UNTIL_VT_OR_FS);
    int plain = (stop < 0 ? in.writerIndex() : stop) - in.readerIndex();
    if (plain > 0) {
      if (length + (long) plain > contentMax) {
        tooLarge(in);
        return;
      }
      boolean fits = canTake(plain + STEP_BYTES);
      int taken = fits ? plain : Math.min(plain, room.length - length);
      in.readBytes(room, length, taken);
      length += taken;
      if (!fits) {
        return;
      }
    }
    if (stop >= 0) {
      if (in.readByte() == FS) {
        state = State.AFTER_FS;
      } else if (length > 0) {
        cutAt = length;
        append(VT);
        checkSize();
      }
    }
  }

  /** After VT inside a message: three more bytes decide whether it is text or the next message. */
  private void lookForCut() {
    byte last = room[length - 1];
    int after = length - 1 - cutAt;
    if (last == "MSH".charAt(after - 1)) {
      if (after == 3) {
        fragment(cutAt);
        append((byte) 'M');
        append((byte) 'S');
        append((byte) 'H');
      }
      checkSize();
      return;
    }
    cutAt = -1;
    if (last == VT) {
      cutAt = length - 1;
    } else if (last == FS) {
      length--;
      state = State.AFTER_FS;
    }
    checkSize();
  }

  private void afterFs(byte octet) {
    if (octet == CR || octet == '\n') {
      complete();
    } else if (octet == VT) {
      complete();
      state = State.INSIDE;
    } else {
      append(FS);
      if (octet != FS) {
        append(octet);
        state = State.INSIDE;
      }
      checkSize();
    }
  }

  private void complete() {
    byte[] message = Arrays.copyOf(room, length);
    clear();
    state = State.BETWEEN;
    taker.take(message, null);
  }

  private void fragment(int bytes) {
    byte[] fragment = Arrays.copyOf(room, bytes);
    clear();
    if (bytes > 0) {
      taker.take(fragment, Reason.FRAME_UNTERMINATED);
    }
  }

  private void stray() {
    if (length > 0) {
      byte[] bytes = Arrays.copyOf(room, length);
      clear();
      taker.take(bytes, Reason.BYTES_BETWEEN_FRAMES);
    }
  }

  private void checkSize() {
    if (state != State.SPENT && length > contentMax) {
      tooLarge(null);
    }
  }

  /** @param in what follows what is kept so far, or null */
  private void tooLarge(ByteBuf in) {
    byte[] evidence = Arrays.copyOf(room, Math.min(length, EVIDENCE_MAX_BYTES));
    if (in != null && length < EVIDENCE_MAX_BYTES) {
      evidence = Arrays.copyOf(room, length + Math.min(EVIDENCE_MAX_BYTES - length, in.readableBytes()));
      in.readBytes(evidence, length, evidence.length - length);
    }
    clear();
    state = State.SPENT;
    taker.take(evidence, Reason.FRAME_TOO_LARGE);
  }

  private void append(byte octet) {
    room[length++] = octet;
  }

  /** Makes room for so many bytes more; false if there is none. */
  private boolean canTake(int more) {
    if (length + more <= room.length) {
      return true;
    }
    long doubled = Math.max((long) length + more, room.length * 2L);
    long most = length + more <= Room.FREE_BYTES ? Room.FREE_BYTES
        : Math.max((long) contentMax + STEP_BYTES, (long) length + more);
    int capacity = (int) Math.min(doubled, most);
    if (capacity > Room.FREE_BYTES) {
      large = true;
      if (!claim.grow(capacity)) {
        return false;
      }
    }
    room = Arrays.copyOf(room, capacity);
    return true;
  }

  private void clear() {
    length = 0;
    cutAt = -1;
    if (large) {
      large = false;
      room = new byte[2048];
      claim.release();
    }
  }
}
