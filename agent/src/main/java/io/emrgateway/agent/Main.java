package io.emrgateway.agent;

import io.emrgateway.agent.cli.EmrGateway;
import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.configuration.Problem;
import io.emrgateway.agent.seal.SealRefused;
import io.emrgateway.agent.start.Inspection;
import io.emrgateway.agent.store.StoreUnusable;
import io.emrgateway.routes.core.WithoutMessage;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/** Where everything begins: the command line, which may start the gateway. */
@QuarkusMain
public final class Main {
  private Main() {}

  public static void main(String... arguments) {
    int status = EmrGateway.execute(Version.TEXT, Main::runGateway, Quarkus::asyncExit, arguments);
    // Quarkus ends the process itself when the gateway ran; every other command ends here.
    System.exit(status);
  }

  /** Runs the gateway until it is told to stop; the exit status. */
  public static int runGateway(GatewaySettings settings) {
    Inspection inspection = Inspection.beforeStart(settings);
    if (!inspection.canStart()) {
      System.err.print(inspection.render());
      return inspection.status();
    }
    Gateway.settings = settings;
    Gateway.inspection = inspection;
    Gateway.rules = CompletableFuture.supplyAsync(() -> new RulesInForce(settings, inspection.opened().site()));
    set("quarkus.http.host", settings.http().address().getHostAddress());
    set("quarkus.http.port", String.valueOf(settings.http().port()));
    set("quarkus.log.level", settings.log().level().name());
    set("quarkus.log.console.json.enabled", String.valueOf(settings.log().format() == GatewaySettings.Format.JSON));
    AtomicInteger status = new AtomicInteger();
    Quarkus.run(Gateway.class, (code, failure) -> {
      status.set(failure == null ? code : Inspection.CANNOT_START);
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
        // Taken since the inspection. Which one, a second look may tell.
        return Inspection.of(settings).problems().stream().filter(problem -> problem.code().equals(Problem.Code.PORT_TAKEN.id()))
            .map(Problem::render).findFirst().orElse(Problem.Code.PORT_TAKEN.id() + " 监听端口已被占用 / a port to listen on is taken");
      }
    }
    // For whoever wrote this program; whoever runs it is told what to do with it.
    Logger.getLogger(Main.class).error("gateway.cannot-start", WithoutMessage.of(failure));
    return "gateway.cannot-start 网关无法启动，原因未预见 / the gateway cannot start, and does not know why"
        + System.lineSeparator() + "  处理 / remedy: 将日志和版本号 " + Version.TEXT + " 报告给开发方 / report the log and the version "
        + Version.TEXT;
  }
}
