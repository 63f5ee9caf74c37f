package io.emrgateway.agent.start;

import io.emrgateway.agent.control.Line;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The gateway that runs with a home, found by its control socket.
 *
 * @param ports that it listens to; null if it does not say (one of an older version, or too busy)
 */
record RunningGateway(Set<Integer> ports) {
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final int ANSWER_BYTES_MAX = 4096;

  /** Empty if nobody answers there. */
  static Optional<RunningGateway> at(Path socket) {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      return Optional.of(new RunningGateway(asked(channel)));
    } catch (IOException | IllegalArgumentException nobody) {
      return Optional.empty();
    }
  }

  /** Whether a port that is taken is taken by this gateway, as far as can be told. */
  boolean has(int port) {
    return ports == null || ports.contains(port);
  }

  private static Set<Integer> asked(SocketChannel channel) {
    try {
      channel.write(ByteBuffer.wrap("doors\n".getBytes(StandardCharsets.UTF_8)));
      String line = answer(channel);
      String ports = line.isEmpty() ? null : Line.read(line).get("ports");
      return ports == null ? null : Arrays.stream(ports.split(" ")).map(Integer::valueOf).collect(Collectors.toSet());
    } catch (IOException | IllegalArgumentException doesNotSay) {
      return null;
    }
  }

  private static String answer(SocketChannel channel) throws IOException {
    ByteBuffer answer = ByteBuffer.allocate(ANSWER_BYTES_MAX);
    long end = System.nanoTime() + PATIENCE.toNanos();
    channel.configureBlocking(false);
    try (Selector selector = Selector.open()) {
      channel.register(selector, SelectionKey.OP_READ);
      while (answer.hasRemaining()) {
        long millis = (end - System.nanoTime()) / 1_000_000;
        if (millis <= 0 || selector.select(millis) == 0 || channel.read(answer) < 0) {
          break;
        }
        selector.selectedKeys().clear();
      }
    }
    return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8).strip();
  }
}
