package io.emrgateway.routes.camel;

import io.emrgateway.mappings.hl7.CharsetPolicy;
import io.emrgateway.mappings.hl7.Msh;
import io.emrgateway.routes.camel.mllp.Answer;
import io.emrgateway.routes.camel.mllp.Intake;
import io.emrgateway.routes.camel.mllp.Listener;
import io.emrgateway.routes.camel.mllp.Seldom;
import io.emrgateway.routes.core.Refused;
import io.emrgateway.routes.core.Refused.Reason;
import io.emrgateway.routes.core.Refused.Remedy;
import io.emrgateway.routes.core.WithoutMessage;
import io.emrgateway.routes.core.intake.Admission;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the sender what became of its message, in HL7: the one place that knows AA from AR.
 *
 * <p>Original mode (MSH-15 and MSH-16 both empty): AA, AE or AR. Enhanced mode: an accept acknowledgement (CA, CE,
 * CR) where MSH-15 asks for one, an application acknowledgement (AA, AE, AR) where MSH-16 does. For us both say the
 * same thing: the message is durable here, or it is not. Understanding it is our work, not the sender's.
 *
 * <p>An acknowledgement is never answered, whatever its MSH-15 says: two systems that do would never stop.
 *
 * @see "HL7 v2.5.1, chapter 2.9.2 and 2.9.3"
 */
public final class Acknowledge {
  private static final Logger LOG = LoggerFactory.getLogger(Acknowledge.class);
  /** A full disk refuses every message of every source: one line in a while says so, the metrics count. */
  private static final Seldom SELDOM = new Seldom(Duration.ofSeconds(10));
  private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMddHHmmssxx", Locale.ROOT);

  /** What a sender is told; each has its letter in MSA-1. */
  enum Verdict {
    /** It is durable here and goes on. */
    ACCEPT('A'),
    /** Not now, or only after somebody has repaired something. */
    ERROR('E'),
    /** Not as it is: the sender has to change it. */
    REJECT('R');

    final char letter;

    Verdict(char letter) {
      this.letter = letter;
    }
  }

  private record Second(long epoch, ZoneId zone, String stamp) {}

  private final Intake intake;
  private final Clock clock;
  private final String run;
  private final AtomicLong count = new AtomicLong();
  private volatile Second second;

  public Acknowledge(Intake intake, Clock clock) {
    this.intake = intake;
    this.clock = clock;
    // Start time and chance: no id comes twice, not across restarts either, and it stays within 20 characters.
    this.run = Long.toString(clock.millis(), 36) + Integer.toString(new SecureRandom().nextInt(36 * 36), 36);
  }

  /** The answer to a message that is durable here: accepted, or kept and refused. */
  public Answer accept(Admission admission, @ExchangeProperty(Received.PROPERTY) Received received) {
    Refused refused = received.message().refused();
    String source = received.listener().source();
    if (admission.kind() == Admission.Kind.CONTROL_ID_REUSED) {
      intake.flagged(source, "CONTROL_ID_REUSED");
      SELDOM.say("CONTROL_ID_REUSED" + source, unsaid -> LOG.warn("intake.control-id-reused {} i={}: {} / {}{}", source,
          admission.number(), "控制号曾用于另一条消息，已作为新消息保存",
          "another message had this control id; kept as a message of its own", unsaid == 0 ? "" : " (+" + unsaid + ")"));
    } else if (admission.kind() == Admission.Kind.REPEATED) {
      intake.repeated(source);
    }
    if (refused != null) {
      intake.refused(source, refused.reason().code());
    }
    return answer(received, refused);
  }

  /** The answer to a message that could not be kept: never AA, whatever the message was like. */
  public Answer refuse(Exchange exchange) {
    Throwable caught = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    Received received = exchange.getProperty(Received.PROPERTY, Received.class);
    Refused why = refused(caught);
    if (received == null) {
      // Reading itself failed, which it never should; without a header there is nobody to address.
      LOG.error("{}: a message could not be read", why.reason().code(), WithoutMessage.of(caught));
      return new Answer(List.of(), true);
    }
    String source = received.listener().source();
    if (why.reason() == Reason.INTERNAL) {
      LOG.error("{} {}: {}", why.reason().code(), source, why.reason().text(), WithoutMessage.of(caught));
    } else {
      SELDOM.say(why.reason().code() + source, unsaid -> LOG.warn("{} {}: {} / {}{}", why.reason().code(), source,
          why.reason().textZh(), why.reason().text(), unsaid == 0 ? "" : " (+" + unsaid + ")"));
    }
    intake.notKept(source, why.reason().code());
    if (received.message().refused() != null && unanswered(received.message().refused().reason())) {
      return done(received, List.of(), false, "none");
    }
    boolean cut = why.reason() == Reason.NO_ROOM || received.message().refused() != null
        && received.message().refused().reason() == Reason.FRAME_TOO_LARGE;
    // A sender that wants no answer must not take silence for success: it loses the connection.
    boolean silent = codes(received.header(), Verdict.ERROR, received.listener().acknowledge()).isEmpty();
    return write(received, Verdict.ERROR, why, cut || silent);
  }

  private static Refused refused(Throwable caught) {
    for (Throwable cause = caught; cause != null; cause = cause.getCause()) {
      if (cause instanceof Refused refused) {
        return refused;
      }
    }
    return new Refused(Reason.INTERNAL, "", caught);
  }

  /** @param refused why the message, though kept, may not go on; null if it may */
  Answer answer(Received received, Refused refused) {
    if (refused == null) {
      return write(received, Verdict.ACCEPT, null, false);
    }
    if (unanswered(refused.reason())) {
      return done(received, List.of(), false, "none");
    }
    Verdict verdict = verdict(refused.reason(), received.listener());
    return write(received, verdict, refused, refused.reason() == Reason.FRAME_TOO_LARGE);
  }

  /** Nobody waits for an answer to an answer, to half a message or to noise; the next message's would be mistaken. */
  private static boolean unanswered(Reason reason) {
    return reason == Reason.ACKNOWLEDGEMENT_NOT_EXPECTED
        || reason == Reason.FRAME_UNTERMINATED
        || reason == Reason.BYTES_BETWEEN_FRAMES;
  }

  private static Verdict verdict(Reason reason, Listener listener) {
    if (reason == Reason.BYTES_DO_NOT_DECODE) {
      return listener.undecodable() == Listener.Undecodable.AR ? Verdict.REJECT : Verdict.ERROR;
    }
    return reason.remedy() == Remedy.SENDER_CORRECTS ? Verdict.REJECT : Verdict.ERROR;
  }

  private Answer write(Received received, Verdict verdict, Refused refused, boolean close) {
    List<String> codes = codes(received.header(), verdict, received.listener().acknowledge());
    List<byte[]> frames = new ArrayList<>(codes.size());
    for (String code : codes) {
      frames.add(bytes(received, code, refused));
    }
    return done(received, frames, close, codes.isEmpty() ? "none" : codes.get(0));
  }

  /** The answer to a query, behind the accept acknowledgement that its sender may be due; {@code code} is its MSA-1. */
  Answer told(Received received, byte[] answer, String code) {
    List<byte[]> frames = new ArrayList<>(2);
    if (received.listener().acknowledge() == Listener.Answers.TWO && codes(received.header(), Verdict.ACCEPT, Listener.Answers.TWO).contains("CA")) {
      frames.add(bytes(received, "CA", null));
    }
    frames.add(answer);
    return done(received, frames, false, code);
  }

  private Answer done(Received received, List<byte[]> frames, boolean close, String code) {
    Instant now = clock.instant();
    intake.answered(received.listener().source(), code, Duration.between(received.message().received(), now));
    return frames.isEmpty() && !close ? Answer.NONE : new Answer(frames, close);
  }

  /** MSA-1 of each answer that is due, in order; empty if none is. */
  static List<String> codes(Msh header, Verdict verdict, Listener.Answers setting) {
    String accept = condition(header.field(15));
    String application = condition(header.field(16));
    String applicationCode = "A" + verdict.letter;
    if (accept.isEmpty() && application.isEmpty()) {
      return List.of(applicationCode);
    }
    List<String> codes = new ArrayList<>(2);
    if (asks(accept, verdict)) {
      codes.add("C" + verdict.letter);
    }
    if (asks(application, verdict) && (codes.isEmpty() || setting == Listener.Answers.TWO)) {
      codes.add(applicationCode);
    }
    return codes;
  }

  private static String condition(String sent) {
    String condition = sent.strip();
    return condition.equals("\"\"") ? "" : condition.toUpperCase(Locale.ROOT);
  }

  /** HL7 table 0155. In enhanced mode an empty field asks for nothing; an unknown word rather for one too many. */
  private static boolean asks(String condition, Verdict verdict) {
    return switch (condition) {
      case "", "NE" -> false;
      case "ER" -> verdict != Verdict.ACCEPT;
      case "SU" -> verdict == Verdict.ACCEPT;
      default -> true;
    };
  }

  /**
   * An answer says in MSH-18 what it is written in. The sender's own word is echoed where it is true of these bytes, as
   * any name of a set that keeps ASCII is of an answer in plain ASCII.
   */
  private byte[] bytes(Received received, String code, Refused refused) {
    String echoed = received.header().field(18);
    byte[] answer = message(received, code, refused, echoed).getBytes(received.charset());
    if (echoed.isEmpty()) {
      return answer;
    }
    boolean ascii = isAscii(answer);
    boolean isTrue = CharsetPolicy.byLabel(CharsetPolicy.labelOf(received.header()))
        .filter(said -> ascii ? CharsetPolicy.keepsAscii(said) : said.equals(received.charset())).isPresent();
    return isTrue ? answer
        : message(received, code, refused, CharsetPolicy.labelFor(ascii ? StandardCharsets.US_ASCII : received.charset()))
            .getBytes(received.charset());
  }

  private static boolean isAscii(byte[] bytes) {
    for (byte octet : bytes) {
      if (octet < 0) {
        return false;
      }
    }
    return true;
  }

  private String message(Received received, String code, Refused refused, String charset) {
    Msh to = received.header();
    boolean addressed = to.fault().isEmpty();
    char f = to.separator();
    StringBuilder out = new StringBuilder(refused == null ? 192 : 640);
    out.append("MSH").append(f).append(to.encodingCharacters());
    out.append(f).append(to.field(5)).append(f).append(to.field(6));
    out.append(f).append(to.field(3)).append(f).append(to.field(4));
    out.append(f).append(stamp(received.listener().zone())).append(f);
    out.append(f).append(type(to)).append(f).append(nextId());
    out.append(f).append(addressed && !to.field(11).isEmpty() ? to.field(11) : "P");
    out.append(f).append(addressed && !to.field(12).isEmpty() ? to.field(12) : "2.4");
    if (!charset.isEmpty()) {
      out.append(f).append(f).append(f).append(f).append(f).append(f).append(charset);
    }
    out.append("\rMSA").append(f).append(code).append(f).append(to.controlId());
    if (refused != null) {
      out.append(f).append(Wording.escaped(Wording.text(refused.reason(), received.chinese()), to)).append('\r');
      out.append(Wording.err(to, refused.reason(), refused.place(), received.chinese()));
    }
    // A framing byte that the sender wrote into its own header would end our answer before its end.
    return out.append('\r').toString().replace((char) 0x0B, ' ').replace((char) 0x1C, ' ');
  }

  /** MSH-9 of a general acknowledgement: {@code ACK} to 2.2, {@code ACK^A01} to 2.3.1, {@code ACK^A01^ACK} since. */
  private static String type(Msh to) {
    String event = to.component(9, 2);
    if (event.isEmpty() || !Wording.atLeast(to.version(), 3)) {
      return "ACK";
    }
    char c = to.component();
    return "ACK" + c + event + (Wording.atLeast(to.version(), 4) ? c + "ACK" : "");
  }

  /** An id (MSH-10) that no other answer has. */
  String nextId() {
    return run + Long.toString(count.incrementAndGet(), 36);
  }

  /** Now, as MSH-7 has it. */
  String stamp(ZoneId zone) {
    Instant now = clock.instant();
    Second known = second;
    if (known == null || known.epoch != now.getEpochSecond() || !known.zone.equals(zone)) {
      known = new Second(now.getEpochSecond(), zone, STAMP.format(now.atZone(zone)));
      second = known;
    }
    return known.stamp;
  }
}
