package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.control.Line;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The questions of a day that were asked without a consent, for whoever reviews them that day. */
@Command(name = "emergencies",
    description = "列出一天中的紧急调阅（含被拒绝的）、理由、确认人及结果（哪些医院给了资料），供当日复核 / list a day's emergencies with reason, second person and what became of each, for review")
final class AuditEmergencies extends WithSettings {
  @Option(names = "--day", paramLabel = "DAY", description = "YYYY-MM-DD，默认今天（北京时间） / today, in +08:00, unless given")
  LocalDate day = LocalDate.now(ZoneOffset.ofHours(8));

  @Option(names = "--json", description = "每行一个 JSON 对象 / one JSON object a line")
  boolean json;

  @Override
  int run(GatewaySettings settings) {
    Optional<List<String>> answer = Control.ask(settings, "audit-emergencies " + day);
    if (answer.isEmpty()) {
      return NOT_RUNNING;
    }
    List<String> lines = new ArrayList<>(answer.get());
    Map<String, String> end = lines.isEmpty() ? Map.of() : Line.read(lines.remove(lines.size() - 1));
    lines.forEach(line -> System.out.println(json ? line : AuditList.words(Line.read(line))));
    if (!"true".equals(end.get("ok"))) {
      return Control.refused(end);
    }
    System.err.println(lines.isEmpty() ? "没有 / none" : "以上可能含患者数据，请勿外传 / this may be patient data, keep it inside");
    return 0;
  }
}
