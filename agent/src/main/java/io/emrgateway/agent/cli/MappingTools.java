package io.emrgateway.agent.cli;

import io.emrgateway.mappings.SiteFolder;
import io.emrgateway.mappings.rules.RuleError;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** For those who write a site's rules. What stands here needs no settings and no running gateway. */
@Command(name = "mapping", mixinStandardHelpOptions = true,
    description = "检查、测试、比较和重新载入本站点的映射规则，列出未映射内容"
        + " / check, test, compare and reload a site's mapping rules, list what they leave over",
    subcommands = {MappingDiff.class, MappingReload.class, MappingUnmapped.class, MappingWorklist.class})
final class MappingTools {
  private static final int WRONG = 1;
  static final int UNUSABLE = 2;

  interface Work {
    int on(SiteFolder site) throws IOException;
  }

  @Command(name = "check", mixinStandardHelpOptions = true,
      description = "检查站点目录，错误指明文件、行和处理方法 / check a site's folder: mistakes with file, line and remedy")
  int check(@Parameters(paramLabel = "SITE", description = "站点目录 / the site's folder") Path folder) {
    return with(folder, site -> {
      System.out.println("规则正确 / the rules are right: " + site.mapping().version());
      return 0;
    });
  }

  @Command(name = "test", mixinStandardHelpOptions = true,
      description = "转换 examples/ 中的消息并与预期比较 / convert the messages in examples/ and compare with what is expected")
  int test(@Parameters(paramLabel = "SITE", description = "站点目录 / the site's folder") Path folder) {
    return with(folder, site -> {
      List<SiteFolder.Failure> failures = site.test();
      for (SiteFolder.Failure failure : failures) {
        System.out.println(failure.example() + ": 预期 / expected: " + failure.expected());
        System.out.println("  实际 / actual: " + failure.actual());
      }
      System.out.printf("%d 个示例，%d 处不符 / %d examples, %d differences%n", site.examples().size(), failures.size(),
          site.examples().size(), failures.size());
      return failures.isEmpty() ? 0 : WRONG;
    });
  }

  @Command(name = "promote", mixinStandardHelpOptions = true,
      description = "把一条消息及其当前结果收为示例（含患者数据，请先脱敏）"
          + " / make a message and what comes of it today an example (holds patient data: de-identify it first)")
  int promote(@Parameters(paramLabel = "SITE", description = "站点目录 / the site's folder") Path folder,
      @Parameters(paramLabel = "FILE", description = "消息文件 / the message") Path message) {
    return with(folder, site -> {
      System.out.println("已收为示例 / is an example now: " + site.promote(message));
      return 0;
    });
  }

  /** Does something with a folder, or says what is wrong with it. */
  static int with(Path folder, Work work) {
    PrintStream err = System.err;
    try {
      return work.on(SiteFolder.read(folder));
    } catch (RuleError e) {
      err.println("mapping.rule: " + e.getMessage());
    } catch (FileAlreadyExistsException e) {
      err.println("mapping.example-exists: 已有同名示例 / there is an example of that name: " + e.getFile());
      err.println("  处理 / remedy: 先改名或删除 / rename or remove it first");
    } catch (IOException | UncheckedIOException e) {
      Throwable cause = e instanceof UncheckedIOException wrapped ? wrapped.getCause() : e;
      String file = cause instanceof FileSystemException named ? named.getFile() : folder.toString();
      err.println("mapping.file: 文件无法读取或写入 / a file cannot be read or written: " + file);
      err.println("  处理 / remedy: 检查路径、权限和编码(UTF-8) / check path, permissions and encoding (UTF-8)");
    }
    return UNUSABLE;
  }
}
