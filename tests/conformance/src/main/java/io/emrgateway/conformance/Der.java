package io.emrgateway.conformance;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One element of strict DER (X.690): definite lengths in the fewest octets, one-octet tags, nothing after
 * the end, sets in order. Constructed elements are read to the bottom.
 *
 * @param parts of a constructed element; empty for a primitive one
 * @param whole tag, length and value
 */
record Der(int tag, byte[] value, List<Der> parts, byte[] whole) {
  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int OCTET_STRING = 0x04;
  static final int NULL = 0x05;
  static final int OID = 0x06;
  static final int SEQUENCE = 0x30;
  static final int SET = 0x31;
  private static final int DEPTH_MAX = 24;

  static Der read(byte[] bytes) throws Broken {
    Der element = read(bytes, 0, bytes.length, 0);
    Broken.unless(element.whole.length == bytes.length, "cms.trailing-bytes", "bytes after the end");
    return element;
  }

  private static Der read(byte[] bytes, int at, int end, int depth) throws Broken {
    Broken.unless(depth <= DEPTH_MAX, "cms.not-der", "nested too deeply");
    Broken.unless(end - at >= 2, "cms.not-der", "cut off");
    int tag = bytes[at] & 0xff;
    Broken.unless((tag & 0x1f) != 0x1f && tag != 0, "cms.not-der", "a tag of several octets, or none");
    int first = bytes[at + 1] & 0xff;
    int start = at + 2;
    long length = first;
    if (first >= 0x80) {
      int octets = first & 0x7f;
      Broken.unless(octets >= 1 && octets <= 4 && end - start >= octets, "cms.not-der", "indefinite or vast length");
      length = 0;
      for (int i = 0; i < octets; i++) {
        length = length << 8 | bytes[start++] & 0xff;
      }
      boolean fewest = octets == 1 ? length >= 0x80 : length >>> 8 * (octets - 1) != 0;
      Broken.unless(fewest, "cms.not-der", "a length in more octets than needed");
    }
    Broken.unless(length <= end - start, "cms.not-der", "cut off");
    int stop = start + (int) length;
    List<Der> parts = new ArrayList<>();
    if ((tag & 0x20) != 0) {
      for (int next = start; next < stop; ) {
        Der part = read(bytes, next, stop, depth + 1);
        parts.add(part);
        next += part.whole.length;
      }
    }
    Der element = new Der(tag, Arrays.copyOfRange(bytes, start, stop), List.copyOf(parts), Arrays.copyOfRange(bytes, at, stop));
    element.check();
    return element;
  }

  private void check() throws Broken {
    switch (tag) {
      case INTEGER -> Broken.unless(
          value.length == 1 || value.length > 1 && !(value[0] == 0 && value[1] >= 0) && !(value[0] == -1 && value[1] < 0),
          "cms.not-der", "an integer in more octets than needed");
      case OID -> Broken.unless(value.length > 0 && value[value.length - 1] >= 0, "cms.not-der", "an identifier cut off");
      case NULL -> Broken.unless(value.length == 0, "cms.not-der", "a null with content");
      case 0x01 -> Broken.unless(value.length == 1 && (value[0] == 0 || value[0] == -1), "cms.not-der", "a truth neither 0 nor FF");
      case SET -> requireSorted();
      case SEQUENCE -> { }
      default -> {
        // Of the universal types only these two have parts, and always; strings in pieces are BER.
        boolean universal = (tag & 0xc0) == 0;
        boolean collection = (tag & 0x1f) == 0x10 || (tag & 0x1f) == 0x11;
        Broken.unless(!universal || (tag & 0x20) == 0 && !collection, "cms.not-der", "a form that DER does not have");
      }
    }
  }

  /** Also for sets that hide behind an implicit tag. */
  void requireSorted() throws Broken {
    for (int i = 1; i < parts.size(); i++) {
      Broken.unless(Arrays.compareUnsigned(parts.get(i - 1).whole, parts.get(i).whole) <= 0, "cms.not-der", "a set out of order");
    }
  }

  Der part(int index, int tagExpected) throws Broken {
    Broken.unless(index < parts.size() && parts.get(index).tag == tagExpected, "cms.structure", "an element is missing or another");
    return parts.get(index);
  }

  BigInteger integer() {
    return new BigInteger(value);
  }

  /** Dotted, so that rules can be read beside the standards. */
  String oid() {
    StringBuilder out = new StringBuilder();
    BigInteger number = BigInteger.ZERO;
    for (byte octet : value) {
      number = number.shiftLeft(7).or(BigInteger.valueOf(octet & 0x7f));
      if (octet >= 0) {
        if (out.isEmpty()) {
          int root = Math.min(2, number.intValue() / 40);
          out.append(root).append('.').append(number.subtract(BigInteger.valueOf(40L * root)));
        } else {
          out.append('.').append(number);
        }
        number = BigInteger.ZERO;
      }
    }
    return out.toString();
  }
}
