package io.emrgateway.mappings.hl7;

import io.emrgateway.mappings.hl7.Decoded.Flag;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * How the bytes of one source become text: by the configured character set, by MSH-18 as a hint, or by looking.
 *
 * <p>Latin-1 may read as GB 18030 too: in "José|", E9 7C is an ideograph, and the delimiter is gone. A message is taken
 * for GB 18030 only if that is likelier than Latin ({@link #latinAt}); see "agent/decisions/0019-latin-or-chinese.md".
 *
 * <p>Always strict: bytes that do not fit are {@link Undecodable}, never U+FFFD. What is configured wins over
 * MSH-18, which senders copy from templates; still, bytes that are certainly UTF-8 are not read as the configured
 * GB 18030, for nearly any UTF-8 text also decodes as (senseless) GBK.
 *
 * <p>Safe for any number of threads.
 */
public final class CharsetPolicy {

  /** What became of the bytes. */
  public sealed interface Outcome permits Decoded, Undecodable {}

  private static final Charset GB18030 = Charset.forName("GB18030");
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  /**
   * Names seen in MSH-18, upper case, for the sets a Java runtime calls otherwise: HL7 table 0211, and what
   * hospitals write instead. GB2312 and GBK are read as GB 18030, which holds both.
   */
  private static final Map<String, Charset> LABELS = labels();

  private enum Kind { FIXED, MSH18, DETECT }

  private final Kind kind;
  private final Charset fixed;
  private final String setting;

  private CharsetPolicy(Kind kind, Charset fixed, String setting) {
    this.kind = kind;
    this.fixed = fixed;
    this.setting = setting;
  }

  /**
   * @param setting {@code detect}, {@code msh-18}, a name of HL7 table 0211 ("GB 18030-2000") or a Java charset name
   * @throws IllegalArgumentException if nobody knows the name, or if the set does not keep ASCII as it is, as MLLP
   *     needs (UTF-16, EBCDIC)
   */
  public static CharsetPolicy of(String setting) {
    String name = setting.strip();
    switch (name.toLowerCase(Locale.ROOT)) {
      case "detect":
        return new CharsetPolicy(Kind.DETECT, null, "detect");
      case "msh-18":
        return new CharsetPolicy(Kind.MSH18, null, "msh-18");
      default:
        Charset charset = byLabel(name).orElseThrow(() -> new IllegalArgumentException(
            "charset: \"" + name + "\" is not known; use detect, msh-18, GB18030, GBK, UTF-8 or a Java charset name"));
        if (!keepsAscii(charset)) {
          throw new IllegalArgumentException(
              "charset: " + charset.name() + " does not keep ASCII as it is, so MLLP cannot carry it");
        }
        return new CharsetPolicy(Kind.FIXED, charset, charset.name());
    }
  }

  /** The character set named by the setting; empty for {@code detect} and {@code msh-18}. */
  public Optional<Charset> configured() {
    return Optional.ofNullable(fixed);
  }

  /**
   * The character set that a label means, by HL7 table 0211, common practice or Java's own names.
   *
   * @param label as in MSH-18, in any case, one repetition of it
   */
  public static Optional<Charset> byLabel(String label) {
    String name = label.strip().toUpperCase(Locale.ROOT);
    Charset known = LABELS.get(name);
    if (known != null) {
      return Optional.of(known);
    }
    if (name.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Charset.forName(name));
    } catch (IllegalCharsetNameException | UnsupportedCharsetException unknown) {
      return Optional.empty();
    }
  }

  /** What HL7 table 0211 calls a character set, or Java where that has no name for it; for MSH-18. */
  public static String labelFor(Charset charset) {
    String name = charset.name();
    if (name.startsWith("ISO-8859-")) {
      return "8859/" + name.substring("ISO-8859-".length());
    }
    return switch (name) {
      case "GB18030" -> "GB 18030-2000";
      case "UTF-8" -> "UNICODE UTF-8";
      case "US-ASCII" -> "ASCII";
      case "Big5" -> "BIG-5";
      default -> name;
    };
  }

  /** Decodes by this policy. Never throws, whatever the bytes; a few microseconds for 1 KB. */
  public Outcome decode(byte[] bytes) {
    Outcome outcome = decodeBeginning(bytes);
    if (bytes.length <= LONG_BYTES || !(outcome instanceof Decoded decoded)) {
      return outcome;
    }
    // What the long text is, is known; now it is made, once.
    String text = text(Charset.forName(decoded.charset()), bytes, decoded.flags().contains(Flag.BYTE_ORDER_MARK) ? 3 : 0);
    return new Decoded(PrivateUse.moved(text), decoded.charset(), decoded.flags());
  }

  /**
   * As {@link #decode}, all of the bytes being looked at, but of a message longer than 256 KiB the text ends
   * behind some 64 Ki characters: deciding about its character set so takes next to no memory.
   */
  public Outcome decodeBeginning(byte[] bytes) {
    Set<Flag> flags = EnumSet.noneOf(Flag.class);
    boolean marked = bytes.length >= 3
        && bytes[0] == (byte) 0xEF && bytes[1] == (byte) 0xBB && bytes[2] == (byte) 0xBF;
    int from = marked ? 3 : 0;
    if (marked) {
      flags.add(Flag.BYTE_ORDER_MARK);
    }
    int switched = switchedAt(bytes, from);
    if (switched >= 0) {
      return undecodable(bytes, from, switched, fixed == null ? StandardCharsets.US_ASCII : fixed);
    }
    if (isAscii(bytes, from, bytes.length)) {
      return ascii(bytes, from, flags);
    }
    return switch (kind) {
      case FIXED -> configured(bytes, from, flags);
      case MSH18 -> hinted(bytes, from, flags);
      case DETECT -> detected(bytes, from, flags, true);
    };
  }

  /** ASCII is the same in every set we take; the name given is the agreed one, so that answers are written in it. */
  private Decoded ascii(byte[] bytes, int from, Set<Flag> flags) {
    Strict read = bytes.length > LONG_BYTES ? strict(StandardCharsets.US_ASCII, bytes, from)
        : new Strict(new String(bytes, from, bytes.length - from, StandardCharsets.ISO_8859_1), -1, false, false, false);
    String text = read.text;
    Charset charset = fixed;
    if (charset == null && kind == Kind.MSH18) {
      charset = byLabel(label(firstLine(text))).filter(CharsetPolicy::keepsAscii).orElse(null);
    }
    if (charset == null) {
      charset = from > 0 ? StandardCharsets.UTF_8 : StandardCharsets.US_ASCII;
    }
    if (read.lost || text.contains("??")) {
      flags.add(Flag.LOST_BY_SENDER);
    }
    return new Decoded(text, charset.name(), flags);
  }

  private Outcome configured(byte[] bytes, int from, Set<Flag> flags) {
    boolean utf8Tells = fixed.equals(StandardCharsets.UTF_8) || fixed.equals(GB18030);
    Strict utf8 = utf8Tells ? strict(StandardCharsets.UTF_8, bytes, from) : null;
    if (fixed.equals(GB18030) && utf8.text != null && utf8.wide) {
      return undecodable(bytes, from, firstNonAscii(bytes, from), fixed);
    }
    Strict read = fixed.equals(StandardCharsets.UTF_8) ? utf8 : strict(fixed, bytes, from);
    if (read.text == null) {
      return undecodable(bytes, from, read.badByte, fixed);
    }
    if (utf8 != null && utf8.text != null && ambiguous(bytes, from, utf8)) {
      flags.add(Flag.AMBIGUOUS);
    }
    int latin = fixed.equals(GB18030) ? latinAt(bytes, from, true) : -1;
    if (latin >= 0) {
      return undecodable(bytes, from, latin, fixed);
    }
    String label = label(firstLine(read.text));
    if (!label.isEmpty()) {
      Optional<Charset> said = byLabel(label);
      if (said.isEmpty()) {
        flags.add(Flag.MSH18_UNKNOWN);
      } else if (!said.get().equals(fixed)) {
        flags.add(Flag.MSH18_WRONG);
      }
    }
    return finish(read, fixed, flags);
  }

  private Outcome hinted(byte[] bytes, int from, Set<Flag> flags) {
    String label = label(leniently(bytes, from, endOfLine(bytes, from)));
    if (label.isEmpty()) {
      return detected(bytes, from, flags, true);
    }
    Optional<Charset> said = byLabel(label);
    if (said.isEmpty()) {
      flags.add(Flag.MSH18_UNKNOWN);
      return detected(bytes, from, flags, true);
    }
    Charset charset = said.get();
    boolean latin = charset.equals(StandardCharsets.US_ASCII) || charset.name().startsWith("ISO-8859-");
    if (latin || !keepsAscii(charset)) {
      // Latin-1 fits any bytes, and templates say it everywhere: taken only where it is configured.
      flags.add(Flag.MSH18_WRONG);
      Outcome outcome = detected(bytes, from, flags, false);
      return latin && outcome instanceof Decoded decoded && decoded.charset().equals("GB18030")
          ? unlessLatin(decoded, bytes, from) : outcome;
    }
    Strict utf8 = strict(StandardCharsets.UTF_8, bytes, from);
    if (!charset.equals(StandardCharsets.UTF_8) && utf8.text != null && utf8.wide) {
      flags.add(Flag.MSH18_WRONG);
      return finish(utf8, StandardCharsets.UTF_8, flags);
    }
    Strict read = charset.equals(StandardCharsets.UTF_8) ? utf8 : strict(charset, bytes, from);
    int latinAt = read.text != null && charset.equals(GB18030) ? latinAt(bytes, from, true) : -1;
    if (latinAt >= 0) {
      return undecodable(bytes, from, latinAt, charset);
    }
    if (read.text != null) {
      if (utf8.text != null && ambiguous(bytes, from, utf8)) {
        flags.add(Flag.AMBIGUOUS);
      }
      return finish(read, charset, flags);
    }
    flags.add(Flag.MSH18_WRONG);
    Outcome other = detected(bytes, from, flags, false);
    return other instanceof Decoded ? other : undecodable(bytes, from, read.badByte, charset);
  }

  /**
   * True if these are plainly UTF-8 with a flaw, such as a name cut in mid-character: GB 18030 would read nearly all of
   * them too, as other Chinese. In GB 18030 text, three octets look like a UTF-8 character once in some sixty.
   */
  private static boolean brokenUtf8(byte[] bytes, int from) {
    boolean labelled = byLabel(label(leniently(bytes, from, endOfLine(bytes, from))))
        .filter(StandardCharsets.UTF_8::equals).isPresent();
    int characters = 0;
    int flaws = 0;
    for (int k = from; k < bytes.length; k++) {
      if (bytes[k] >= 0) {
        continue;
      }
      boolean three = (bytes[k] & 0xF0) == 0xE0 && k + 2 < bytes.length
          && (bytes[k + 1] & 0xC0) == 0x80 && (bytes[k + 2] & 0xC0) == 0x80;
      boolean two = (bytes[k] & 0xE0) == 0xC0 && k + 1 < bytes.length && (bytes[k + 1] & 0xC0) == 0x80;
      if (three) {
        characters++;
        k += 2;
      } else if (two) {
        k++;
      } else {
        flaws++;
        // The rest of a character that was cut is part of the same flaw.
        while (k + 1 < bytes.length && (bytes[k + 1] & 0xC0) == 0x80) {
          k++;
        }
      }
    }
    // With the sender's own word for UTF-8 less is enough; without it a name of two characters must not be mistaken.
    return labelled ? characters > 0 && characters >= flaws : characters > 2 * flaws;
  }

  /** Strict UTF-8 if the bytes can hardly be anything else, then GB 18030. */
  private Outcome detected(byte[] bytes, int from, Set<Flag> flags, boolean guess) {
    Strict utf8 = strict(StandardCharsets.UTF_8, bytes, from);
    if (utf8.text != null) {
      if (utf8.wide || from > 0) {
        return finish(utf8, StandardCharsets.UTF_8, flags);
      }
      if (!ambiguous(bytes, from, utf8)) {
        return finish(utf8, StandardCharsets.UTF_8, flags);
      }
      flags.add(Flag.AMBIGUOUS);
      if (looksLatin(bytes, from)) {
        return finish(utf8, StandardCharsets.UTF_8, flags);
      }
    }
    if (utf8.text == null && brokenUtf8(bytes, from)) {
      return undecodable(bytes, from, utf8.badByte, StandardCharsets.UTF_8);
    }
    Strict gb = strict(GB18030, bytes, from);
    if (gb.text == null) {
      // Whichever got further is the likelier one, and its first bad byte the place to look at.
      boolean utf8Further = utf8.text == null && utf8.badByte > gb.badByte;
      return undecodable(bytes, from, utf8Further ? utf8.badByte : gb.badByte,
          utf8Further ? StandardCharsets.UTF_8 : GB18030);
    }
    boolean said = byLabel(label(leniently(bytes, from, endOfLine(bytes, from)))).filter(GB18030::equals).isPresent();
    int latin = latinAt(bytes, from, said);
    if (latin >= 0) {
      return undecodable(bytes, from, latin, GB18030);
    }
    if (guess) {
      flags.add(Flag.GUESSED);
    }
    return finish(gb, GB18030, flags);
  }

  /**
   * The label says Latin, the bytes fit GB 18030: believed only while no letter swallows the ASCII byte after it.
   */
  private static Outcome unlessLatin(Decoded decoded, byte[] bytes, int from) {
    for (int at = from; at < bytes.length; at++) {
      if (bytes[at] < 0) {
        if (at + 1 < bytes.length && bytes[at + 1] >= 0x40) {
          return undecodable(bytes, from, at, GB18030);
        }
        at++;
      }
    }
    return decoded;
  }

  /**
   * Where a Latin letter stands that GB 18030 would take together with the ASCII octet behind it, in bytes that are
   * likelier Latin than Chinese; -1 if they are likelier Chinese.
   *
   * <p>For Chinese speaks each character whose octets are all high, as those of GB 2312 are; nearly every Chinese message
   * has some. For Latin speaks each pair with a low second octet that stands where a letter of a word or a sign of a
   * measure would: "José|", "Müller", "37°C", "µg/L". A lone ideograph between delimiters, such as the name 珅, speaks
   * for neither: setting or label decide, and where neither says GB 18030, it is not taken if a delimiter would be lost.
   *
   * @param said whether the setting or the sender's label says GB 18030
   */
  private static int latinAt(byte[] bytes, int from, boolean said) {
    int first = -1;
    int latin = 0;
    int chinese = 0;
    int swallowing = -1;
    int behindPair = -1;
    for (int at = from; at + 1 < bytes.length; at++) {
      if (bytes[at] >= 0) {
        continue;
      }
      // The second octet of the pair before is no letter, whatever it looks like.
      byte before = at > from && at != behindPair ? bytes[at - 1] : 0;
      byte second = bytes[at + 1];
      byte after = at + 2 < bytes.length ? bytes[at + 2] : 0;
      if (second < 0x40) {
        // Both octets high, or the first half of four: but "ö" and "ß" stand side by side within a word.
        boolean insideWord = second < 0 && isLetter(before) && isLetter(after);
        chinese += insideWord ? 0 : 1;
      } else if (isWord(before) || isLetter(second) && (isWord(after) || after == '/' || after == '%')) {
        latin++;
        first = first < 0 ? at : first;
      } else if (swallowing < 0 && (second == '|' || second == '^' || second == '~' || second == '\\')) {
        swallowing = at;
      }
      at++;
      behindPair = at + 1;
    }
    return latin > chinese ? first : !said && chinese == 0 ? swallowing : -1;
  }

  private static Decoded finish(Strict read, Charset charset, Set<Flag> flags) {
    String moved = PrivateUse.moved(read.text);
    if (moved != read.text || read.moved) {
      flags.add(Flag.PRIVATE_USE_MOVED);
    }
    if (read.lost || isLost(moved)) {
      flags.add(Flag.LOST_BY_SENDER);
    }
    return new Decoded(moved, charset.name(), flags);
  }

  private static boolean isLost(String text) {
    return text.contains("??") || text.indexOf('\uFFFD') >= 0;
  }

  private static Undecodable undecodable(byte[] bytes, int from, int offset, Charset charset) {
    int end = endOfLine(bytes, from);
    if (isAscii(bytes, from, end)) {
      return new Undecodable(offset, charset.name(), new String(bytes, from, end - from, StandardCharsets.ISO_8859_1));
    }
    byte[] line = Arrays.copyOfRange(bytes, from, end);
    Strict alone = strict(charset, line, 0);
    if (alone.text != null) {
      return new Undecodable(offset, charset.name(), alone.text);
    }
    for (int i = 0; i < line.length; i++) {
      if (line[i] < 0) {
        line[i] = '?';
      }
    }
    return new Undecodable(offset, charset.name(), new String(line, StandardCharsets.ISO_8859_1));
  }

  // --- what the bytes look like ---

  /** A character of three bytes or more: GBK text that forms one by accident is not met in practice. */
  private static boolean certainlyUtf8(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x800) {
        return true;
      }
    }
    return false;
  }

  /**
   * Valid UTF-8 of two-byte characters only, each of which is also a common ideograph (level 1 of GB 2312).
   * The sex 女 in GBK is C5 AE, which UTF-8 reads as a Latin letter with a ring.
   */
  private static boolean ambiguous(byte[] bytes, int from, Strict utf8) {
    if (utf8.wide) {
      return false;
    }
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] < 0) {
        int lead = bytes[i] & 0xFF;
        int trail = bytes[++i] & 0xFF;
        if (lead < 0xB0 || lead > 0xD7 || trail < 0xA1) {
          return false;
        }
      }
    }
    return true;
  }

  /** Every run of high bytes touches an ASCII letter (José), is one sign of Latin-1 (°, ±) or Cyrillic by length. */
  private static boolean looksLatin(byte[] bytes, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] >= 0) {
        continue;
      }
      int start = i;
      boolean latin1 = true;
      boolean cyrillic = true;
      for (; i < bytes.length && bytes[i] < 0; i += 2) {
        int lead = bytes[i] & 0xFF;
        latin1 &= lead == 0xC2 || lead == 0xC3;
        cyrillic &= lead == 0xD0 || lead == 0xD1;
      }
      boolean touches = start > from && isLetter(bytes[start - 1]) || i < bytes.length && isLetter(bytes[i]);
      if (!touches && !(latin1 && i - start == 2) && !(cyrillic && i - start >= 6)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isLetter(byte octet) {
    int lower = octet | 0x20;
    return lower >= 'a' && lower <= 'z';
  }

  private static boolean isWord(byte octet) {
    return isLetter(octet) || octet >= '0' && octet <= '9';
  }

  /**
   * Where the bytes change to another set by an escape sequence of ISO 2022 (HL7 v2.5.1 chapter 2.9.2), or -1. Behind it
   * ideographs are pairs of ASCII octets, which every set we take would read as if they were letters and delimiters.
   */
  private static int switchedAt(byte[] bytes, int from) {
    for (int at = from; at + 1 < bytes.length; at++) {
      if (bytes[at] == 0x1B && bytes[at + 1] >= 0x24 && bytes[at + 1] <= 0x2F) {
        return at;
      }
    }
    return -1;
  }

  private static boolean isAscii(byte[] bytes, int from, int to) {
    int at = from;
    for (; at + Long.BYTES <= to; at += Long.BYTES) {
      if (((long) LONGS.get(bytes, at) & 0x8080808080808080L) != 0) {
        return false;
      }
    }
    for (; at < to; at++) {
      if (bytes[at] < 0) {
        return false;
      }
    }
    return true;
  }

  private static int firstNonAscii(byte[] bytes, int from) {
    int at = from;
    while (at < bytes.length && bytes[at] >= 0) {
      at++;
    }
    return at;
  }

  // --- MSH-18 before the text is known ---

  private static int endOfLine(byte[] bytes, int from) {
    int at = from;
    while (at < bytes.length && (bytes[at] == '\r' || bytes[at] == '\n' || bytes[at] == ' ')) {
      at++;
    }
    while (at < bytes.length && bytes[at] != '\r' && bytes[at] != '\n') {
      at++;
    }
    return at;
  }

  private static String firstLine(String text) {
    int start = 0;
    while (start < text.length() && text.charAt(start) <= ' ') {
      start++;
    }
    int end = start;
    while (end < text.length() && text.charAt(end) != '\r' && text.charAt(end) != '\n') {
      end++;
    }
    return text.substring(start, end);
  }

  /** For finding MSH-18 only: a facility name in GBK may end in the byte of a delimiter, which must not count. */
  private static String leniently(byte[] bytes, int from, int to) {
    if (isAscii(bytes, from, to)) {
      return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1).strip();
    }
    byte[] line = Arrays.copyOfRange(bytes, from, to);
    Strict utf8 = strict(StandardCharsets.UTF_8, line, 0);
    return (utf8.text != null ? utf8.text : new String(line, GB18030)).strip();
  }

  /** The first repetition of MSH-18, or what it says later if the first is empty; "" if nothing. */
  private static String label(String header) {
    return labelOf(Msh.read(header));
  }

  /** What a header says of its character set: the first repetition of MSH-18 that says anything, "" if none does. */
  public static String labelOf(Msh msh) {
    if (msh.fault().isPresent()) {
      return "";
    }
    String field = msh.field(18);
    char repetition = msh.repetition();
    int start = 0;
    while (start < field.length() && field.charAt(start) == repetition) {
      start++;
    }
    int end = field.indexOf(repetition, start);
    String label = (end < 0 ? field.substring(start) : field.substring(start, end)).strip();
    return label.equals("\"\"") ? "" : label;
  }

  // --- strict decoding ---

  /**
   * @param text what the bytes say, of long ones the beginning; null if they do not decode
   * @param badByte where, then
   * @param wide whether a character of three bytes or more stands in it; told of UTF-8 only
   * @param lost of what follows the beginning of a long text: {@link Flag#LOST_BY_SENDER}
   * @param moved likewise: {@link Flag#PRIVATE_USE_MOVED}
   */
  private record Strict(String text, int badByte, boolean wide, boolean lost, boolean moved) {
    static Strict bad(int at) {
      return new Strict(null, at, false, false, false);
    }

    static Strict whole(String text, Charset charset) {
      return new Strict(text, -1, charset.equals(StandardCharsets.UTF_8) && certainlyUtf8(text), false, false);
    }
  }

  private static final class Workbench {
    private final Map<Charset, CharsetDecoder> decoders = new HashMap<>();
    private final char[] window = new char[WINDOW_CHARS];
    private char[] chars = new char[8192];
  }

  private static final ThreadLocal<Workbench> WORKBENCH = ThreadLocal.withInitial(Workbench::new);
  /** A text of more bytes is looked at through a window. */
  private static final int LONG_BYTES = 256 * 1024;
  private static final int WINDOW_CHARS = 4096;
  private static final int BEGINNING_CHARS = 64 * 1024;

  private static CharsetDecoder decoder(Workbench bench, Charset charset) {
    return bench.decoders.computeIfAbsent(charset, set -> set.newDecoder()
        .onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT)).reset();
  }

  private static Strict strict(Charset charset, byte[] bytes, int from) {
    Workbench bench = WORKBENCH.get();
    CharsetDecoder decoder = decoder(bench, charset);
    if (bytes.length > LONG_BYTES) {
      return through(bench.window, decoder, bytes, from);
    }
    int needed = (int) Math.ceil((bytes.length - from) * (double) decoder.maxCharsPerByte()) + 2;
    char[] chars = bench.chars.length >= needed ? bench.chars : new char[needed];
    bench.chars = chars;
    if (charset.equals(GB18030)) {
      int written = Gb18030Pairs.decode(bytes, from, chars);
      if (written >= 0) {
        return Strict.whole(new String(chars, 0, written), charset);
      }
    }
    ByteBuffer in = ByteBuffer.wrap(bytes, from, bytes.length - from);
    CharBuffer out = CharBuffer.wrap(chars);
    CoderResult result = decoder.decode(in, out, true);
    if (!result.isError()) {
      result = decoder.flush(out);
    }
    // wrap(array, from, ..) keeps array indexes, so the position is the offset in the message.
    return result.isError() ? Strict.bad(in.position()) : Strict.whole(new String(chars, 0, out.position()), charset);
  }

  /** All of a long message, a window at a time; of its text the beginning is kept. */
  private static Strict through(char[] window, CharsetDecoder decoder, byte[] bytes, int from) {
    ByteBuffer in = ByteBuffer.wrap(bytes, from, bytes.length - from);
    CharBuffer out = CharBuffer.wrap(window);
    boolean utf8 = decoder.charset().equals(StandardCharsets.UTF_8);
    StringBuilder beginning = new StringBuilder(BEGINNING_CHARS);
    boolean wide = false;
    boolean lost = false;
    boolean moved = false;
    boolean question = false;
    for (boolean more = true; more; ) {
      out.clear();
      CoderResult result = decoder.decode(in, out, true);
      if (result.isError()) {
        return Strict.bad(in.position());
      }
      if (result.isUnderflow()) {
        decoder.flush(out);
        more = false;
      }
      String seen = new String(window, 0, out.position());
      wide |= utf8 && certainlyUtf8(seen);
      lost |= isLost(seen) || question && seen.startsWith("?");
      question = seen.endsWith("?");
      moved |= PrivateUse.moved(seen) != seen;
      if (beginning.length() < BEGINNING_CHARS) {
        beginning.append(seen);
      }
    }
    return new Strict(beginning.toString(), -1, wide, lost, moved);
  }

  /** The text of bytes that are known to decode; never more than it takes beside them. */
  private static String text(Charset charset, byte[] bytes, int from) {
    if (charset.equals(StandardCharsets.US_ASCII) || isAscii(bytes, from, bytes.length)) {
      return new String(bytes, from, bytes.length - from, StandardCharsets.ISO_8859_1);
    }
    return new String(bytes, from, bytes.length - from, charset);
  }

  /** Whether a text in ASCII has the same bytes in this set. */
  public static boolean keepsAscii(Charset charset) {
    if (charset.equals(GB18030) || charset.equals(StandardCharsets.UTF_8)
        || charset.equals(StandardCharsets.US_ASCII) || charset.equals(StandardCharsets.ISO_8859_1)) {
      return true;
    }
    if (!charset.canEncode()) {
      return false;
    }
    StringBuilder ascii = new StringBuilder("\r\n");
    for (char c = ' '; c < 0x7F; c++) {
      ascii.append(c);
    }
    String all = ascii.toString();
    return Arrays.equals(all.getBytes(charset), all.getBytes(StandardCharsets.US_ASCII));
  }

  private static Map<String, Charset> labels() {
    Map<String, Charset> labels = new HashMap<>();
    for (String name : new String[] {
        "GB 18030-2000", "GB 18030-2005", "GB 18030-2022", "GB18030-2000", "GB18030-2005", "GB18030-2022", "GB 18030",
        "GB18030", "GB-18030", "GBK", "GB 2312", "GB2312", "GB2312-80", "GB 2312-80", "GB_2312-80", "CP936", "MS936",
        "936", "EUC-CN", "EUC_CN", "X-GBK", "WINDOWS-936", "X-MSWIN-936", "GB"}) {
      labels.put(name, GB18030);
    }
    for (String name : new String[] {"UNICODE UTF-8", "UTF-8", "UTF8", "UNICODE", "UNICODE UTF8", "UNICODE_UTF-8"}) {
      labels.put(name, StandardCharsets.UTF_8);
    }
    for (String name : new String[] {"ASCII", "US-ASCII", "ISO IR6"}) {
      labels.put(name, StandardCharsets.US_ASCII);
    }
    for (int part = 1; part <= 15; part++) {
      String name = "ISO-8859-" + part;
      if (Charset.isSupported(name)) {
        for (String spelled : new String[] {"8859/" + part, "ISO 8859/" + part, "ISO8859/" + part, "8859-" + part}) {
          labels.put(spelled, Charset.forName(name));
        }
      }
    }
    for (String name : new String[] {"BIG-5", "BIG5", "BIG 5"}) {
      if (Charset.isSupported("Big5")) {
        labels.put(name, Charset.forName("Big5"));
      }
    }
    return Map.copyOf(labels);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CharsetPolicy policy && policy.setting.equals(setting);
  }

  @Override
  public int hashCode() {
    return Objects.hash(setting);
  }

  /** The setting, in its canonical spelling. */
  @Override
  public String toString() {
    return setting;
  }
}
