package io.emrgateway.agent.control;

import io.emrgateway.mappings.Diagnostic.Finding;
import io.emrgateway.routes.core.Refused.Reason;
import java.util.Arrays;
import java.util.Map;

/**
 * What a code of the quarantine means and what an operator does about it, Chinese first.
 *
 * @param text what is wrong with the message
 * @param remedy what to do
 */
record QuarantineWords(String text, String remedy) {
  private static final String REPLAY = "处理后执行 emr-gateway replay / then emr-gateway replay";
  private static final Map<String, QuarantineWords> OTHERS = Map.of(
      "mapping.too-large", new QuarantineWords("消息的字段过多，无法转换 / the message has too many fields to be converted",
          "请由发送系统拆分该消息 / have the sender split the message"),
      "mapping.process-died", new QuarantineWords("转换该消息时网关进程曾终止 / the gateway's process ended while it converted this message",
          "请将版本号和接收编号报告给开发方，修复后可重放 / report version and number, then replay after the repair"),
      "delivery.body-too-large", new QuarantineWords("转换结果超过市平台允许的大小 / its bundle is larger than the city allows",
          "请由发送系统拆分该消息（例如其中的文档） / have the sender split it, for example the document in it"),
      "delivery.repair-undone", new QuarantineWords("修复后的投递因 resync 而撤回 / its repair was undone by a resync",
          "执行 emr-gateway replay / emr-gateway replay"),
      "store.discarded", new QuarantineWords("该消息的字节已由操作员放弃 / an operator has given its bytes up",
          "如仍需要，请由医院信息系统重发 / have the HIS send it again if it is needed after all"));

  /** Never empty; a code of another version gets words of its own. */
  static QuarantineWords of(String code) {
    return Reason.ofCode(code)
        .map(reason -> new QuarantineWords(reason.textZh() + " / " + reason.text(), reason.adviceZh() + " / " + reason.advice()))
        .or(() -> Arrays.stream(Finding.values()).filter(finding -> finding.code().equals(code)).findFirst()
            .map(finding -> new QuarantineWords(finding.textZh() + " / " + finding.text(), REPLAY)))
        .orElseGet(() -> OTHERS.getOrDefault(code, new QuarantineWords("未知的原因代码 / a code unknown to this version", REPLAY)));
  }
}
