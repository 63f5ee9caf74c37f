package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.control.Line;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Asks the gateway that runs. */
final class Control {
  private Control() {}

  /** The answer's lines, or empty if no gateway runs with these settings; then that has been said already. */
  static Optional<List<String>> ask(GatewaySettings settings, String request) {
    List<String> lines = new ArrayList<>();
    return ask(settings, request, lines::add) ? Optional.of(lines) : Optional.empty();
  }

  /** The same for an answer that takes its time: each line as it comes. */
  static boolean ask(GatewaySettings settings, String request, Consumer<String> each) {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(settings.controlSocket());
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(address);
      channel.write(ByteBuffer.wrap((request + "\n").getBytes(StandardCharsets.UTF_8)));
      new BufferedReader(new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8)).lines().forEach(each);
      return true;
    } catch (IOException | UncheckedIOException e) {
      System.err.println("control.not-running: 网关未运行，或当前用户无权访问 / the gateway does not run, or this user may not ask it\n"
          + "  处理 / remedy: emr-gateway run，或以网关用户执行 / start it, or use the gateway's user");
      return false;
    }
  }

  /**
   * Prints the answer as it came; if it ends with a refusal, that in words where errors go. 0 if all was done, 1 if not,
   * 3 if no gateway answered.
   */
  static int print(GatewaySettings settings, String request) {
    Optional<List<String>> answer = ask(settings, request);
    if (answer.isEmpty()) {
      return WithSettings.NOT_RUNNING;
    }
    List<String> lines = new ArrayList<>(answer.get());
    if (!lines.isEmpty() && lines.get(lines.size() - 1).startsWith("{\"ok\":true")) {
      lines.forEach(System.out::println);
      return 0;
    }
    Map<String, String> end = lines.isEmpty() ? Map.of() : Line.read(lines.remove(lines.size() - 1));
    lines.forEach(System.out::println);
    return refused(end);
  }

  /** Says why not everything was done: code, words, which numbers, what to do. */
  static int refused(Map<String, String> end) {
    System.err.println(end.getOrDefault("code", "control.no-answer") + ": "
        + end.getOrDefault("text", "网关没有应答 / the gateway did not answer")
        + (end.containsKey("numbers") ? ": " + end.get("numbers") : "")
        + (end.containsKey("citySeq") ? " (市平台位于批次 / the city stands at batch " + end.get("citySeq") + ")" : ""));
    System.err.println("  处理 / remedy: " + end.getOrDefault("remedy", "查看 emr-gateway status 和日志 / look at emr-gateway status and the log"));
    return 1;
  }
}
