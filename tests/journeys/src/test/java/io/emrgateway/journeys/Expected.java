package io.emrgateway.journeys;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What has to become of a message, read off its bytes by nothing but splits: a second opinion, which knows neither the
 * gateway's reader nor its rules.
 *
 * @param answer as the ledger has it: AA, CA, {@code AR:<code>} (CR too), or none where the sender wants none
 * @param reason the code it stands in quarantine with; empty if the city holds it
 */
record Expected(String answer, String reason) {
  private static final Pattern LINE_END = Pattern.compile("[\r\n]+");
  private static final Pattern BATCH = Pattern.compile("[FB](HS|TS).*", Pattern.DOTALL);
  private static final Pattern TYPE = Pattern.compile("\\w{1,20}");
  /** With any event or none, and one by one. */
  private static final Set<String> MAPPED = Set.of("ADT", "BAR", "DFT", "MDM", "OMD", "OMG", "OMI", "OML", "OMP", "ORM",
      "ORU", "OUL", "PGL", "PPR", "RAS", "RDE", "RDS", "REF", "SIU", "VXU");
  private static final Set<String> ASKING = Set.of("QRY", "QBP", "QCN", "QSB", "QSX", "QVR", "EQQ", "SPQ", "VQQ", "RQQ", "VXQ", "OSQ", "SQM",
      "MFQ", "NMQ");
  private static final Set<String> MAPPED_EVENTS = Set.of("MFN^M02", "MFN^M05");

  static Expected of(byte[] bytes) {
    String seen = new String(bytes, StandardCharsets.ISO_8859_1).strip();
    List<String> lines = Arrays.asList(LINE_END.split(seen));
    String reason = reason(lines);
    return new Expected(answer(lines.get(0), reason), reason);
  }

  private static String reason(List<String> lines) {
    String msh = lines.get(0);
    if (!msh.startsWith("MSH")) {
      return BATCH.matcher(msh).matches() ? "intake.batch-in-frame" : "intake.not-hl7";
    }
    String delimiters = msh.charAt(3) + field(msh, 2);
    if (delimiters.length() < 3 || delimiters.chars().distinct().count() < delimiters.length()
        || delimiters.chars().anyMatch(Character::isLetterOrDigit)) {
      return "intake.msh-unreadable";
    }
    for (String line : lines.subList(1, lines.size())) {
      if (is("MSH", line, msh)) {
        return "intake.several-messages-in-frame";
      }
      if (BATCH.matcher(line).matches()) {
        return "intake.batch-in-frame";
      }
    }
    String[] type = field(msh, 9).split(Pattern.quote(msh.substring(4, 5)), -1);
    if (type[0].equals("ACK") || lines.size() > 1 && is("MSA", lines.get(1), msh)) {
      return "intake.acknowledgement-not-expected";
    }
    if (!TYPE.matcher(type[0]).matches()) {
      return "intake.message-type-missing";
    }
    if (field(msh, 10).isEmpty()) {
      return "intake.control-id-missing";
    }
    if (ASKING.contains(type[0])) {
      return "intake.query-not-expected";
    }
    // Some write the structure where the type belongs, some write small letters.
    String code = type[0].toUpperCase(Locale.ROOT);
    String[] structure = code.matches("[^_]{3}_.{3}") ? code.split("_", 2) : new String[] {code};
    String event = type.length > 1 ? type[1].toUpperCase(Locale.ROOT) : structure.length > 1 ? structure[1] : "";
    boolean mapped = MAPPED.contains(structure[0]) || MAPPED_EVENTS.contains(structure[0] + "^" + event);
    if (!mapped) {
      return "mapping.message-type-unknown";
    }
    // Staff and places are nobody's record.
    boolean complete = type[0].equals("MFN") || lines.stream().anyMatch(line -> is("PID", line, msh));
    return complete ? "" : "mapping.no-patient";
  }

  /** HL7 v2.5.1 chapter 2.9.2: original mode answers always; enhanced mode as MSH-15 and MSH-16 say. */
  private static String answer(String msh, String reason) {
    String accept = field(msh, 15);
    String application = field(msh, 16);
    boolean original = accept.isEmpty() && application.isEmpty();
    if (reason.equals("intake.acknowledgement-not-expected")) {
      return "none";
    }
    if (reason.startsWith("intake.")) {
      boolean wanted = original || !Set.of("", "NE", "SU").containsAll(List.of(accept, application));
      return wanted ? "AR:" + reason : "none";
    }
    Set<String> silent = Set.of("", "NE", "ER");
    return original ? "AA" : !silent.contains(accept) ? "CA" : !silent.contains(application) ? "AA" : "none";
  }

  private static boolean is(String name, String line, String msh) {
    return line.equals(name) || line.startsWith(name + msh.charAt(3));
  }

  /** MSH-n; empty if it is not there. */
  private static String field(String msh, int n) {
    String[] fields = msh.length() < 4 ? new String[0] : msh.split(Pattern.quote(msh.substring(3, 4)), -1);
    return n - 1 < fields.length ? fields[n - 1].strip() : "";
  }
}
