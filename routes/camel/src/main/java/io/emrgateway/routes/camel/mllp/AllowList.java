package io.emrgateway.routes.camel.mllp;

import java.net.InetAddress;
import java.util.List;

/** The addresses a source may send from: single ones or ranges, of IPv4 and IPv6. */
public final class AllowList {

  /** Anybody who can reach the port. */
  public static final AllowList ANYBODY = new AllowList(List.of());

  /**
   * Addresses that begin alike.
   *
   * @param bits how many leading bits of {@code network} are fixed: 0 to 32, or to 128 for IPv6
   */
  public record Range(InetAddress network, int bits) {
    public Range {
      if (bits < 0 || bits > network.getAddress().length * 8) {
        throw new IllegalArgumentException("bits out of range");
      }
    }
  }

  private final List<Range> ranges;

  private AllowList(List<Range> ranges) {
    this.ranges = ranges;
  }

  /** @param ranges none means anybody */
  public static AllowList of(List<Range> ranges) {
    return ranges.isEmpty() ? ANYBODY : new AllowList(List.copyOf(ranges));
  }

  /** Whether somebody at this address may send. An IPv4 address never lies in an IPv6 range, nor the reverse. */
  public boolean permits(InetAddress address) {
    return ranges.isEmpty() || ranges.stream().anyMatch(range -> within(range, address.getAddress()));
  }

  private static boolean within(Range range, byte[] octets) {
    byte[] network = range.network.getAddress();
    if (octets.length != network.length) {
      return false;
    }
    for (int bit = 0; bit < range.bits; bit += 8) {
      int mask = range.bits - bit >= 8 ? 0xFF : 0xFF << 8 - (range.bits - bit);
      if (((octets[bit / 8] ^ network[bit / 8]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }
}
