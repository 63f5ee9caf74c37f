package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.control.Line;
import io.emrgateway.agent.seal.Certificate;
import io.emrgateway.agent.seal.Header;
import io.emrgateway.agent.seal.MasterKey;
import io.emrgateway.agent.seal.SealRefused;
import io.emrgateway.agent.seal.Suite;
import io.emrgateway.agent.seal.TrustFile;
import io.emrgateway.agent.store.AuditChain;
import io.emrgateway.agent.store.AuditChain.Against;
import io.emrgateway.agent.store.AuditChain.Break;
import io.emrgateway.agent.store.AuditChain.Verdict;
import io.emrgateway.agent.store.StoreUnusable;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Verifies the audit's chain on the file, whether a gateway runs or not. */
@Command(name = "verify",
    description = "核验审计链：逐条重算，并与送交市平台的链头比对；只读，网关运行与否均可"
        + " / verify the audit chain: every link anew, and against the heads that went to the city; reads only, with the gateway running or not")
final class AuditVerify extends WithSettings {
  @Option(names = "--head", paramLabel = "N:HASH",
      description = "另外比对的链头，如由市平台提供 / a head from elsewhere to compare with, for example from the city")
  String head;

  @Option(names = "--from", paramLabel = "K", description = "从第 K 条起核验 / from record K on")
  long from = 1;

  @Option(names = "--json", description = "输出一个 JSON 对象 / one JSON object")
  boolean json;

  @Override
  int run(GatewaySettings settings) {
    Optional<Header.Audit> expected = head == null ? Optional.empty() : head(head);
    if (head != null && expected.isEmpty() || from < 1) {
      System.err.println("control.usage: --head 形如 55121:64位十六进制，--from 至少为 1 / --head is N:HASH with 64 hex digits, --from at least 1");
      return BAD_SETTINGS;
    }
    Suite suite = Suite.of(settings.suite().toString());
    try {
      Verdict verdict = AuditChain.verify(settings.home(), new Against(master(settings), receiptCertificates(settings, suite), expected, from));
      if (json) {
        System.out.println(line(verdict));
      } else {
        print(verdict);
      }
      verdict.broken().ifPresent(AuditVerify::tell);
      return verdict.broken().isEmpty() ? 0 : 1;
    } catch (StoreUnusable e) {
      System.err.println(e.render());
      return BAD_SETTINGS;
    } catch (SealRefused e) {
      System.err.println(e.code() + ": " + e.reason().textZh() + " / " + e.reason().text());
      System.err.println("  处理 / remedy: " + e.reason().remedyZh() + " / " + e.reason().remedy());
      return BAD_SETTINGS;
    }
  }

  private static Optional<Header.Audit> head(String text) {
    int colon = text.indexOf(':');
    return colon > 0 && text.substring(0, colon).matches("[0-9]{1,15}") && Suite.isHash(text.substring(colon + 1))
        ? Optional.of(new Header.Audit(Long.parseLong(text.substring(0, colon)), text.substring(colon + 1))) : Optional.empty();
  }

  /** Whoever verifies without it sees the chain and leaves the records closed. */
  private static Optional<MasterKey> master(GatewaySettings settings) {
    try {
      return Optional.of(MasterKey.load(settings.keys().master()));
    } catch (SealRefused notAtHand) {
      return Optional.empty();
    }
  }

  private static List<Certificate> receiptCertificates(GatewaySettings settings, Suite suite) {
    try {
      return TrustFile.load(settings.keys().trust(), suite).receiptCertificates();
    } catch (SealRefused notAtHand) {
      return List.of();
    }
  }

  private static void print(Verdict verdict) {
    System.out.println("审计链 / audit chain: " + (verdict.broken().isPresent() ? "不完整 / NOT whole" : verdict.first() == 0 ? "没有记录 / no record"
        : "完整 / whole") + "，核验至 / verified " + verdict.first() + "–" + verdict.head().n());
    System.out.println("链头 / head: " + verdict.head().n() + ":" + verdict.head().head());
    System.out.println("市平台最近见证 / last witnessed by the city: " + verdict.witnessed().map(one -> one.n() + ":" + one.head()
        + (verdict.signed() ? "，回执签名已核验 / receipt's signature verified" : "，回执签名未核验 / receipt's signature not verified")).orElse("尚无 / nothing yet"));
    System.out.println("与批次链头一致 / heads of batches that agree: " + verdict.compared());
    System.out.println("密封记录 / sealed records: " + verdict.sealed() + "，已打开核对 / opened and compared: " + verdict.opened()
        + (verdict.opened() < verdict.sealed() ? "（没有主密钥 / no master key）" : ""));
  }

  private static Line line(Verdict verdict) {
    return new Line().put("ok", verdict.broken().isEmpty()).put("first", verdict.first()).put("n", verdict.head().n())
        .put("head", verdict.head().head()).put("sealed", verdict.sealed()).put("opened", verdict.opened()).put("compared", verdict.compared())
        .put("witnessedN", verdict.witnessed().map(Header.Audit::n).orElse(null))
        .put("witnessedHead", verdict.witnessed().map(Header.Audit::head).orElse(null)).put("receiptVerified", verdict.signed())
        .put("code", verdict.broken().map(one -> one.what().code()).orElse(null)).put("k", verdict.broken().map(Break::k).orElse(null));
  }

  private static void tell(Break broken) {
    System.err.println(broken.what().code() + ": 第 " + broken.k() + " 条：" + broken.what().textZh() + " / record " + broken.k() + ": "
        + broken.what().text());
    System.err.println("  处理 / remedy: 保留 gateway.db 及其 -wal 的副本，向市平台索取见证的链头，与备份比对"
        + " / keep copies of gateway.db and its -wal, ask the city for the heads it witnessed, compare with a backup");
  }
}
