package io.emrgateway.agent.control;

import io.emrgateway.routes.core.Refused.Reason;
import io.emrgateway.routes.core.lookup.ConsentRule;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * What a command's code means and what to do about it, Chinese first, so that no code stands alone.
 *
 * @param text what is the matter
 * @param remedy what to do
 */
record ControlWords(String text, String remedy) {
  static final String NOT_IN_QUARANTINE = "control.not-in-quarantine";
  static final String PATIENT_UNKNOWN = "audit.patient-unknown";
  static final String RESYNC_NEEDS_COMMON = "control.resync-needs-common";
  static final String RESYNC_NOT_NEEDED = "control.resync-not-needed";
  private static final String SUPPORT = "把代码、时间和版本号（--version）告知技术支持 / tell support the code, the time and the version (--version)";
  private static final Map<String, ControlWords> WORDS = Map.ofEntries(
      Map.entry(NOT_IN_QUARANTINE, new ControlWords("隔离区中没有这个编号的消息：从未隔离、已修复送出或已放弃"
          + " / no such number in quarantine: it never was, has been mended and sent, or was given up",
          "用 emr-gateway quarantine 查看现有编号 / emr-gateway quarantine lists the numbers there are")),
      Map.entry("control.number-unusable", new ControlWords("不是可用的编号 / not a number that can be used",
          "编号是 emr-gateway quarantine 各行的 i / numbers are the i of each line of emr-gateway quarantine")),
      Map.entry("control.command-unknown", new ControlWords("运行中的网关不认识该命令，版本可能不同"
          + " / the running gateway does not know the command; it may be of another version",
          "用与运行中网关相同版本的 emr-gateway / use the emr-gateway of the version that runs")),
      Map.entry("control.failed", new ControlWords("网关未能执行该命令，原因见其日志 / the gateway could not do it; its log says why",
          "查看 emr-gateway status 和日志 / look at emr-gateway status and the log")),
      Map.entry(RESYNC_NOT_NEEDED, new ControlWords("无需 resync：本机与市平台没有分歧，未做任何更改"
          + " / no resync is needed: this gateway and the city do not differ; nothing was changed",
          "emr-gateway status 说明在等什么；原因排除后用 emr-gateway resume"
              + " / emr-gateway status says what it waits for; after mending that, emr-gateway resume")),
      Map.entry(RESYNC_NEEDS_COMMON, new ControlWords("两边的批次已分叉，须指明双方仍一致的最后批次号"
          + " / the two histories have forked: name the last batch that both sides hold alike",
          "向市平台询问该编号，再执行 emr-gateway resync 编号 / ask the city for it, then emr-gateway resync SEQ")),
      Map.entry(ConsentRule.UNKNOWN.code(), new ControlWords(ConsentRule.UNKNOWN.textZh() + " / " + ConsentRule.UNKNOWN.text(),
          "用 emr-gateway consent list、objection list 查看现有编号 / emr-gateway consent list and objection list have the numbers there are")),
      Map.entry(PATIENT_UNKNOWN, new ControlWords("本院没有该患者，审计中也没有关于该号码的记录；未生成文件"
          + " / no patient of this hospital has that number, and nothing in the audit is about it; no file was made",
          "核对号码及其编号体系：身份证号、HIS 号码，或 体系|号码 / compare the number and its numbering: a resident ID, a number of the HIS, or SYSTEM|VALUE")),
      Map.entry("store.payload-damaged", of(Reason.PAYLOAD_DAMAGED)),
      Map.entry("store.discarded", new ControlWords("该消息的字节已由操作员放弃 / an operator has given its bytes up",
          "如仍需要，请由医院信息系统重发 / have the HIS send it again if it is needed after all")),
      Map.entry(Reason.CANNOT_WRITE.code(), of(Reason.CANNOT_WRITE)),
      Map.entry(Reason.DISK_FULL.code(), of(Reason.DISK_FULL)),
      Map.entry("store.damaged", new ControlWords("数据文件损坏，已停止接收 / the store is damaged; nothing is taken any more",
          "保留 gateway.db、gateway.db-wal 的副本，检查磁盘，从备份恢复"
              + " / keep copies of gateway.db and gateway.db-wal, check the disk, restore from a backup")),
      Map.entry("store.ceiling-exceeded", new ControlWords("存储超过 disk-ceiling，已无可清除的内容（继续接收）"
          + " / the store is over disk-ceiling and nothing is left that may be released; intake goes on",
          "检查投递和隔离区（emr-gateway quarantine discard），或调大 disk-ceiling"
              + " / look at the delivery and the quarantine (emr-gateway quarantine discard), or raise disk-ceiling")));

  /** Never empty; a code of the delivery has the delivery's words. */
  static ControlWords of(String code) {
    ControlWords words = WORDS.get(code);
    if (words != null) {
      return words;
    }
    Optional<ConsentRule> rule = Arrays.stream(ConsentRule.values()).filter(one -> one.code().equals(code)).findFirst();
    if (rule.isPresent()) {
      return new ControlWords(rule.get().textZh() + " / " + rule.get().text(), rule.get().remedyZh() + " / " + rule.get().remedy());
    }
    DeliveryTexts delivery = DeliveryTexts.of(code);
    return code.startsWith("delivery.")
        ? new ControlWords(delivery.textZh() + " / " + delivery.text(), delivery.remedyZh() + " / " + delivery.remedy())
        : new ControlWords("未知的代码 / a code without words", SUPPORT);
  }

  private static ControlWords of(Reason reason) {
    return new ControlWords(reason.textZh() + " / " + reason.text(), reason.adviceZh() + " / " + reason.advice());
  }
}
