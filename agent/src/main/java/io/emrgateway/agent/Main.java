package io.emrgateway.agent;

import io.emrgateway.agent.cli.EmrGateway;
import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.seal.SealRefused;
import io.emrgateway.agent.store.StoreUnusable;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Where everything begins: the command line, which may start the gateway. */
@QuarkusMain
public final class Main {
  private static final int CANNOT_START = 4;

  private Main() {}

  public static void main(String... arguments) {
    int status = EmrGateway.execute(Version.TEXT, Main::runGateway, Quarkus::asyncExit, arguments);
    // Quarkus ends the process itself when the gateway ran; every other command ends here.
    System.exit(status);
  }

  /** Runs the gateway until it is told to stop; the exit status. */
  public static int runGateway(GatewaySettings settings) {
    GatewaySettings.NamedFilesRead files = settings.namedFiles();
    if (!files.problems().isEmpty()) {
      files.problems().forEach(problem -> System.err.println(problem.render()));
      return 2;
    }
    Gateway.settings = settings;
    Gateway.rules = CompletableFuture.supplyAsync(() -> new RulesInForce(settings, files.site()));
    set("quarkus.http.host", settings.http().address().getHostAddress());
    set("quarkus.http.port", String.valueOf(settings.http().port()));
    set("quarkus.log.level", settings.log().level().name());
    set("quarkus.log.console.json.enabled", String.valueOf(settings.log().format() == GatewaySettings.Format.JSON));
    AtomicInteger status = new AtomicInteger();
    Quarkus.run(Gateway.class, (code, failure) -> {
      status.set(failure == null ? code : CANNOT_START);
      if (failure != null) {
        System.err.println(explained(failure, settings));
      }
    });
    return status.get();
  }

  private static void set(String key, String value) {
    System.setProperty(key, value);
  }

  private static String explained(Throwable failure, GatewaySettings settings) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof StoreUnusable unusable) {
        return unusable.render();
      }
      if (at instanceof SealRefused refused) {
        return refused.code() + " " + refused.reason().textZh() + " / " + refused.reason().text() + " (" + refused.place() + ")"
            + System.lineSeparator() + "  处理 / remedy: " + refused.reason().remedyZh() + " / " + refused.reason().remedy();
      }
      if (at instanceof java.net.BindException) {
        return "gateway.port-taken 监听端口已被占用 / a port to listen on is taken (" + taken(settings) + ")"
            + System.lineSeparator() + "  处理 / remedy: 检查 gateway.yaml 中的端口，或停止占用端口的程序 / check the ports in gateway.yaml, or stop what uses them";
      }
    }
    return "gateway.cannot-start 网关无法启动 / the gateway cannot start (" + failure.getClass().getSimpleName() + ")";
  }

  /** Which of the addresses to listen on are somebody else's; asked by trying, because the failure does not say. */
  private static String taken(GatewaySettings settings) {
    List<String> taken = new ArrayList<>();
    if (isTaken(settings.http().listen())) {
      taken.add("http.port " + settings.http().port());
    }
    for (GatewaySettings.Source source : settings.sources()) {
      if (isTaken(source.listen())) {
        taken.add("sources." + source.name() + ".port " + source.port());
      }
    }
    return String.join(", ", taken);
  }

  private static boolean isTaken(InetSocketAddress address) {
    try (ServerSocket probe = new ServerSocket()) {
      // As the doors do: a connection that is still winding down does not count as a listener.
      probe.setReuseAddress(true);
      probe.bind(address);
      return false;
    } catch (IOException inUse) {
      return true;
    }
  }
}
