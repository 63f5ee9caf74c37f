package io.emrgateway.agent.configuration;

import java.nio.file.Path;

/**
 * One thing in the settings, or in what they name, that a person has to mend: what, where, and what to do.
 *
 * @param file the settings file, absolute
 * @param line from 1, as an editor counts; 0 if it concerns the file as a whole
 * @param column from 1, in characters; 0 if it concerns the file as a whole
 * @param key the whole name of the key, {@code sources[his-adt].port}; empty if none can be named
 * @param gravity whether it keeps the gateway from starting
 * @param code what kind of problem, stable across releases: the {@link Code#id} of one of ours, or the code of a part of
 *     the gateway that refused a file, such as {@code seal.certificate-feed}
 * @param textZh what is wrong, in Chinese
 * @param text what is wrong, in English
 * @param remedyZh what to do about it, in Chinese
 * @param remedy what to do about it, in English
 */
public record Problem(
    Path file,
    int line,
    int column,
    String key,
    Gravity gravity,
    String code,
    String textZh,
    String text,
    String remedyZh,
    String remedy) {

  /** An error keeps the gateway from starting; with a warning it starts, and something will not be as it should. */
  public enum Gravity { ERROR, WARNING }

  /** Every way settings can be wrong. A code that has shipped keeps its meaning. */
  public enum Code {
    FILE_MISSING("settings.file-missing"),
    FILE_UNREADABLE("settings.file-unreadable"),
    FILE_TOO_LARGE("settings.file-too-large"),
    FILE_EMPTY("settings.file-empty"),
    ENCODING("settings.encoding"),
    FULL_WIDTH("settings.full-width"),
    TAB("settings.tab"),
    SYNTAX("settings.syntax"),
    KEY_UNKNOWN("settings.key-unknown"),
    KEY_TWICE("settings.key-twice"),
    KEY_MISSING("settings.key-missing"),
    VALUE_MISSING("settings.value-missing"),
    /** A section where a value belongs, a value where a list belongs, and so on. */
    SHAPE("settings.shape"),
    VALUE_MALFORMED("settings.value-malformed"),
    VALUE_OUT_OF_RANGE("settings.value-out-of-range"),
    VALUE_NOT_A_CHOICE("settings.value-not-a-choice"),
    /** The reference file's example was left in. */
    VALUE_IS_EXAMPLE("settings.value-is-example"),
    CONTRADICTION("settings.contradiction"),
    NAME_TWICE("settings.name-twice"),
    ADDRESS_TWICE("settings.address-twice"),
    /** A source listens to the network and no sender out there may use it. */
    NOBODY_ALLOWED("settings.nobody-allowed"),
    NAMED_FILE_MISSING("settings.named-file-missing"),
    NAMED_FILE_UNREADABLE("settings.named-file-unreadable"),
    /** A secret that other users of the machine may read. */
    NAMED_FILE_EXPOSED("settings.named-file-exposed"),
    HOME_UNUSABLE("settings.home-unusable"),
    /** No such address on this machine, or its kind (IPv6) is switched off. */
    ADDRESS_UNUSABLE("settings.address-unusable"),
    PORT_TAKEN("gateway.port-taken"),
    /** A gateway with this home runs already; found by the store's lock it has the same code. */
    HOME_IN_USE("store.in-use"),
    /** A certificate or the trust file is past its last day. */
    EXPIRED("settings.expired"),
    NOT_YET_VALID("settings.not-yet-valid"),
    ENDS_SOON("settings.ends-soon"),
    /** A mistake in this hospital's own mapping rules. */
    SITE_RULES("settings.site-rules"),
    /** The text that patients sign says too little, or is none. */
    AGREEMENT_TEXT("settings.agreement-text");

    private final String id;

    Code(String id) {
      this.id = id;
    }

    /** The stable name for logs, tests and the manual: {@code settings.key-unknown}. */
    public String id() {
      return id;
    }
  }

  public boolean isError() {
    return gravity == Gravity.ERROR;
  }

  /** For a terminal: place, code, whether it is but a warning, and two sentences in each language; ends with a line feed. */
  public String render() {
    StringBuilder out = new StringBuilder(file.toString());
    if (line > 0) {
      out.append(':').append(line).append(':').append(column);
    }
    if (!key.isEmpty()) {
      out.append("  ").append(key);
    }
    return out.append("  [").append(code).append(isError() ? "]\n" : "]  警告 / warning\n")
        .append("  ").append(textZh).append('\n')
        .append("  → ").append(remedyZh).append('\n')
        .append("  ").append(text).append('\n')
        .append("  → ").append(remedy).append('\n')
        .toString();
  }
}
