package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.mappings.MapFiles;
import io.emrgateway.mappings.Mapping;
import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.SiteFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The mapping at a desk: needs no store and no running gateway, and settings only where they are named. */
@Command(
    name = "map",
    mixinStandardHelpOptions = true,
    description = {
      "转换文件中的 HL7 消息并说明每个值的来源和去向（输出含患者数据）"
          + " / convert HL7 messages in files and say where each value came from and went (prints patient data)",
      "使用 -c（或 $EMR_GATEWAY_CONFIG）所指设置的规则，或 --rules 目录的规则；都不写则为出厂规则"
          + " / by the rules of the settings (-c or $EMR_GATEWAY_CONFIG) or of a folder (--rules), else by the shipped ones",
      ""
    })
final class MapMessages extends WithSettings {
  /** As the settings take it. */
  private static final Pattern HOSPITAL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]{0,31}");

  @Parameters(paramLabel = "FILE", arity = "1..*",
      description = "每个文件一条消息，或含 .hl7/.txt 文件的目录 / one message a file, or folders of .hl7 and .txt files")
  private List<Path> files;

  @Option(names = "--rules", paramLabel = "DIR", description = "站点目录，其规则不必已生效 / a site's folder, in force or not")
  private Path rules;

  @Option(names = "--hospital", paramLabel = "ID",
      description = "出厂规则下的医院编号（默认 H-0000） / the hospital's number, with the shipped rules (default H-0000)")
  private String hospital;

  @Option(names = "--charset", paramLabel = "POLICY",
      description = "字符集策略，与来源配置相同（默认按 site.yaml，否则 detect） / charset policy, as in a source's settings: detect, msh-18,"
          + " GB18030, UTF-8 … (default: what site.yaml says, or detect)")
  private String charset;

  @Option(names = "--out", paramLabel = "DIR",
      description = "每条消息写入 DIR/<文件名>.json / writes DIR/<stem>.json for each message")
  private Path out;

  @Option(names = "--trace", description = "列出每个值的来源规则，每个字段的去向 / list the rule behind each value, and where each field went")
  private boolean trace;

  @Override
  public Integer call() throws Exception {
    if (rules != null && file != null || hospital != null && (rules != null || file != null)) {
      System.err.println("map.usage: -c、--rules、--hospital 只写一个：前两者已含医院编号"
          + " / write one of -c, --rules and --hospital: the first two know the hospital's number");
      return BAD_SETTINGS;
    }
    if (hospital != null && !HOSPITAL.matcher(hospital).matches()) {
      System.err.println("map.hospital: 不是医院编号 / this is no hospital's number");
      System.err.println("  处理 / remedy: 写 1 至 32 个字母、数字或连字符，如 H-0104 / write 1 to 32 letters, digits or hyphens, e.g. H-0104");
      return BAD_SETTINGS;
    }
    if (rules != null) {
      return by(rules);
    }
    boolean settingsNamed = file != null || hospital == null && !System.getenv().getOrDefault("EMR_GATEWAY_CONFIG", "").isEmpty();
    return settingsNamed ? super.call() : shipped(hospital == null ? "H-0000" : hospital);
  }

  @Override
  int run(GatewaySettings settings) {
    Optional<Path> folder = settings.site();
    return folder.isPresent() ? by(folder.get()) : shipped(settings.hospital());
  }

  private int by(Path folder) {
    return MappingTools.with(folder, site ->
        run(site.mapping(), site.site(), charset == null ? site.charset().toString() : charset, folder.toString()));
  }

  private int shipped(String id) {
    return run(Mapping.shipped(), Site.standard(id), charset == null ? "detect" : charset, "出厂 / shipped");
  }

  private int run(Mapping mapping, Site site, String policy, String which) {
    System.err.printf("规则 / rules: %s (%s), %s%n", mapping.version(), which, site.id());
    return new MapFiles(mapping, site, new MapFiles.Wishes(policy, out, trace), System.out, System.err).run(files);
  }
}
