package io.emrgateway.simulator;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * Where messages go. Only a loopback address, unless somebody has said that the network is one for tests: a simulator
 * pointed at a working gateway would invent patients there.
 */
final class Destination {
  private static final int CONNECT_MILLIS_MAX = 5_000;

  private final InetSocketAddress address;
  private final SSLContext tls;

  private Destination(InetSocketAddress address, SSLContext tls) {
    this.address = address;
    this.tls = tls;
  }

  /**
   * @param tls null for plain TCP
   * @throws SimulatorRefused {@code simulator.address-unknown}, {@code simulator.address-not-loopback}
   */
  static Destination of(String host, int port, boolean testNetwork, SSLContext tls) {
    InetAddress found;
    try {
      found = InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new SimulatorRefused("simulator.address-unknown", "找不到该主机", "no such host");
    }
    if (!found.isLoopbackAddress() && !testNetwork) {
      throw new SimulatorRefused("simulator.address-not-loopback",
          "模拟器只向本机发送；确认是测试网络时请加 --i-know-this-is-a-test-network",
          "the simulator sends to this machine only; on a test network add --i-know-this-is-a-test-network");
    }
    if (port < 1 || port > 65_535) {
      throw new SimulatorRefused("simulator.address-unknown", "端口须在 1 到 65535 之间", "a port is 1 to 65535");
    }
    return new Destination(new InetSocketAddress(found, port), tls);
  }

  Socket connect() throws IOException {
    Socket plain = new Socket();
    try {
      plain.setTcpNoDelay(true);
      plain.connect(address, CONNECT_MILLIS_MAX);
      if (tls == null) {
        return plain;
      }
      plain.setSoTimeout(CONNECT_MILLIS_MAX);
      SSLSocket secured = (SSLSocket) tls.getSocketFactory()
          .createSocket(plain, address.getHostString(), address.getPort(), true);
      secured.startHandshake();
      return secured;
    } catch (IOException e) {
      plain.close();
      throw e;
    }
  }
}
