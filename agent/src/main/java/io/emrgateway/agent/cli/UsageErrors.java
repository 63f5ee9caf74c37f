package io.emrgateway.agent.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * A command line that cannot be understood: which part of it, never what stands there. It may be a patient's number that
 * was typed in the wrong place, and what goes to the terminal goes to scripts' logs too.
 */
final class UsageErrors implements IParameterExceptionHandler {

  @Override
  public int handleParseException(ParameterException wrong, String[] words) {
    CommandLine command = wrong.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("control.usage: " + words(wrong, command));
    String name = command.getCommandSpec().qualifiedName();
    err.println("  处理 / remedy: " + name + " --help 列出可用的写法 / " + name + " --help has what can be written");
    err.flush();
    return WithSettings.BAD_SETTINGS;
  }

  private static String words(ParameterException wrong, CommandLine command) {
    if (wrong instanceof MissingParameterException missing) {
      String names = names(missing.getMissing());
      return names.isEmpty() ? "缺少参数 / something is missing" : "缺少 " + names + " / missing: " + names;
    }
    if (wrong.getArgSpec() != null) {
      return ofOne(wrong.getArgSpec());
    }
    if (wrong instanceof UnmatchedArgumentException) {
      List<String> commands = new ArrayList<>();
      command.getSubcommands().forEach((name, one) -> {
        if (!one.getCommandSpec().usageMessage().hidden()) {
          commands.add(name);
        }
      });
      return commands.isEmpty() ? "有不认识的选项或多余的参数 / there is an option that is not known, or an argument too many"
          : "不认识该命令或选项；命令有：" + String.join("、", commands) + " / no such command or option; the commands are: "
              + String.join(", ", commands);
    }
    return "命令行有误 / the command line cannot be understood";
  }

  private static String ofOne(ArgSpec one) {
    String name = name(one);
    List<String> allowed = new ArrayList<>();
    if (one.completionCandidates() != null) {
      one.completionCandidates().forEach(allowed::add);
    }
    return allowed.isEmpty() ? name + " 的值不可用，或写了不止一次 / the value of " + name + " cannot be used, or it is there twice"
        : name + " 只能是：" + String.join("、", allowed) + " / " + name + " is one of: " + String.join(", ", allowed);
  }

  private static String names(List<ArgSpec> missing) {
    return missing.stream().map(UsageErrors::name).distinct().collect(Collectors.joining(" "));
  }

  private static String name(ArgSpec one) {
    return one instanceof OptionSpec option ? option.longestName() : one.paramLabel();
  }
}
