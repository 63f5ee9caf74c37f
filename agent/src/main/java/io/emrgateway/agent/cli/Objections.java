package io.emrgateway.agent.cli;

import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.configuration.GatewaySettings.LookupSection;
import io.emrgateway.routes.core.lookup.KeepConsent;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What is not to be shown to other hospitals; whose it is is the HIS's to show. */
@Command(name = "objection", mixinStandardHelpOptions = true,
    description = "患者拒绝共享（或本院不予共享）：登记、列出、查看、解除 / patients who object to being shown to other hospitals, or whom this hospital"
        + " withholds: record, list, show, lift",
    subcommands = {Objections.All.class, Objections.Show.class, Objections.Take.class, Objections.Lift.class})
final class Objections {

  @Command(name = "list", description = "列出登记的声明，及市平台是否已收到 / list them, and whether the city has heard")
  static final class All extends Listing {
    All() {
      super("objections");
    }
  }

  /** Of one of them. */
  abstract static class One extends WithSettings {
    @Parameters(paramLabel = "NUMBER", description = "声明编号（与授权编号不得相同） / its number; no consent has the same")
    String reference;

    String request(String word) {
      return "objection " + word + " " + word(reference);
    }

    static String word(String text) {
      return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
  }

  @Command(name = "show", description = "显示一份声明（不含患者信息） / show one, without the patient")
  static final class Show extends One {
    @Override
    int run(GatewaySettings settings) {
      return Control.print(settings, request("show"));
    }
  }

  /** One that is changed by somebody. */
  abstract static class Change extends One {
    @Option(names = "--by", paramLabel = "STAFF", defaultValue = "operator",
        description = "经办人工号，记入审计（默认 operator） / staff number of who does it, for the audit (operator unless given)")
    String by;

    boolean isSigned() {
      if (!KeepConsent.isStaff(by)) {
        System.err.println("control.usage: --by 须为工号：字母、数字或 ._/@- / --by is a staff number: letters, digits or ._/@-");
        return false;
      }
      return true;
    }
  }

  @Command(name = "record",
      description = "登记：立即生效，并告知市平台；患者号码从标准输入读取，不写在命令行上"
          + " / record one: it counts at once, and the city is told; the patient's numbers are read from standard input, not from the command line")
  static final class Take extends Change {
    @Option(names = "--section", paramLabel = "SECTION", split = ",",
        description = "只限这些内容：${COMPLETION-CANDIDATES}；不写则全部 / these alone; all unless given")
    List<LookupSection> sections = List.of();

    @Option(names = "--reason", paramLabel = "TEXT",
        description = "本院不予共享的理由；不写则为患者本人的声明 / why this hospital withholds the patient; without it, it is the patient who objects")
    String reason;

    @Override
    int run(GatewaySettings settings) throws IOException {
      if (!isSigned()) {
        return BAD_SETTINGS;
      }
      List<String> numbers = PatientNumbers.read();
      return numbers.isEmpty() ? BAD_SETTINGS : Control.print(settings, request("record") + " " + by + " "
          + (sections.isEmpty() ? "-" : sections.stream().map(LookupSection::toString).collect(Collectors.joining(","))) + " "
          + (reason == null ? "-" : word(reason)) + " " + String.join(" ", numbers));
    }
  }

  @Command(name = "lift", description = "解除一份声明；重复执行无害 / lift one; harmless twice")
  static final class Lift extends Change {
    @Override
    int run(GatewaySettings settings) {
      return isSigned() ? Control.print(settings, request("lift") + " " + by) : BAD_SETTINGS;
    }
  }
}
