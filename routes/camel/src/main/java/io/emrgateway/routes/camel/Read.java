package io.emrgateway.routes.camel;

import io.emrgateway.mappings.hl7.CharsetPolicy;
import io.emrgateway.mappings.hl7.Decoded;
import io.emrgateway.mappings.hl7.Decoded.Flag;
import io.emrgateway.mappings.hl7.Msh;
import io.emrgateway.mappings.hl7.Undecodable;
import io.emrgateway.mappings.queries.Kind;
import io.emrgateway.routes.camel.mllp.Intake;
import io.emrgateway.routes.camel.mllp.Listener;
import io.emrgateway.routes.camel.mllp.Room;
import io.emrgateway.routes.core.Refused;
import io.emrgateway.routes.core.Refused.Reason;
import io.emrgateway.routes.core.intake.Arrival;
import io.emrgateway.routes.core.intake.Message;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;

/** Reads what the door itself has to know of a message: its character set, type and control id. */
public final class Read {
  private static final int CONTROL_ID_MAX = 199;
  private static final byte[] NOTHING = {};

  private final Listener listener;
  private final Intake intake;
  private final Room room;

  public Read(Listener listener, Intake intake, Room room) {
    this.listener = listener;
    this.intake = intake;
    this.room = room;
  }

  /** Reads the header of an arrival. What is wrong with it comes back inside the message; nothing is thrown. */
  public Message read(Arrival arrival, Exchange exchange) {
    int size = arrival.bytes().length;
    // Tied to the exchange, not to the answer: a sender that hung up gets none, and the store still holds the message.
    exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
      @Override
      public void onDone(Exchange done) {
        room.leave(size);
      }
    });
    Received received = received(arrival);
    exchange.setProperty(Received.PROPERTY, received);
    return received.message();
  }

  Received received(Arrival arrival) {
    CharsetPolicy.Outcome outcome = listener.charset().decodeBeginning(arrival.bytes());
    boolean decoded = outcome instanceof Decoded;
    String text = outcome instanceof Decoded whole ? whole.text() : ((Undecodable) outcome).header();
    Set<Flag> flags = outcome instanceof Decoded whole ? whole.flags() : Set.of();
    for (Flag flag : flags) {
      intake.flagged(listener.source(), flag.name());
    }
    Msh header = Msh.read(text);
    Refused refused = arrival.broken() != null
        ? new Refused(arrival.broken(), "frame")
        : refusal(decoded ? arrival.bytes() : NOTHING, text, header);
    if (refused == null && outcome instanceof Undecodable bad) {
      refused = new Refused(Reason.BYTES_DO_NOT_DECODE, "byte " + bad.offset());
    }
    if (refused == null && !listener.queries() && Kind.isQuery(header.component(9, 1).strip())) {
      // Nobody waits for a query that is taken as a message: its sender has to hear it now.
      refused = new Refused(Reason.QUERY_NOT_EXPECTED, "MSH-9");
    }
    String label = outcome instanceof Decoded whole ? whole.charset() : "";
    Charset charset = decoded ? Charset.forName(label)
        : listener.charset().configured().or(() -> declared(header)).orElse(StandardCharsets.US_ASCII);
    if (!charset.canEncode()) {
      charset = StandardCharsets.US_ASCII;
    }
    Message message = new Message(arrival.source(), arrival.received(), arrival.bytes(), label,
        typeOf(header), header.controlId(), refused);
    String said = CharsetPolicy.labelOf(header);
    boolean agrees = said.isEmpty() || CharsetPolicy.byLabel(said).filter(charset::equals).isPresent();
    boolean chinese = agrees && Wording.canWriteChinese(charset);
    return new Received(listener, message, header, charset, chinese);
  }

  /** What the sender says it writes: it reads that, even where its bytes are something else. */
  private static Optional<Charset> declared(Msh header) {
    return CharsetPolicy.byLabel(CharsetPolicy.labelOf(header)).filter(CharsetPolicy::keepsAscii);
  }

  /** MSH-9 if it looks like a type; a header with a field too many or too few may have a name in its place. */
  private static String typeOf(Msh header) {
    String type = header.messageType();
    return type.matches("[A-Za-z0-9_^]{1,60}") ? type : "";
  }

  /**
   * In the order a person would ask: is it HL7, is it one message, whose kind, what is it called.
   *
   * <p>Segments are looked for in the bytes, as the text of a large message is not made here: in every set that keeps
   * ASCII, CR and LF stand for nothing else.
   */
  private static Refused refusal(byte[] bytes, String text, Msh header) {
    if (header.fault().isPresent()) {
      int start = 0;
      while (start < text.length() && text.charAt(start) <= ' ') {
        start++;
      }
      if (isSegment(text, start, "FHS") || isSegment(text, start, "BHS")) {
        return new Refused(Reason.BATCH_IN_FRAME, "");
      }
      return header.fault().get() == Msh.Fault.NO_MSH
          ? new Refused(Reason.NOT_HL7, "")
          : new Refused(Reason.HEADER_UNREADABLE, "MSH-2");
    }
    boolean reply = false;
    boolean foreword = true;
    int at = nextSegment(bytes, endOfSegment(bytes, startOfHeader(bytes)));
    for (; at < bytes.length; at = nextSegment(bytes, endOfSegment(bytes, at))) {
      if (isSegment(bytes, at, "MSH")) {
        return new Refused(Reason.SEVERAL_MESSAGES_IN_FRAME, "MSH");
      }
      if (isSegment(bytes, at, "BHS") || isSegment(bytes, at, "BTS") || isSegment(bytes, at, "FTS")) {
        return new Refused(Reason.BATCH_IN_FRAME, "");
      }
      // Only SFT and UAC may stand between MSH and MSA.
      if (foreword && !isSegment(bytes, at, "SFT") && !isSegment(bytes, at, "UAC")) {
        reply = isSegment(bytes, at, "MSA");
        foreword = false;
      }
    }
    String type = header.component(9, 1).strip();
    if (reply || type.equals("ACK") || type.equals("MCF")) {
      return new Refused(Reason.ACKNOWLEDGEMENT_NOT_EXPECTED, "MSH-9");
    }
    if (!type.matches("[A-Za-z0-9_]{1,20}")) {
      return new Refused(Reason.MESSAGE_TYPE_MISSING, "MSH-9");
    }
    String control = header.controlId();
    if (control.isBlank() || control.equals("\"\"")) {
      return new Refused(Reason.CONTROL_ID_MISSING, "MSH-10");
    }
    return control.length() > CONTROL_ID_MAX ? new Refused(Reason.CONTROL_ID_TOO_LONG, "MSH-10") : null;
  }

  private static int startOfHeader(byte[] bytes) {
    boolean marked = bytes.length >= 3
        && bytes[0] == (byte) 0xEF && bytes[1] == (byte) 0xBB && bytes[2] == (byte) 0xBF;
    int at = marked ? 3 : 0;
    while (at < bytes.length && bytes[at] >= 0 && bytes[at] <= ' ') {
      at++;
    }
    return at;
  }

  /** One pass over the bytes in all: a message of one million LF lines costs what its length costs. */
  private static int endOfSegment(byte[] bytes, int from) {
    int at = from;
    while (at < bytes.length && bytes[at] != '\r' && bytes[at] != '\n') {
      at++;
    }
    return at;
  }

  private static int nextSegment(byte[] bytes, int from) {
    int at = from;
    while (at < bytes.length && (bytes[at] == '\r' || bytes[at] == '\n')) {
      at++;
    }
    return at;
  }

  private static boolean isSegment(byte[] bytes, int at, String name) {
    for (int k = 0; k < 3; k++) {
      if (at + k >= bytes.length || bytes[at + k] != name.charAt(k)) {
        return false;
      }
    }
    return at + 3 == bytes.length || bytes[at + 3] >= 0 && !Character.isLetterOrDigit(bytes[at + 3]);
  }

  private static boolean isSegment(String text, int at, String name) {
    return text.startsWith(name, at)
        && (at + 3 == text.length() || !Character.isLetterOrDigit(text.charAt(at + 3)));
  }
}
