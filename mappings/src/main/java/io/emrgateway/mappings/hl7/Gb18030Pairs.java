package io.emrgateway.mappings.hl7;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;

/**
 * Reads GB 18030 of one and two bytes by table: all that GBK has, and nearly all that is sent. The JDK's decoder, which
 * the table is made with, takes five times as long, at the door and again at the mapping.
 */
final class Gb18030Pairs {
  private static final int LEAD_MIN = 0x81;
  private static final int TRAIL_MIN = 0x40;
  private static final int TRAILS = 0xFE - TRAIL_MIN + 1;

  /** By lead and trail; 0 where two bytes are not one character. */
  private static final char[] CHARS = table();

  private Gb18030Pairs() {}

  private static char[] table() {
    char[] chars = new char[(0xFE - LEAD_MIN + 1) * TRAILS];
    CharsetDecoder decoder = Charset.forName("GB18030").newDecoder()
        .onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT);
    byte[] pair = new byte[2];
    CharBuffer out = CharBuffer.allocate(4);
    for (int k = 0; k < chars.length; k++) {
      pair[0] = (byte) (LEAD_MIN + k / TRAILS);
      pair[1] = (byte) (TRAIL_MIN + k % TRAILS);
      out.clear();
      boolean whole = !decoder.reset().decode(ByteBuffer.wrap(pair), out, true).isError();
      if (whole && out.position() == 1) {
        chars[k] = out.get(0);
      }
    }
    return chars;
  }

  /**
   * Decodes from {@code from} to the end.
   *
   * @param chars at least as many as there are bytes
   * @return how many characters were written, or -1 if something else than one and two bytes stands there, right or wrong
   */
  static int decode(byte[] bytes, int from, char[] chars) {
    int n = 0;
    int end = bytes.length;
    for (int at = from; at < end; at++) {
      int lead = bytes[at];
      if (lead >= 0) {
        chars[n++] = (char) lead;
        continue;
      }
      int row = (lead & 0xFF) - LEAD_MIN;
      int column = at + 1 < end ? (bytes[++at] & 0xFF) - TRAIL_MIN : -1;
      if (row < 0 || row > 0xFE - LEAD_MIN || column < 0 || column >= TRAILS) {
        return -1;
      }
      char c = CHARS[row * TRAILS + column];
      if (c == 0) {
        return -1;
      }
      chars[n++] = c;
    }
    return n;
  }
}
