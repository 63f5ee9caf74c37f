package io.emrgateway.agent.his;

import io.emrgateway.routes.core.WithoutMessage;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * The HTTP door of the HIS: its own listener, apart from health and metrics, so that each is seen only by whom it is for.
 * Nothing that passes is kept by any browser or proxy, and nothing of it stands in a log.
 */
public final class HisDoor implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(HisDoor.class);
  private static final int PATIENCE_SECONDS = 20;
  private static final int CONNECTIONS_MAX = 512;

  /**
   * What TLS is made of.
   *
   * @param trust whose client certificates are taken, or null if none are asked for
   */
  public record Tls(KeyCertOptions key, TrustOptions trust, ClientAuth clients) {}

  private final HttpServer server;
  private final InetSocketAddress listen;
  private final AtomicInteger open = new AtomicInteger();

  /** @param tls null for a plain door, which a loopback address alone may have */
  public HisDoor(Vertx vertx, InetSocketAddress listen, Tls tls, Callers callers, List<HisPages> pages) {
    this.listen = listen;
    HttpServerOptions options = new HttpServerOptions().setHost(listen.getAddress().getHostAddress()).setPort(listen.getPort())
        .setIdleTimeout(120).setIdleTimeoutUnit(TimeUnit.SECONDS).setMaxInitialLineLength(8192).setMaxHeaderSize(16384)
        .setCompressionSupported(true);
    if (tls != null) {
      options.setSsl(true).setKeyCertOptions(tls.key()).setEnabledSecureTransportProtocols(Set.of("TLSv1.3", "TLSv1.2"));
      if (tls.trust() != null) {
        options.setTrustOptions(tls.trust()).setClientAuth(tls.clients());
      }
    }
    Router router = Router.router(vertx);
    router.route().handler(HisDoor::guard);
    pages.forEach(one -> one.mount(router, callers));
    router.errorHandler(404, call -> Outcomes.send(call, 404, "not-found", "his.no-such-address", "没有这个地址", "There is no such address",
        "请核对接口说明中的路径", "Compare the path with the manual"));
    router.errorHandler(405, call -> Outcomes.send(call, 405, "not-supported", "his.no-such-method", "此地址不支持这种方法",
        "The address does not take this method", "请核对接口说明中的方法", "Compare the method with the manual"));
    router.errorHandler(413, call -> Outcomes.send(call, 413, "too-long", "his.too-large", "请求过大", "The request is too large",
        "请减小请求", "Send less"));
    router.errorHandler(500, HisDoor::failed);
    server = vertx.createHttpServer(options).requestHandler(router).connectionHandler(this::admit);
  }

  /** So many as a hospital's doctors and systems have at a time; whoever comes then is turned away before anything is read. */
  private void admit(HttpConnection connection) {
    connection.closeHandler(closed -> open.decrementAndGet());
    if (open.incrementAndGet() > CONNECTIONS_MAX) {
      connection.close();
    }
  }

  private static void guard(RoutingContext call) {
    call.response().putHeader("Cache-Control", "no-store").putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "no-referrer").putHeader("X-Frame-Options", "DENY");
    call.next();
  }

  private static void failed(RoutingContext call) {
    if (call.failure() != null) {
      LOG.error("his.failed: HIS 接口出错 / the HIS's door failed", WithoutMessage.of(call.failure()));
    }
    if (!call.response().ended()) {
      Outcomes.send(call, 500, "exception", "his.failed", "网关出错，未返回任何资料", "The gateway failed; nothing is shown",
          "请稍后重试；反复出现时查看网关日志", "Try again; if it goes on, look at the gateway's log");
    }
  }

  /** When this returns, the door is open. */
  public void open() throws Exception {
    server.listen().toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    LOG.infof("his.listening: HIS 接口监听 %s:%d / the HIS's door listens to %s:%d",
        listen.getAddress().getHostAddress(), listen.getPort(), listen.getAddress().getHostAddress(), listen.getPort());
  }

  @Override
  public void close() throws Exception {
    server.close().toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
