package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.control.Line;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** Tries quarantined messages again; harmless when done twice. */
@Command(name = "replay", description = "重新处理隔离区中的消息 / try quarantined messages again")
final class Replay extends WithSettings {
  /** An admission number, or all. */
  static final class Number implements ITypeConverter<String> {
    @Override
    public String convert(String word) {
      if (!word.matches("all|[1-9][0-9]{0,15}")) {
        throw new TypeConversionException("");
      }
      return word;
    }
  }

  @Parameters(arity = "1..*", converter = Number.class, paramLabel = "NUMBER|all", description = "接收编号，或 all 表示全部 / admission numbers, or all")
  List<String> numbers;

  @Override
  int run(GatewaySettings settings) {
    Optional<List<String>> answer = Control.ask(settings, "replay " + String.join(" ", numbers));
    if (answer.isEmpty()) {
      return NOT_RUNNING;
    }
    Map<String, String> end = answer.get().isEmpty() ? Map.of() : Line.read(answer.get().get(0));
    String asked = end.getOrDefault("asked", "0");
    System.out.println(new Line().put("ok", "true".equals(end.get("ok"))).put("asked", Long.valueOf(asked)));
    if (!asked.equals("0")) {
      System.err.println("结果：数秒后执行 emr-gateway quarantine；不再列出的已送出，仍列出的附有新的原因"
          + " / the outcome: emr-gateway quarantine in a few seconds; what is not listed any more is on its way, what still is says why");
    } else if ("true".equals(end.get("ok"))) {
      System.err.println("没有新的请求：隔离区为空或已在重新处理 / nothing new: the quarantine is empty, or they are being tried already");
    }
    return "true".equals(end.get("ok")) ? 0 : Control.refused(end);
  }
}
