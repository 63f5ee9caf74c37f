package io.emrgateway.routes.camel.mllp;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** The addresses a source may send from: single ones or CIDR ranges, of IPv4 and IPv6. */
public final class AllowList {

  /** Anybody who can reach the port. */
  public static final AllowList ANYBODY = new AllowList(List.of());

  private record Range(byte[] network, int bits) {}

  private final List<Range> ranges;

  private AllowList(List<Range> ranges) {
    this.ranges = ranges;
  }

  /**
   * @param ranges such as "10.1.2.3", "10.1.0.0/16", "fd00::/8"; none means anybody
   * @throws IllegalArgumentException if one is no address; names are not looked up, for a gate must not wait for DNS
   */
  public static AllowList of(List<String> ranges) {
    List<Range> parsed = new ArrayList<>();
    for (String range : ranges) {
      parsed.add(parse(range.strip()));
    }
    return parsed.isEmpty() ? ANYBODY : new AllowList(List.copyOf(parsed));
  }

  private static Range parse(String range) {
    int slash = range.indexOf('/');
    String address = slash < 0 ? range : range.substring(0, slash);
    boolean v6 = address.indexOf(':') >= 0;
    if (!address.matches(v6 ? "[0-9A-Fa-f:.]+" : "\\d{1,3}(\\.\\d{1,3}){3}")) {
      throw unusable(range);
    }
    try {
      byte[] network = InetAddress.getByName(address).getAddress();
      int bits = slash < 0 ? network.length * 8 : Integer.parseInt(range.substring(slash + 1));
      if (bits < 0 || bits > network.length * 8) {
        throw unusable(range);
      }
      return new Range(network, bits);
    } catch (UnknownHostException | NumberFormatException wrong) {
      throw unusable(range);
    }
  }

  private static IllegalArgumentException unusable(String range) {
    return new IllegalArgumentException("allow: \"" + range + "\" is not an address or a range such as 10.1.0.0/16");
  }

  /** Whether somebody at this address may send. */
  public boolean permits(InetAddress address) {
    if (ranges.isEmpty()) {
      return true;
    }
    byte[] octets = address.getAddress();
    for (Range range : ranges) {
      if (within(range, octets)) {
        return true;
      }
    }
    return false;
  }

  private static boolean within(Range range, byte[] octets) {
    if (octets.length != range.network.length) {
      return false;
    }
    for (int bit = 0; bit < range.bits; bit += 8) {
      int mask = range.bits - bit >= 8 ? 0xFF : 0xFF << 8 - (range.bits - bit);
      if (((octets[bit / 8] ^ range.network[bit / 8]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }
}
