package io.emrgateway.simulator;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * What a gateway answered.
 *
 * @param code MSA-1 as sent ({@code AA}, {@code CE} …); empty if there is no MSA segment
 * @param controlId MSA-2 as sent, read as ISO 8859-1; empty if absent
 * @param error for anything but AA and CA: ERR-5.1, else ERR-3.1, else MSA-6.1, else the first word of MSA-3; may be
 *     empty
 */
record Answer(String code, String controlId, String error) {

  boolean accepts() {
    return code.equals("AA") || code.equals("CA");
  }

  /** Reads an acknowledgement. Never throws: what cannot be read is empty. */
  static Answer of(byte[] frame) {
    // CR is never the second byte of a Chinese character, so segments can be found in bytes; MSA-1 and MSA-2 are
    // ASCII and stand before any text, so the fast path never decodes.
    int msa = segment(frame, "MSA");
    if (msa < 0) {
      return new Answer("", "", "");
    }
    byte separator = frame[msa + 3];
    int codeEnd = until(frame, msa + 4, separator);
    int idEnd = codeEnd < frame.length && frame[codeEnd] == separator ? until(frame, codeEnd + 1, separator) : codeEnd;
    String code = new String(frame, msa + 4, codeEnd - msa - 4, StandardCharsets.ISO_8859_1);
    String id = idEnd > codeEnd
        ? new String(frame, codeEnd + 1, idEnd - codeEnd - 1, StandardCharsets.ISO_8859_1) : "";
    boolean good = code.equals("AA") || code.equals("CA");
    return new Answer(code, id, good ? "" : error(text(frame), (char) separator));
  }

  private static String error(String text, char separator) {
    String fromMsa = "";
    for (String segment : text.split("[\r\n]+")) {
      String[] fields = segment.split(java.util.regex.Pattern.quote(String.valueOf(separator)), -1);
      if (fields[0].equals("ERR")) {
        String found = first(fields, 5).isEmpty() ? first(fields, 3) : first(fields, 5);
        found = found.isEmpty() ? fromErr1(fields) : found;
        if (!found.isEmpty()) {
          return found;
        }
      } else if (fields[0].equals("MSA")) {
        fromMsa = first(fields, 6).isEmpty() ? first(fields, 3).split("[\\s:：]", 2)[0] : first(fields, 6);
      }
    }
    return fromMsa;
  }

  /** Before version 2.5: the fourth component of ERR-1 (ELD) is a CE, whose alternate code is the gateway's own. */
  private static String fromErr1(String[] fields) {
    String[] location = fields.length > 1 ? fields[1].split("\\^", -1) : new String[0];
    String[] coded = location.length > 3 ? location[3].split("&", -1) : new String[] {""};
    return coded.length > 3 && !coded[3].isEmpty() ? coded[3] : coded[0];
  }

  private static String first(String[] fields, int index) {
    return index < fields.length ? fields[index].split("\\^", 2)[0] : "";
  }

  /** UTF-8 if it is that, else GB18030, else bytes as they are: an error's code is ASCII in all of them. */
  private static String text(byte[] frame) {
    for (Charset charset : new Charset[] {StandardCharsets.UTF_8, WardCharset.GB18030.charset()}) {
      try {
        return charset.newDecoder().decode(ByteBuffer.wrap(frame)).toString();
      } catch (CharacterCodingException e) {
        // The next one.
      }
    }
    return new String(frame, StandardCharsets.ISO_8859_1);
  }

  private static int segment(byte[] frame, String name) {
    for (int i = 0; i + 4 <= frame.length; i++) {
      boolean starts = i == 0 || frame[i - 1] == '\r' || frame[i - 1] == '\n';
      if (starts && frame[i] == name.charAt(0) && frame[i + 1] == name.charAt(1) && frame[i + 2] == name.charAt(2)) {
        return i;
      }
    }
    return -1;
  }

  private static int until(byte[] frame, int from, byte separator) {
    int i = from;
    while (i < frame.length && frame[i] != separator && frame[i] != '\r' && frame[i] != '\n') {
      i++;
    }
    return i;
  }
}
