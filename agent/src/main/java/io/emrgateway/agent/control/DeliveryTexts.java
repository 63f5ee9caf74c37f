package io.emrgateway.agent.control;

import io.emrgateway.routes.core.Refused;
import java.util.Map;

/**
 * What a code of the delivery means and what to do, for logs, status and console.
 *
 * @param textZh what is the matter
 * @param text the same in English
 * @param remedyZh what to do, or that nothing has to be done
 * @param remedy the same in English
 * @param paused true if the delivery waits for a person to act; false if it goes on by itself once the cause is gone
 */
public record DeliveryTexts(String textZh, String text, String remedyZh, String remedy, boolean paused) {
  private static final boolean BY_ITSELF = false;
  private static final boolean NEEDS_OPERATOR = true;
  private static final Map<String, DeliveryTexts> TEXTS = Map.ofEntries(
      Map.entry("delivery.city-unreachable", new DeliveryTexts("无法连接市平台", "the city cannot be reached",
          "将自动重试；请检查专线和防火墙", "tried again by itself; check line and firewall", BY_ITSELF)),
      Map.entry("delivery.city-slow", new DeliveryTexts("市平台未在时限内应答", "the city did not answer in time",
          "将自动重试；若持续出现请联系市平台", "tried again by itself; if it lasts, call the city", BY_ITSELF)),
      Map.entry("delivery.city-busy", new DeliveryTexts("市平台繁忙", "the city is busy",
          "将按其要求稍后重试，无需处理", "tried again when it asks us to; nothing to do", BY_ITSELF)),
      Map.entry("delivery.tls-failed", new DeliveryTexts("与市平台的 TLS 握手失败", "the TLS handshake with the city failed",
          "请检查 TLS 证书是否过期、city-ca.pem 是否正确（emr-gateway check），更换后重启网关；若原因在市平台一侧，恢复后自动继续",
          "check our TLS certificate and city-ca.pem (emr-gateway check), restart after a change; if the cause is the city's it goes on"
              + " by itself afterwards", NEEDS_OPERATOR)),
      Map.entry("delivery.trust-expired", new DeliveryTexts("信任文件已过期且未能更新", "the trust file has expired and could not be renewed",
          "请从市平台取得新的 trust.cms，放入 keys 目录后重启网关",
          "obtain a new trust.cms from the city, put it into the keys folder and restart the gateway", NEEDS_OPERATOR)),
      Map.entry("delivery.receipt-not-valid", new DeliveryTexts("回执签名无效，批次保留", "a receipt's signature is not valid; the batch stays",
          "将自动重试；若持续出现请联系市平台", "tried again by itself; if it lasts, call the city", BY_ITSELF)),
      Map.entry("delivery.receipt-of-another-batch", new DeliveryTexts("回执不属于该批次，批次保留", "the receipt is for another batch; the batch stays",
          "将自动重试；若持续出现请联系市平台", "tried again by itself; if it lasts, call the city", BY_ITSELF)),
      Map.entry("delivery.answer-not-valid", new DeliveryTexts("市平台的应答签名无效", "the signature of the city's answer is not valid",
          "将自动重试；若持续出现请联系市平台", "tried again by itself; if it lasts, call the city", BY_ITSELF)),
      Map.entry("delivery.city-chain-broken", new DeliveryTexts("回执链与本机不符", "the chain of receipts does not fit ours",
          "将自动重新核对并重试；若持续出现请联系市平台", "checked and tried again by itself; if it lasts, call the city", BY_ITSELF)),
      Map.entry("delivery.gap", new DeliveryTexts("市平台缺少前面的批次", "the city lacks earlier batches",
          "将自动从其所在位置重发", "sent again by itself from where it stands", BY_ITSELF)),
      Map.entry("delivery.fork", new DeliveryTexts("市平台在同一编号下持有不同内容，已停止投递（继续接收）",
          "the city holds other content under one of our numbers: delivery stopped, intake goes on",
          "请联系市平台，再执行 emr-gateway resync", "call the city, then emr-gateway resync", NEEDS_OPERATOR)),
      Map.entry("delivery.epoch-closed", new DeliveryTexts("本纪元已被另一台同名网关关闭，已停止投递（继续接收）",
          "our epoch was closed by a twin of this gateway: delivery stopped, intake goes on",
          "请停止其中一台，再在保留的一台上执行 emr-gateway resync", "stop one of the two, then emr-gateway resync on the other", NEEDS_OPERATOR)),
      Map.entry("delivery.city-ahead", new DeliveryTexts("市平台比本机更新：本机可能是恢复或克隆的副本，已停止投递（继续接收）",
          "the city knows more than we do: this gateway was restored, or a twin of it runs elsewhere; delivery stopped, intake goes on",
          "先确认没有另一台同名网关在运行，再执行 emr-gateway resync", "make sure that no twin runs, then emr-gateway resync", NEEDS_OPERATOR)),
      Map.entry("delivery.city-behind-our-store", new DeliveryTexts("市平台回退到本机已清理的位置之前，已停止投递（继续接收）",
          "the city went back further than our store reaches: delivery stopped, intake goes on",
          "中间的消息须由市平台从自己的备份或由 HIS 补回；与市平台商定后执行 emr-gateway resync",
          "what lies between has to come from the city's backups or from the HIS again; agree with the city, then emr-gateway resync",
          NEEDS_OPERATOR)),
      Map.entry("delivery.rule-broken", new DeliveryTexts("市平台拒绝该批次（规则见 detail），批次保留",
          "the city refuses the batch by the rule in detail; it stays",
          "请把规则告知技术支持；仍会定时重试，原因排除后可执行 emr-gateway resume",
          "tell support the rule; it is tried again now and then, and at once with emr-gateway resume", NEEDS_OPERATOR)),
      Map.entry("delivery.certificate-not-pinned", new DeliveryTexts("市平台未登记本机证书", "the city does not have our certificate on its register",
          "请联系市平台核对登记，再执行 emr-gateway resume", "ask the city to check its register, then emr-gateway resume", NEEDS_OPERATOR)),
      Map.entry("delivery.too-large", new DeliveryTexts("批次超过约定大小，属网关缺陷", "the batch is larger than the contract allows: a defect of ours",
          "请联系技术支持", "call support", NEEDS_OPERATOR)));
  private static final DeliveryTexts UNKNOWN = new DeliveryTexts("投递受阻", "the delivery is held up",
      "将自动重试；若持续出现请把代码告知技术支持", "tried again by itself; if it lasts, tell support the code", BY_ITSELF);

  /** Chinese first, English beside; never empty. */
  public static DeliveryTexts of(String code) {
    return Refused.Reason.ofCode(code)
        .map(reason -> new DeliveryTexts(reason.textZh(), reason.text(), reason.adviceZh(), reason.advice(),
            reason.remedy() == Refused.Remedy.OPERATOR_REPAIRS))
        .orElseGet(() -> TEXTS.getOrDefault(code, UNKNOWN));
  }

  /** What is the matter and what to do, in one line. */
  public String line() {
    return textZh + "；" + remedyZh + " / " + text + ". " + remedy;
  }
}
