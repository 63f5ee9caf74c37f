package io.emrgateway.agent;

import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.control.RulesOrders.Problem;
import io.emrgateway.agent.control.RulesOrders.Standing;
import io.emrgateway.agent.seal.Suite;
import io.emrgateway.mappings.Mapping;
import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.SiteFolder;
import io.emrgateway.mappings.hl7.CharsetPolicy;
import io.emrgateway.mappings.rules.RuleError;
import io.emrgateway.routes.camel.Translate;
import io.emrgateway.routes.core.WithoutMessage;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
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
 * and the mistake is told once in the log, and in status and health until it is mended.
 *
 * @see "agent/decisions/0010-rules-change-while-running.md"
 */
final class RulesInForce implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(RulesInForce.class);
  private static final Duration LOOKED_AT_EVERY = Duration.ofSeconds(3);

  private final GatewaySettings settings;
  private final Suite suite;
  private final SiteFolder atStart;
  private final Duration pause;
  private volatile Translate.Rules rules;
  private volatile Standing standing;
  /** What the folder looked like when it was last tried. */
  private String tried;
  private Consumer<String> audit;
  private Thread watch;
  private volatile boolean stopping;

  /** @param site the hospital's folder, if the settings name one, as it was read and compiled for the start */
  RulesInForce(GatewaySettings settings, Optional<SiteFolder> site) {
    this(settings, site, LOOKED_AT_EVERY);
  }

  /** @param pause between two looks at the folder */
  RulesInForce(GatewaySettings settings, Optional<SiteFolder> site, Duration pause) {
    this.pause = pause;
    this.settings = settings;
    this.suite = Suite.of(settings.suite().toString());
    this.atStart = site.orElse(null);
    this.tried = site.map(SiteFolder::state).orElse("");
    this.rules = site.map(this::of).orElseGet(() -> of(Mapping.shipped(), Site.standard(settings.hospital())));
    this.standing = new Standing(rules.mapping().version(), Instant.now(), null);
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

  Standing standing() {
    return standing;
  }

  /**
   * Begins to look at the folder, if there is one.
   *
   * @param audit keeps that other rules are about to come into force; durable when it returns
   */
  void watch(Consumer<String> audit) {
    this.audit = audit;
    if (atStart != null) {
      watch = new Thread(this::run, "rules-watch");
      watch.setDaemon(true);
      watch.start();
    }
  }

  private void run() {
    tryExamplesOfTheStart();
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

  /** A start does not wait for examples, and what fails them is in force already: then it is only told. */
  private synchronized void tryExamplesOfTheStart() {
    Problem problem = checked(atStart);
    if (problem != null) {
      refuse(problem);
    }
  }

  /** @return what holds afterwards */
  synchronized Standing reload() {
    if (atStart == null) {
      return new Standing(standing.version(), standing.since(), new Problem("mapping.no-site", "gateway.yaml",
          "没有设置本院的映射目录 / no folder of the hospital's own rules is set",
          "在 gateway.yaml 中设置 site 并重启 / set site in gateway.yaml and restart"));
    }
    tried = SiteFolder.stateOf(folder());
    Candidate candidate = compiled(folder());
    Problem problem = candidate.site() == null ? candidate.problem() : checked(candidate.site());
    if (problem != null) {
      refuse(problem);
    } else {
      putInForce(of(candidate.site()));
    }
    return standing;
  }

  /**
   * A folder whose rules compile, or why they do not.
   *
   * @param site null beside a problem
   */
  record Candidate(SiteFolder site, Problem problem) {}

  /** Never throws for what may stand in the folder. */
  static Candidate compiled(Path folder) {
    try {
      return new Candidate(SiteFolder.read(folder), null);
    } catch (RuleError e) {
      return new Candidate(null, new Problem("mapping.rule", e.file() + ":" + e.line(),
          "映射规则有误 / a mistake in the rules: " + e.problem(), e.remedy()));
    } catch (UncheckedIOException e) {
      return new Candidate(null, unreadable(folder, e));
    } catch (RuntimeException | StackOverflowError e) {
      return new Candidate(null, ofOurs(folder, e));
    }
  }

  /** Belongs to this hospital and passes its examples; or why not. Names examples, never what stands in them. */
  private Problem checked(SiteFolder site) {
    if (!site.site().id().equals(settings.hospital())) {
      return new Problem("settings.site-rules", "site.yaml", "映射目录属于 " + site.site().id() + "，不是 " + settings.hospital()
          + " / these rules are for " + site.site().id() + ", not for " + settings.hospital(),
          "改正 site.yaml 中的 site / correct site in site.yaml");
    }
    try {
      List<SiteFolder.Failure> failures = site.test();
      return failures.isEmpty() ? null : new Problem("mapping.example", "examples/" + failures.get(0).example() + ".hl7",
          failures.size() + " 处与示例的预期不符 / differs in " + failures.size() + " places from what the examples expect",
          "执行 emr-gateway mapping test 查看 / see emr-gateway mapping test");
    } catch (UncheckedIOException e) {
      return unreadable(folder(), e);
    } catch (RuntimeException | StackOverflowError e) {
      return ofOurs(folder(), e);
    }
  }

  private static Problem unreadable(Path folder, UncheckedIOException e) {
    String file = e.getCause() instanceof FileSystemException named ? named.getFile() : folder.toString();
    return new Problem("mapping.file", file, "文件无法读取 / a file cannot be read",
        "检查路径、权限和编码(UTF-8) / check path, permissions and encoding (UTF-8)");
  }

  private static Problem ofOurs(Path folder, Throwable e) {
    LOG.error("mapping.internal: 读取规则时出错 / reading the rules failed", WithoutMessage.of(e));
    return new Problem("mapping.internal", folder.toString(), "读取规则时程序出错 / reading the rules failed",
        "将版本号和该目录报告给开发方 / report the version and this folder");
  }

  private void refuse(Problem problem) {
    boolean told = problem.equals(standing.problem());
    standing = new Standing(standing.version(), standing.since(), problem);
    if (!told) {
      LOG.warnf("%s: %s: %s；仍用规则 %s / rules %s stay in force；处理 / remedy: %s", problem.code(), problem.place(), problem.text(),
          standing.version(), standing.version(), problem.remedy());
    }
  }

  private void putInForce(Translate.Rules next) {
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
