package io.emrgateway.agent.cli;

import io.emrgateway.mappings.MapFiles;
import io.emrgateway.mappings.Mapping;
import io.emrgateway.mappings.Site;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The mapping at a desk: needs no settings, no store and no running gateway. */
@Command(
    name = "map",
    mixinStandardHelpOptions = true,
    description = "转换文件中的 HL7 消息并说明每个值的来源和去向（输出含患者数据）"
        + " / convert HL7 messages in files and say where each value came from and went (prints patient data)")
final class MapMessages implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", arity = "1..*",
      description = "每个文件一条消息，或含 .hl7/.txt 文件的目录 / one message a file, or folders of .hl7 and .txt files")
  private List<Path> files;

  @Option(names = "--site", paramLabel = "ID", defaultValue = "H-0000", description = "医院编号 / the hospital's number")
  private String site;

  @Option(names = "--charset", paramLabel = "POLICY", defaultValue = "detect",
      description = "字符集策略，与来源配置相同 / charset policy, as in a source's settings: detect, msh-18, GB18030, UTF-8 …")
  private String charset;

  @Option(names = "--out", paramLabel = "DIR",
      description = "每条消息写入 DIR/<文件名>.json / writes DIR/<stem>.json for each message")
  private Path out;

  @Option(names = "--trace", description = "列出每个值的来源规则，每个字段的去向 / list the rule behind each value, and where each field went")
  private boolean trace;

  @Override
  public Integer call() {
    return new MapFiles(Mapping.shipped(), Site.standard(site), new MapFiles.Wishes(charset, out, trace), System.out, System.err)
        .run(files);
  }
}
