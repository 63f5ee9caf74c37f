package io.emrgateway.agent.configuration;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;

/**
 * A range of IP addresses, {@code 10.20.0.0/16}.
 *
 * @param network the first address of the range: every bit after the prefix is zero
 * @param prefix how many leading bits are fixed: 0 to 32, or to 128 for IPv6
 */
public record Cidr(InetAddress network, int prefix) {
  public Cidr {
    Objects.requireNonNull(network, "network");
    if (prefix < 0 || prefix > network.getAddress().length * 8) {
      throw new IllegalArgumentException("prefix out of range");
    }
    if (!firstOf(network, prefix).equals(network)) {
      throw new IllegalArgumentException("bits after the prefix are set");
    }
  }

  /** The address with every bit after the prefix cleared: where the range that holds it begins. */
  static InetAddress firstOf(InetAddress address, int prefix) {
    byte[] bytes = address.getAddress();
    for (int bit = prefix; bit < bytes.length * 8; bit++) {
      bytes[bit / 8] &= (byte) ~(0x80 >>> (bit % 8));
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException("an address has 4 or 16 bytes", impossible);
    }
  }

  /** Whether somebody at this loopback address's machine may be in the range: any of 127.0.0.0/8 for IPv4, ::1 for IPv6. */
  boolean meets(InetAddress loopback) {
    if (loopback.getAddress().length != network.getAddress().length) {
      return false;
    }
    int shared = Math.min(prefix, loopback.getAddress().length == 4 ? 8 : 128);
    return firstOf(loopback, shared).equals(firstOf(network, shared));
  }

  @Override
  public String toString() {
    return network.getHostAddress().concat("/").concat(Integer.toString(prefix));
  }
}
