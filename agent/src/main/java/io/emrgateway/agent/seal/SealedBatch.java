package io.emrgateway.agent.seal;

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

  /** How many bytes {@link #request} has before it is compressed. */
  public long requestBytes() {
    return Request.plainBytes(cms, entries, bodies);
  }

  /**
   * What is sent.
   *
   * @param squeezed the bodies as {@link Squeeze} made them, in the same order
   */
  public Request request(List<byte[]> squeezed, boolean gzip) {
    return Request.of(cms, entries, bodies, squeezed, gzip);
  }

  /** Which batch, and how large; nothing of its content. */
  @Override
  public String toString() {
    return "SealedBatch[" + header.feed() + " " + header.epoch() + "/" + header.seq() + ", entries="
        + header.entries() + ", bytes=" + requestBytes() + "]";
  }
}
