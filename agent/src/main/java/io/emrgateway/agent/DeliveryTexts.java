package io.emrgateway.agent;

import io.emrgateway.routes.core.Refused;
import java.util.Map;

/** What the delivery's codes mean and what to do, for logs, status and console. */
public final class DeliveryTexts {
  private static final Map<String, String> TEXTS = Map.ofEntries(
      Map.entry("delivery.city-unreachable",
          "无法连接市平台，将自动重试；请检查专线和防火墙 / the city cannot be reached; tried again by itself. Check line and firewall"),
      Map.entry("delivery.city-slow",
          "市平台未在时限内应答，将自动重试 / the city did not answer in time; tried again by itself"),
      Map.entry("delivery.city-busy",
          "市平台繁忙，将按其要求稍后重试 / the city is busy; tried again when it asks us to"),
      Map.entry("delivery.tls-failed",
          "与市平台的 TLS 握手失败；请检查 TLS 证书是否过期、city-ca.pem 是否正确 / the TLS handshake failed; check our TLS certificate and city-ca.pem"),
      Map.entry("delivery.trust-expired",
          "信任文件已过期且未能更新；请从市平台取得新的 trust.cms / the trust file has expired and could not be renewed; obtain a new trust.cms"),
      Map.entry("delivery.receipt-not-valid",
          "回执签名无效，批次保留并将重试；若持续出现请联系市平台 / a receipt's signature is not valid; the batch stays and is tried again. If it lasts, call the city"),
      Map.entry("delivery.receipt-of-another-batch",
          "回执不属于该批次，批次保留并将重试 / the receipt is for another batch; tried again"),
      Map.entry("delivery.answer-not-valid",
          "市平台的应答签名无效，将重试 / the signature of the city's answer is not valid; tried again"),
      Map.entry("delivery.city-chain-broken",
          "回执链与本机不符，已暂停并重新核对；若持续出现请联系市平台 / the chain of receipts does not fit ours; checked again. If it lasts, call the city"),
      Map.entry("delivery.gap",
          "市平台缺少前面的批次，将从其所在位置重发 / the city lacks earlier batches; sent again from where it stands"),
      Map.entry("delivery.fork",
          "市平台在同一编号下持有不同内容，已停止投递（继续接收）；请联系市平台后执行 emr-gateway resync / the city holds other content under one of our numbers: delivery stopped, intake goes on. Call the city, then emr-gateway resync"),
      Map.entry("delivery.epoch-closed",
          "本纪元已被另一台同名网关关闭，已停止投递（继续接收）。请停止其中一台，再在保留的一台上执行 emr-gateway resync / our epoch was closed by a twin of this gateway: delivery stopped, intake goes on. Stop one of the two, then emr-gateway resync on the other"),
      Map.entry("delivery.city-ahead",
          "市平台比本机更新：本机可能是恢复或克隆的副本，已停止投递（继续接收）。先确认没有另一台同名网关在运行，再执行 emr-gateway resync / the city knows more than we do: this gateway was restored, or a twin of it runs elsewhere. Delivery stopped. Make sure that no twin runs, then emr-gateway resync"),
      Map.entry("delivery.city-behind-our-store",
          "市平台回退到本机已清理的位置之前，已停止投递（继续接收）；中间的消息须由市平台从自己的备份或由 HIS 补回。与市平台商定后执行 emr-gateway resync / the city went back further than our store reaches: delivery stopped, intake goes on. What lies between has to come from the city's backups or from the HIS again. Agree with the city, then emr-gateway resync"),
      Map.entry("delivery.rule-broken",
          "市平台拒绝该批次（规则见后），批次保留并将定时重试；请联系技术支持 / the city refuses the batch by the rule named; it stays and is tried again. Call support"),
      Map.entry("delivery.certificate-not-pinned",
          "市平台未登记本机证书；请联系市平台核对登记 / the city does not have our certificate on its register; ask it to check"),
      Map.entry("delivery.too-large",
          "批次超过约定大小，属网关缺陷，请联系技术支持 / the batch is larger than the contract allows: a defect of ours, call support"));

  private DeliveryTexts() {}

  /** Chinese first, English beside; never empty. */
  public static String of(String code) {
    return Refused.Reason.ofCode(code)
        .map(reason -> reason.textZh() + "；" + reason.adviceZh() + " / " + reason.text() + ". " + reason.advice())
        .orElseGet(() -> TEXTS.getOrDefault(code, "将自动重试 / tried again by itself"));
  }
}
