package io.emrgateway.agent;

import io.emrgateway.agent.store.Leftovers;
import io.emrgateway.mappings.Unmapped;
import io.emrgateway.mappings.hl7.Part;
import io.emrgateway.routes.core.delivery.Admitted;
import java.util.regex.Pattern;

/**
 * Between the mapping, which tells values, and the sums, which may hold none: a field goes on as its shape, a code only
 * if it can be one.
 */
final class Shapes {
  /** Code points; longer samples are cut. */
  static final int SAMPLE_MAX = 40;
  /** Code points; what is longer is no code. */
  static final int CODE_MAX = 40;
  /** A date of birth, a telephone number, a resident ID; the tables' codes are shorter. */
  private static final Pattern LIKE_A_PERSONS_NUMBER = Pattern.compile("\\p{Nd}{7}");
  private static final Pattern TYPE = Pattern.compile("[A-Z0-9]{3}(\\^[A-Z0-9]{3})?");

  private Shapes() {}

  /** Takes what is left over of one message. */
  static Unmapped of(Admitted message, String rules, Leftovers leftovers) {
    return new Unmapped() {
      /** The message's type, once it has been looked at. */
      private String known;

      @Override
      public void field(String type, String segment, int field, Part value) {
        if (known == null) {
          known = TYPE.matcher(type).matches() ? type : "?";
        }
        leftovers.field(message.source(), known, segment, field, message.received(), rules, () -> shape(value.raw()));
      }

      @Override
      public void code(String table, String code, String display) {
        boolean kept = isKept(code);
        leftovers.code(message.source(), table, kept ? code : "", kept && display != null && isKept(display) ? display : null,
            message.received());
      }
    };
  }

  /** A code or its name, as far as can be told: short, on one line, and without what looks like a person's number. */
  static boolean isKept(String text) {
    return text.codePointCount(0, text.length()) <= CODE_MAX && !LIKE_A_PERSONS_NUMBER.matcher(text).find()
        && text.codePoints().noneMatch(Character::isISOControl);
  }

  /**
   * What a value looks like and nothing of what it says: letters are A, digits 9, ideographs 字, ASCII punctuation and
   * blanks stay, anything else is a question mark. {@code 张伟^^^2024-01-05} becomes {@code 字字^^^9999-99-99}.
   */
  static String shape(String value) {
    StringBuilder shape = new StringBuilder();
    value.codePoints().limit(SAMPLE_MAX).forEach(c -> shape.appendCodePoint(
        Character.isIdeographic(c) || Character.getType(c) == Character.PRIVATE_USE ? '字'
            : Character.isLetter(c) ? 'A'
            : Character.isDigit(c) ? '9'
            : c >= ' ' && c < 0x7F ? c : '?'));
    return value.codePointCount(0, value.length()) > SAMPLE_MAX ? shape.append('…').toString() : shape.toString();
  }
}
