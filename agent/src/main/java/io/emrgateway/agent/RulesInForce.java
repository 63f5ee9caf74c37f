package io.emrgateway.agent;

import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.control.RulesOrders.Problem;
import io.emrgateway.agent.control.RulesOrders.Standing;
import io.emrgateway.agent.seal.Suite;
import io.emrgateway.agent.start.AcceptedRules;
import io.emrgateway.agent.start.RulesAtStart;
import io.emrgateway.agent.start.TriedRules;
import io.emrgateway.mappings.Mapping;
import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.SiteFolder;
import io.emrgateway.mappings.hl7.CharsetPolicy;
import io.emrgateway.mappings.reminders.Reading;
import io.emrgateway.routes.camel.Translate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * The mapping rules in force, and how those of the hospital's folder take their place while messages go through.
 *
 * <p>The folder is looked at every few seconds. Once it has been quiet for that long after a change, its rules are compiled
 * and its examples run; only if both pass do they take the place of the old ones, all at once. Otherwise the old ones stay,
 * and the mistake is told once in the log, and in status and health until it is mended. What came into force is kept for a start
 * that finds a mistake in the folder.
 *
 * @see "agent/decisions/0010-rules-change-while-running.md"
 */
final class RulesInForce implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(RulesInForce.class);
  private static final Duration LOOKED_AT_EVERY = Duration.ofSeconds(3);

  private final GatewaySettings settings;
  private final Suite suite;
  private final AcceptedRules accepted;
  private final RulesAtStart atStart;
  private final Duration pause;
  private volatile Translate.Rules rules;
  private volatile Standing standing;
  /** Null while the shipped rules alone are in force. */
  private volatile SiteFolder inForce;
  private Reading shippedReading;
  /** What the folder looked like when it was last tried. */
  private String tried;
  private Consumer<String> audit;
  private Thread watch;
  private volatile boolean stopping;

  /** @param site the hospital's folder, if the settings name one, as it was tried for the start */
  RulesInForce(GatewaySettings settings, Optional<RulesAtStart> site) {
    this(settings, site, LOOKED_AT_EVERY);
  }

  /** @param pause between two looks at the folder */
  RulesInForce(GatewaySettings settings, Optional<RulesAtStart> site, Duration pause) {
    this.pause = pause;
    this.settings = settings;
    this.suite = Suite.of(settings.suite().toString());
    this.atStart = site.orElse(null);
    this.accepted = new AcceptedRules(settings.home());
    this.tried = site.map(RulesAtStart::state).orElse("");
    this.inForce = site.map(RulesAtStart::inForce).orElse(null);
    this.rules = site.map(one -> of(one.inForce())).orElseGet(() -> of(Mapping.shipped(), Site.standard(settings.hospital())));
    this.standing = new Standing(rules.mapping().version(), Instant.now(), site.map(RulesInForce::problemOf).orElse(null));
  }

  private static Problem problemOf(RulesAtStart start) {
    Problem problem = start.problem();
    return problem == null ? null : new Problem(problem.code(), problem.place(),
        problem.text() + "；网关以上次通过的规则启动 / the gateway started on the last accepted rules", problem.remedy());
  }

  /** What a folder's rules are with this gateway's settings. */
  Translate.Rules of(SiteFolder site) {
    return of(site.mapping(), site.site());
  }

  private Translate.Rules of(Mapping mapping, Site site) {
    Map<String, Translate.SourceRules> sources = new HashMap<>();
    for (GatewaySettings.Source source : settings.sources()) {
      sources.put(source.name(), new Translate.SourceRules(CharsetPolicy.of(source.charset().toString()),
          new Site(site.id(), source.zone(), site.namespace(), site.patientAuthority(), site.authorities())));
    }
    byte[] config = (settings.digest() + "\n" + mapping.version()).getBytes(StandardCharsets.UTF_8);
    return new Translate.Rules(mapping, sources,
        new Translate.SourceRules(CharsetPolicy.of("detect"), Site.standard(settings.hospital())),
        Suite.hex(suite.hashUntagged(config)));
  }

  Translate.Rules now() {
    return rules;
  }

  /** What reminders are told by. */
  Reading reading() {
    SiteFolder site = inForce;
    return site == null ? shippedReading() : site.reading();
  }

  private synchronized Reading shippedReading() {
    if (shippedReading == null) {
      shippedReading = Reading.shipped();
    }
    return shippedReading;
  }

  Standing standing() {
    return standing;
  }

  /**
   * Begins to look at the folder, if there is one. What the start put in force is kept for the next one when this returns,
   * before the first message is taken.
   *
   * @param audit keeps that other rules are about to come into force; durable when it returns
   */
  void watch(Consumer<String> audit) {
    this.audit = audit;
    if (atStart != null) {
      tellOfTheStart();
      watch = new Thread(this::run, "rules-watch");
      watch.setDaemon(true);
      watch.start();
    }
  }

  private synchronized void tellOfTheStart() {
    Problem problem = standing.problem();
    if (problem == null) {
      keep(atStart.inForce());
    } else {
      LOG.errorf("%s: %s: %s: %s；处理 / remedy: %s", problem.code(), problem.place(), problem.text(), standing.version(), problem.remedy());
    }
  }

  private void run() {
    String before = tried;
    while (!stopping) {
      try {
        Thread.sleep(pause.toMillis());
      } catch (InterruptedException e) {
        return;
      }
      String seen = SiteFolder.stateOf(folder());
      // Quiet since the last look: whoever copies files has finished.
      if (seen.equals(before) && !isTried(seen)) {
        reload();
      }
      before = seen;
    }
  }

  private Path folder() {
    return settings.site().orElseThrow();
  }

  private synchronized boolean isTried(String state) {
    return state.equals(tried);
  }

  /** @return what holds afterwards */
  synchronized Standing reload() {
    if (atStart == null) {
      return new Standing(standing.version(), standing.since(), new Problem("mapping.no-site", "gateway.yaml",
          "没有设置本院的映射目录 / no folder of the hospital's own rules is set",
          "在 gateway.yaml 中设置 site 并重启 / set site in gateway.yaml and restart"));
    }
    tried = SiteFolder.stateOf(folder());
    TriedRules candidate = TriedRules.tried(folder(), settings.hospital());
    if (candidate.problem() != null) {
      refuse(candidate.problem());
    } else {
      putInForce(candidate.site());
    }
    return standing;
  }

  private void refuse(Problem problem) {
    boolean told = problem.equals(standing.problem());
    standing = new Standing(standing.version(), standing.since(), problem);
    if (!told) {
      LOG.warnf("%s: %s: %s；仍用规则 %s / rules %s stay in force；处理 / remedy: %s", problem.code(), problem.place(), problem.text(),
          standing.version(), standing.version(), problem.remedy());
    }
  }

  /** For a start that finds a mistake in the folder. @return false if they cannot be kept, which has been told */
  private boolean keep(SiteFolder site) {
    try {
      accepted.keep(site);
      return true;
    } catch (IOException e) {
      refuse(new Problem("mapping.not-kept", "home", "通过的规则无法保存，供下次启动使用 / accepted rules cannot be kept for the next start",
          "检查 home 所在磁盘，然后执行 emr-gateway mapping reload / check the disk of home, then run emr-gateway mapping reload"));
      return false;
    }
  }

  private void putInForce(SiteFolder site) {
    if (!keep(site)) {
      return;
    }
    Translate.Rules next = of(site);
    String old = standing.version();
    String version = next.mapping().version();
    if (version.equals(old)) {
      if (standing.problem() != null) {
        standing = new Standing(old, standing.since(), null);
        LOG.infof("mapping.mended: 映射目录与生效的规则 %s 一致 / the folder holds rules %s, which are in force", old, old);
      }
      return;
    }
    try {
      audit.accept("from " + old + " to " + version);
    } catch (CompletionException e) {
      refuse(new Problem("mapping.not-recorded", "gateway.db", "规则变更无法记入审计 / the change cannot be recorded in the audit chain",
          "检查磁盘，然后执行 emr-gateway mapping reload / check the disk, then run emr-gateway mapping reload"));
      return;
    }
    inForce = site;
    rules = next;
    standing = new Standing(version, Instant.now(), null);
    LOG.infof("mapping.rules-changed: 新规则 %s 已生效，替换 %s / rules %s are in force instead of %s", version, old, version, old);
  }

  @Override
  public void close() {
    stopping = true;
    if (watch != null) {
      watch.interrupt();
    }
  }
}
