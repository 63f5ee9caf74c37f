package io.emrgateway.mappings.queries;

import ca.uhn.hl7v2.DefaultHapiContext;
import ca.uhn.hl7v2.HL7Exception;
import ca.uhn.hl7v2.HapiContext;
import ca.uhn.hl7v2.model.Message;
import ca.uhn.hl7v2.parser.CanonicalModelClassFactory;
import ca.uhn.hl7v2.parser.PipeParser;
import ca.uhn.hl7v2.parser.UnexpectedSegmentBehaviourEnum;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** HAPI with the structures of one version: refuses a segment where that version has none. */
final class Hapi {
  private static final Map<String, PipeParser> PARSERS = new ConcurrentHashMap<>();

  private Hapi() {}

  /** @param strict whether every segment has to stand where the version's structure has one */
  static Message parse(String text, boolean strict) {
    String version = text.split("\r")[0].split("\\" + text.charAt(3))[11];
    try {
      Message message = PARSERS.computeIfAbsent(version + strict, key -> parser(version, strict)).parse(text);
      if (strict && !message.getClass().getName().contains(".message.")) {
        throw new AssertionError("no structure of " + version + ": " + message.getClass());
      }
      return message;
    } catch (HL7Exception refused) {
      throw new AssertionError(refused.getMessage() + "\n" + text.replace('\r', '\n'), refused);
    }
  }

  private static PipeParser parser(String version, boolean strict) {
    HapiContext context = new DefaultHapiContext(new CanonicalModelClassFactory(version));
    if (strict) {
      context.getParserConfiguration().setUnexpectedSegmentBehaviour(UnexpectedSegmentBehaviourEnum.THROW_HL7_EXCEPTION);
    }
    return context.getPipeParser();
  }
}
