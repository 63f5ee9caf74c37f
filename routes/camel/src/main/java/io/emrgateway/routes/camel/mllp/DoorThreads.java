package io.emrgateway.routes.camel.mllp;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.spi.ExceptionHandler;
import org.apache.camel.support.service.ServiceSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The few threads that all doors share, however many sources and connections there are. */
public final class DoorThreads extends ServiceSupport {
  public static final String BOSS = "intake.boss";
  public static final String WORKERS = "intake.workers";
  /** What to do when an answer finds nobody: the sender hung up, and will send again. */
  public static final String UNHEARD = "intake.unheard";

  private final EventLoopGroup boss = new NioEventLoopGroup(1, new DefaultThreadFactory("intake-boss", true));
  private final EventLoopGroup workers = new NioEventLoopGroup(
      Math.max(2, Math.min(8, Runtime.getRuntime().availableProcessors())),
      new DefaultThreadFactory("intake", true));

  private DoorThreads() {}

  /** Puts the threads into the context's registry, and stops them with the context. */
  public static void share(CamelContext context) throws Exception {
    DoorThreads threads = new DoorThreads();
    context.getRegistry().bind(BOSS, EventLoopGroup.class, threads.boss);
    context.getRegistry().bind(WORKERS, EventLoopGroup.class, threads.workers);
    context.getRegistry().bind(UNHEARD, ExceptionHandler.class, new Unheard());
    context.addService(threads);
  }

  @Override
  protected void doStop() {
    boss.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3_000);
    workers.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3_000);
  }

  /** Camel would log a warning with a stack trace for each sender that hangs up early. */
  private static final class Unheard implements ExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Unheard.class);

    @Override
    public void handleException(Throwable cause) {
      LOG.debug("answer not delivered: {}", cause.getClass().getSimpleName());
    }

    @Override
    public void handleException(String message, Throwable cause) {
      handleException(cause);
    }

    @Override
    public void handleException(String message, Exchange exchange, Throwable cause) {
      handleException(cause);
    }
  }
}
