package io.emrgateway.agent.seal;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A batch as it is stored, and sent as often as it takes: always these bytes.
 *
 * @param header what {@link #headerBytes} say
 * @param headerBytes the signed content
 * @param hh {@code H(02|header)}, hex
 * @param cms the signed header, DER
 * @param entries the entries' lines, each ended by one line feed
 * @param bodies in the order of the entries
 */
public record SealedBatch(Header header, byte[] headerBytes, String hh, byte[] cms, byte[] entries, List<byte[]> bodies) {

  /** How many bytes {@link #request} has. */
  public long requestBytes() {
    long total = 8L + cms.length + entries.length;
    for (byte[] body : bodies) {
      total += body.length;
    }
    return total;
  }

  /** The request's body: length and CMS, length and entries, bodies end to end. */
  public byte[] request() {
    return request(cms, entries, bodies);
  }

  /** The same from what a store kept; lengths are 4 octets, big-endian. */
  public static byte[] request(byte[] cms, byte[] entries, List<byte[]> bodies) {
    long total = 8L + cms.length + entries.length;
    for (byte[] body : bodies) {
      total += body.length;
    }
    ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(total));
    out.putInt(cms.length).put(cms).putInt(entries.length).put(entries);
    bodies.forEach(out::put);
    return out.array();
  }

  /** Which batch, and how large; nothing of its content. */
  @Override
  public String toString() {
    return "SealedBatch[" + header.feed() + " " + header.epoch() + "/" + header.seq() + ", entries="
        + header.entries() + ", bytes=" + requestBytes() + "]";
  }
}
