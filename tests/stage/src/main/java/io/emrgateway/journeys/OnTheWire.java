package io.emrgateway.journeys;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * What a reader of MLLP makes of a file that was sent in one frame and followed by the connection's end. A second
 * opinion, read off the rules: VT begins a message and FS CR (FS LF, FS VT) ends it; any other byte after FS makes that FS
 * text; VT inside is text unless MSH follows; CR, LF, blanks, NUL and FS between messages are nothing, other bytes
 * there are evidence up to the next VT.
 */
final class OnTheWire {
  private static final byte VT = 0x0b;
  private static final byte FS = 0x1c;

  private final byte[] wire;
  private final List<byte[]> messages = new ArrayList<>();
  private int at;

  private OnTheWire(byte[] file) {
    wire = new byte[file.length + 2];
    System.arraycopy(file, 0, wire, 0, file.length);
    wire[file.length] = FS;
    wire[file.length + 1] = '\r';
  }

  /** In the order in which they were sent; one, the file itself, where no delimiter stands in it. */
  static List<byte[]> messages(byte[] file) {
    OnTheWire reader = new OnTheWire(file);
    reader.inside();
    while (reader.at < reader.wire.length) {
      reader.between();
    }
    return reader.messages;
  }

  private void inside() {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    while (at < wire.length) {
      byte octet = wire[at++];
      if (octet == VT && text.size() == 0) {
        continue;
      }
      if (octet == VT && startsMessage()) {
        messages.add(text.toByteArray());
        text.reset();
      } else if (octet == FS && at < wire.length && (wire[at] == '\r' || wire[at] == '\n' || wire[at] == VT)) {
        messages.add(text.toByteArray());
        if (wire[at] == VT) {
          at++;
          inside();
        } else {
          at++;
        }
        return;
      } else {
        text.write(octet);
      }
    }
  }

  private boolean startsMessage() {
    return at + 3 <= wire.length && wire[at] == 'M' && wire[at + 1] == 'S' && wire[at + 2] == 'H';
  }

  private void between() {
    int from = at;
    while (at < wire.length && wire[at] != VT) {
      boolean filler = wire[at] == '\r' || wire[at] == '\n' || wire[at] == ' ' || wire[at] == '\t' || wire[at] == 0 || wire[at] == FS;
      from = filler && from == at ? at + 1 : from;
      at++;
    }
    if (at > from) {
      messages.add(java.util.Arrays.copyOfRange(wire, from, at));
    }
    if (at < wire.length) {
      at++;
      inside();
    }
  }
}
