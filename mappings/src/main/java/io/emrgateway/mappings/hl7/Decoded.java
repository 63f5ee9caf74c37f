package io.emrgateway.mappings.hl7;

import java.util.Objects;
import java.util.Set;

/**
 * Text read from bytes, every character of which stands in those bytes.
 *
 * <p>Holds U+FFFD only where the sender itself wrote U+FFFD. Decoding the same bytes again by
 * {@code CharsetPolicy.of(charset)} gives the same text.
 *
 * @param text without a byte order mark; private-use points of old GBK moved to those of GB 18030-2022
 * @param charset what the bytes were decoded with: "GB18030", "UTF-8", "US-ASCII" or another Java name
 * @param flags what a person should know about it; empty if nothing
 */
public record Decoded(String text, String charset, Set<Flag> flags) implements CharsetPolicy.Outcome {

  /** What the policy noticed. None of them stops a message; each can be counted per source. */
  public enum Flag {
    /** MSH-18 names another character set than the one the bytes are written in. */
    MSH18_WRONG,
    /** MSH-18 names a character set that nobody knows. */
    MSH18_UNKNOWN,
    /** Neither the setting nor MSH-18 named the character set; the bytes fit GB 18030. Configure it. */
    GUESSED,
    /** The bytes make sense in two character sets, and nothing in them decides. Configure it. */
    AMBIGUOUS,
    /** A byte order mark stood in front and was left out. */
    BYTE_ORDER_MARK,
    /** Private-use points were moved to the points of GB 18030-2022. */
    PRIVATE_USE_MOVED,
    /** The sender itself lost characters before sending: U+FFFD, or runs of question marks. */
    LOST_BY_SENDER
  }

  public Decoded {
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(charset, "charset");
    flags = Set.copyOf(flags);
  }
}
