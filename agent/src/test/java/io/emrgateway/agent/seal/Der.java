package io.emrgateway.agent.seal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Just enough DER to take a CMS apart without the library that made it. */
record Der(int tag, byte[] value, byte[] whole) {

  static Der of(byte[] bytes) {
    return read(bytes, 0);
  }

  private static Der read(byte[] bytes, int at) {
    int tag = bytes[at] & 0xff;
    int length = bytes[at + 1] & 0xff;
    int start = at + 2;
    if (length > 127) {
      int octets = length & 0x7f;
      length = 0;
      for (int i = 0; i < octets; i++) {
        length = length << 8 | bytes[start++] & 0xff;
      }
    }
    return new Der(tag, Arrays.copyOfRange(bytes, start, start + length), Arrays.copyOfRange(bytes, at, start + length));
  }

  List<Der> parts() {
    List<Der> parts = new ArrayList<>();
    for (int at = 0; at < value.length; ) {
      Der part = read(value, at);
      parts.add(part);
      at += part.whole.length;
    }
    return parts;
  }

  /** The part at a path of indexes. */
  Der at(int... path) {
    Der here = this;
    for (int index : path) {
      here = here.parts().get(index);
    }
    return here;
  }
}
