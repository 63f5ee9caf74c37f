package io.emrgateway.simulator;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The character set in which a ward writes, and the names under which MSH-18 may declare it. */
public enum WardCharset {
  /** Writes every Chinese character; four bytes for those outside GBK. MSH-18 by HL7 table 0211. */
  GB18030(Charset.forName("GB18030"), "GB 18030-2000", "UNICODE UTF-8"),
  /** What most Chinese HIS write; MSH-18 is a local value, because table 0211 has no row for it. */
  GBK(Charset.forName("GBK"), "GBK", "UNICODE UTF-8"),
  UTF_8(StandardCharsets.UTF_8, "UNICODE UTF-8", "8859/1");

  private final Charset charset;
  private final String honest;
  private final String wrong;

  WardCharset(Charset charset, String honest, String wrong) {
    this.charset = charset;
    this.honest = honest;
    this.wrong = wrong;
  }

  public Charset charset() {
    return charset;
  }

  /** What MSH-18 says under this declaration; empty for {@link Declaration#ABSENT}. */
  public String declaredAs(Declaration declaration) {
    return switch (declaration) {
      case HONEST -> honest;
      case WRONG -> wrong;
      case ABSENT -> "";
    };
  }

  /** True if every character of the text can be written in this character set. */
  public boolean canWrite(String text) {
    return charset.newEncoder().canEncode(text);
  }

  /**
   * The text as bytes; no character is replaced.
   *
   * @throws IllegalArgumentException if a character cannot be written
   */
  public byte[] encode(String text) {
    try {
      var encoder = charset.newEncoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);
      ByteBuffer bytes = encoder.encode(CharBuffer.wrap(text));
      return Arrays.copyOf(bytes.array(), bytes.limit());
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("a character cannot be written in " + charset.name(), e);
    }
  }

  /**
   * Accepts the spellings of table 0211 and of people: {@code gb18030}, {@code GB 18030-2000}, {@code utf-8}.
   *
   * @throws SimulatorRefused {@code simulator.charset-unknown}
   */
  public static WardCharset named(String name) {
    return switch (name.toUpperCase(java.util.Locale.ROOT).replaceAll("[ _-]", "")) {
      case "GB18030", "GB180302000" -> GB18030;
      case "GBK" -> GBK;
      case "UTF8", "UNICODEUTF8" -> UTF_8;
      default -> throw new SimulatorRefused("simulator.charset-unknown",
          "字符集只能是 GB18030、GBK 或 UTF-8", "the character set is one of GB18030, GBK, UTF-8");
    };
  }

  /** How far MSH-18 can be believed. */
  public enum Declaration { HONEST, WRONG, ABSENT }
}
