package io.emrgateway.agent.start;

import io.emrgateway.agent.control.RulesOrders.Problem;
import io.emrgateway.mappings.SiteFolder;
import io.emrgateway.mappings.rules.RuleError;
import io.emrgateway.routes.core.WithoutMessage;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * A folder of rules after a try: they may be put in force, or not, and why not.
 *
 * @param site null if they do not compile
 * @param problem null if they may be put in force
 * @param all every mistake with its place, a line each; empty without a problem
 */
public record TriedRules(SiteFolder site, Problem problem, String all) {
  private static final Logger LOG = Logger.getLogger(TriedRules.class);

  /** Reads and compiles them, no more. Never throws for what may stand in the folder. */
  public static TriedRules compiled(Path folder) {
    try {
      return new TriedRules(SiteFolder.read(folder), null, "");
    } catch (RuleError e) {
      return new TriedRules(null, new Problem("mapping.rule", e.file() + ":" + e.line(),
          "映射规则有误 / a mistake in the rules: " + e.problem(), e.remedy()), e.getMessage());
    } catch (UncheckedIOException e) {
      return new TriedRules(null, unreadable(folder, e));
    } catch (RuntimeException | StackOverflowError e) {
      return new TriedRules(null, ofOurs(folder, e));
    }
  }

  /** Compiles them, and sees that they belong to this hospital and pass their examples. */
  public static TriedRules tried(Path folder, String hospital) {
    TriedRules compiled = compiled(folder);
    return compiled.site() == null ? compiled : compiled.checked(folder, hospital);
  }

  private TriedRules(SiteFolder site, Problem problem) {
    this(site, problem, problem.place() + ": " + problem.text());
  }

  /** Names examples, never what stands in them. */
  private TriedRules checked(Path folder, String hospital) {
    String id = site.site().id();
    if (!id.equals(hospital)) {
      return new TriedRules(site, new Problem("settings.site-rules", "site.yaml", "映射目录属于 " + id + "，不是 " + hospital
          + " / these rules are for " + id + ", not for " + hospital, "改正 site.yaml 中的 site / correct site in site.yaml"));
    }
    try {
      List<SiteFolder.Failure> failures = site.test();
      if (failures.isEmpty()) {
        return this;
      }
      Problem problem = new Problem("mapping.example", "examples/" + failures.get(0).example() + ".hl7",
          failures.size() + " 处与示例的预期不符 / differs in " + failures.size() + " places from what the examples expect",
          "执行 emr-gateway mapping test 查看 / see emr-gateway mapping test");
      return new TriedRules(site, problem, failures.stream().map(SiteFolder.Failure::example).distinct()
          .map(name -> "examples/" + name + ".hl7").collect(Collectors.joining(", ", "", ": " + problem.text())));
    } catch (UncheckedIOException e) {
      return new TriedRules(site, unreadable(folder, e));
    } catch (RuntimeException | StackOverflowError e) {
      return new TriedRules(site, ofOurs(folder, e));
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
}
