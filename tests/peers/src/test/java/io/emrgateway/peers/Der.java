package io.emrgateway.peers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One DER value and, if it is built of others, its parts: enough to take a CMS to pieces. */
record Der(byte[] whole, byte[] value, List<Der> parts) {

  static Der of(byte[] bytes) {
    return read(bytes, 0);
  }

  /** The part reached by these indices, one level each. */
  Der at(int... path) {
    Der at = this;
    for (int index : path) {
      at = at.parts.get(index);
    }
    return at;
  }

  private static Der read(byte[] bytes, int from) {
    int at = from + 1;
    int length = bytes[at++] & 0xFF;
    if (length > 0x80) {
      int octets = length & 0x7F;
      length = 0;
      for (int k = 0; k < octets; k++) {
        length = length << 8 | bytes[at++] & 0xFF;
      }
    }
    byte[] value = Arrays.copyOfRange(bytes, at, at + length);
    List<Der> parts = new ArrayList<>();
    if ((bytes[from] & 0x20) != 0) {
      for (int inner = 0; inner < value.length; ) {
        Der part = read(value, inner);
        parts.add(part);
        inner += part.whole.length;
      }
    }
    return new Der(Arrays.copyOfRange(bytes, from, at + length), value, parts);
  }
}
