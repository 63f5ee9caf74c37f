package io.emrgateway.agent;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for doors that a test opens. */
public final class Ports {
  private Ports() {}

  /**
   * Nobody's on loopback at the moment, and below those that the system gives to outgoing connections (from 32768 on
   * Linux), which anybody may take before the door is open.
   */
  public static int free() throws IOException {
    for (int attempt = 0; attempt < 1_000; attempt++) {
      try (ServerSocket socket = new ServerSocket(ThreadLocalRandom.current().nextInt(10_000, 14_000), 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException taken) {
        // Somebody's; another one then.
      }
    }
    throw new IllegalStateException("no free port on loopback between 10000 and 14000");
  }
}
