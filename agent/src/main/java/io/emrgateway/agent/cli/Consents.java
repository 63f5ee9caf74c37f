package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.routes.core.lookup.KeepConsent;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Patients' consents, by their numbers; whose they are is the HIS's to show. */
@Command(name = "consent", mixinStandardHelpOptions = true,
    description = "患者授权：列出、查看、撤回（只用授权编号） / patients' consents: list, show, withdraw, by their numbers alone",
    subcommands = {Consents.All.class, Consents.Show.class, Consents.Withdraw.class})
final class Consents {

  @Command(name = "list",
      description = "列出本院登记的授权，及市平台是否已收到撤回 / list the consents kept here, and whether the city has heard of a withdrawal")
  static final class All extends Listing {
    All() {
      super("consents");
    }
  }

  /** Of one consent. */
  abstract static class One extends WithSettings {
    @Parameters(paramLabel = "NUMBER", description = "授权编号（协议编号） / the consent's number")
    String reference;

    int ask(GatewaySettings settings, String word, String more) {
      return Control.print(settings, "consent " + word + " " + URLEncoder.encode(reference, StandardCharsets.UTF_8) + more);
    }
  }

  @Command(name = "show", description = "显示一份授权（不含患者信息） / show one consent, without the patient")
  static final class Show extends One {
    @Override
    int run(GatewaySettings settings) {
      return ask(settings, "show", "");
    }
  }

  @Command(name = "withdraw",
      description = "撤回一份授权：本机立即生效，并告知市平台；重复执行无害 / withdraw one: here it counts at once, and the city is told; harmless twice")
  static final class Withdraw extends One {
    @Option(names = "--by", paramLabel = "STAFF", defaultValue = "operator",
        description = "经办人工号，记入审计（默认 operator） / staff number of who does it, for the audit (operator unless given)")
    String by;

    @Override
    int run(GatewaySettings settings) {
      if (!KeepConsent.isStaff(by)) {
        System.err.println("control.usage: --by 须为工号：字母、数字或 ._/@- / --by is a staff number: letters, digits or ._/@-");
        return BAD_SETTINGS;
      }
      return ask(settings, "withdraw", " " + by);
    }
  }
}
