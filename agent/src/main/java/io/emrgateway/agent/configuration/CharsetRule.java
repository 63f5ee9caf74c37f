package io.emrgateway.agent.configuration;

import java.nio.charset.Charset;

/** By which charset the bytes of a source are read. */
public sealed interface CharsetRule {
  /** The one that decodes without an error decides; MSH-18 is a hint. Written {@code detect}. */
  record Detect() implements CharsetRule {
    @Override
    public String toString() {
      return "detect";
    }
  }

  /** What the message says of itself in MSH-18 counts. Written {@code msh-18}. */
  record Declared() implements CharsetRule {
    @Override
    public String toString() {
      return "msh-18";
    }
  }

  /**
   * This one, whatever the message says.
   *
   * @param charset can encode, and writes ASCII as ASCII: the bytes that frame an MLLP message and the
   *     delimiters of HL7 stay what they are
   */
  record Fixed(Charset charset) implements CharsetRule {
    @Override
    public String toString() {
      return charset.name();
    }
  }
}
