package io.emrgateway.mappings.queries;

import io.emrgateway.mappings.hl7.CharsetPolicy;
import io.emrgateway.mappings.hl7.Hl7Message;
import io.emrgateway.mappings.hl7.Hl7Message.Delimiters;
import io.emrgateway.mappings.hl7.Part;
import io.emrgateway.mappings.hl7.Segment;
import io.emrgateway.mappings.queries.QueryRefused.Reason;
import io.emrgateway.mappings.records.Source.Status;
import io.emrgateway.mappings.records.Tree;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One conversation about a query: its reading, and whatever is answered to it, in the sender's version, delimiters and
 * character set. Not for several threads at a time.
 */
public final class Reply {
  private static final Delimiters USUAL = new Delimiters('|', '^', '~', '\\', '&');
  private static final Pattern PLACE = Pattern.compile("([A-Z][A-Z0-9]{2})(?:\\[(\\d+)])?(?:-(\\d+))?");
  /** Of a patient summary; whoever can write it can write Chinese. */
  private static final String CHINESE = "医院诊断过敏药检验";
  private static final int TEXT_MAX = 8 << 20;

  /**
   * One page of an answer.
   *
   * @param text a whole message, each segment ended
   * @param next number of the group that the next page begins with; 0 if there is none
   */
  public record Page(String text, int next) {
    /** Never what: it is patient data. */
    @Override
    public String toString() {
      return "Page[" + next + "]";
    }
  }

  /** An answer that has been written, to be sent page by page. Group 0 says what became of the question at each hospital. */
  public static final class Told {
    private final List<Piece> pieces;
    private final Map<String, Object> patient;
    private final boolean silent;
    private final Delimiters delimiters;
    private final Charset narrowest;
    private final long size;

    private Told(List<Piece> pieces, Map<String, Object> patient, boolean silent, Delimiters delimiters, Charset narrowest) {
      this.pieces = List.copyOf(pieces);
      this.patient = patient;
      this.silent = silent;
      this.delimiters = delimiters;
      this.narrowest = narrowest;
      this.size = pieces.stream().mapToLong(Piece::length).sum();
    }

    /** About what it takes in memory, in characters. */
    public long size() {
      return size;
    }

    /** Whether there is a group of that number. */
    public boolean has(int group) {
      return group < pieces.size();
    }

    /** Whether one page of so many groups is not all of it. @param limit 0 for as many as a page may have */
    public boolean isLongerThan(int limit) {
      return until(this, 0, limit) < pieces.size();
    }
  }

  private final Hl7Message message;
  private final Kind kind;
  private final ZoneId zone;
  private final Charset charset;
  private final Charset narrowest;
  private final Pen pen;
  private final String id;
  private final String stamp;
  private final int minor;

  /**
   * Takes up a message that asks something.
   *
   * @param zone of times that name none
   * @param charset of the answer
   * @param id of the answer (MSH-10) and {@code stamp} (MSH-7)
   */
  public Reply(Hl7Message message, ZoneId zone, Charset charset, String id, String stamp) {
    this.message = message;
    Segment msh = message.header();
    this.kind = Kind.of(message);
    this.zone = zone;
    this.charset = charset;
    this.id = id;
    this.stamp = stamp;
    Delimiters sent = message.delimiters();
    boolean whole = sent.component() != 0 && sent.repetition() != 0 && sent.escape() != 0 && sent.subcomponent() != 0;
    this.narrowest = narrowest();
    this.pen = new Pen(whole ? sent : USUAL, narrowest.newEncoder());
    String version = String.valueOf(msh.field(12).component(1).text());
    this.minor = version.matches("2\\.\\d.*") ? version.charAt(2) - '0' : 4;
  }

  /** A sender that says GBK cannot be expected to know the four octets of GB 18030. */
  private Charset narrowest() {
    String said = String.valueOf(message.header().field(18).text());
    return charset.name().equals("GB18030") && said.toUpperCase(java.util.Locale.ROOT).matches("(X-)?GBK|GB.?2312(-80)?|(CP|MS|WINDOWS-)?936|EUC.CN")
        ? Charset.forName("GBK") : charset;
  }

  /** What the answer is written in. */
  public Charset charset() {
    return charset;
  }

  /**
   * What is asked.
   *
   * @throws QueryRefused for the first thing that is wrong with it
   */
  public Query query() {
    if (kind == null) {
      throw new QueryRefused(Reason.UNSUPPORTED, "MSH-9");
    }
    return QueryReader.read(kind, message, zone);
  }

  /**
   * Tells a patient summary.
   *
   * @param document as {@code PatientSummary} writes it
   * @throws QueryRefused when it cannot be written in the sender's character set
   */
  public Told told(Query query, byte[] document) {
    requireChinese();
    Summary summary = Summary.of(document);
    boolean silent = summary.notAgreed.isEmpty() && summary.outcomes.stream().allMatch(one -> one.status() == Status.NONE);
    List<Piece> pieces = kind == Kind.Q22 ? List.of() : Telling.of(summary, query, pen);
    return new Told(pieces, summary.patient, kind == Kind.Q22 ? !isCandidate(query, summary.patient) : silent,
        pen.delimiters(), narrowest);
  }

  private void requireChinese() {
    if (!charset.newEncoder().canEncode(CHINESE)) {
      throw new QueryRefused(Reason.CHARSET_TOO_NARROW, "MSH-18");
    }
  }

  /**
   * The draft orders of a {@link Kind#CHECK}, each as an order message of its own: to be read by the rules that read orders.
   *
   * @throws QueryRefused if there is none, or if one could be overlooked
   */
  public List<Draft> drafts() {
    return Draft.of(message);
  }

  /**
   * The answer to a {@link Kind#CHECK}, whole: a warning on a second page might not be read.
   *
   * @throws QueryRefused when it cannot be written in the sender's character set
   */
  public String reminded(Reminded reminded) {
    requireChinese();
    List<String> segments = new ArrayList<>();
    segments.add(pen.segment("MSA", "AA", control()));
    acknowledged(segments, reminded.reminders().isEmpty() ? "NF" : "OK");
    List<String> orders = message.segments().stream().filter(one -> one.name().equals("ORC"))
        .map(one -> pen.segment("ORC", one.field(1).isEmpty() ? "NW" : echo(one.field(1)), echo(one.field(2)), echo(one.field(3)))).toList();
    segments.addAll(reminded.told(orders, pen));
    return message(kind, segments);
  }

  /** Whether a patient who was found by a number is also called and born as was asked: then, and only then, it is them. */
  private static boolean isCandidate(Query query, Map<String, Object> patient) {
    String name = Tree.text(patient, "name", "text");
    return (query.name() == null || query.name().equals(name))
        && (query.birthDate() == null || query.birthDate().toString().equals(Tree.text(patient, "birthDate")));
  }

  /**
   * One page.
   *
   * @param from group that it begins with
   * @param pointer names the group that the next page begins with, if there is one
   * @throws QueryRefused when it was told in other delimiters or another character set than is asked for now
   */
  public Page page(Query query, Told told, int from, IntFunction<String> pointer) {
    if (!told.delimiters.equals(pen.delimiters()) || !told.narrowest.equals(narrowest)) {
      throw new QueryRefused(Reason.POINTER_UNKNOWN, "DSC-1");
    }
    int until = until(told, from, query.limit());
    boolean more = until < told.pieces.size();
    List<String> segments = new ArrayList<>();
    segments.add(pen.segment("MSA", "AA", control()));
    acknowledged(segments, told.silent ? "NF" : "OK");
    if (kind == Kind.Q22) {
      if (!told.silent) {
        segments.add(pid(query, told.patient));
        segments.add(pen.segment("QRI", "100"));
      }
    } else {
      List<String> visit = null;
      for (Piece piece : told.pieces.subList(from, until)) {
        if (visit == null || kind == Kind.A19 || !piece.visit().equals(visit)) {
          segments.add(pid(query, told.patient));
          segments.addAll(piece.visit());
          visit = piece.visit();
        }
        segments.addAll(piece.segments());
      }
    }
    closed(segments, told.silent ? "NF" : "OK");
    if (more) {
      segments.add(pen.segment("DSC", pen.text(pointer.apply(until)), minor >= 4 ? "I" : ""));
    }
    return new Page(message(kind, segments), more ? until : 0);
  }

  /** Group 0 counts for nothing; a page has one group at least, and stays within what a message may have. */
  private static int until(Told told, int from, int limit) {
    int most = limit == 0 ? told.pieces.size() : Math.min(told.pieces.size(), from + limit + (from == 0 ? 1 : 0));
    long length = 0;
    for (int k = from; k < most; k++) {
      length += told.pieces.get(k).length();
      if (length > TEXT_MAX && k > from) {
        return k;
      }
    }
    return most;
  }

  /** Why there is no answer; nothing of the patient is in it that was not in the query. */
  public String objection(Objection why) {
    List<String> segments = new ArrayList<>();
    String verdict = why.rejected() ? "AR" : "AE";
    boolean chinese = charset.newEncoder().canEncode(why.textZh() + why.remedyZh());
    // The place in words too: before 2.5 no field of ERR has room for a part of one.
    String text = why.where() + (chinese ? why.textZh() + " / " : "") + why.text();
    String remedy = (chinese ? why.remedyZh() + " / " : "") + why.remedy();
    segments.add(pen.segment("MSA", verdict, control(), pen.text(text)));
    String err = err(why, text + " - " + remedy);
    if (kind == null) {
      segments.add(err);
    } else if (kind == Kind.R02) {
      acknowledged(segments, verdict);
      segments.add(err);
      closed(segments, verdict);
    } else {
      segments.add(err);
      acknowledged(segments, verdict);
    }
    return message(kind, segments);
  }

  private String err(Objection why, String text) {
    Matcher where = PLACE.matcher(why.place());
    boolean place = where.matches();
    String segment = place ? where.group(1) : pen.text(why.place());
    String field = place ? where.group(3) : null;
    String which = place && where.group(2) != null ? where.group(2) : field == null ? "" : "1";
    if (minor >= 5) {
      return pen.segment("ERR", "", pen.components(segment, which, field),
          pen.components(String.valueOf(why.condition()), why.conditionText(), "HL70357"), "E",
          pen.components(pen.text(why.code()), pen.text(why.text()), Telling.OWN), "", "", pen.text(text));
    }
    return pen.segment("ERR", pen.components(segment, which, field == null ? "" : field,
        pen.subcomponents(String.valueOf(why.condition()), why.conditionText(), "HL70357", pen.text(why.code()), "", Telling.OWN)));
  }

  // ---- parts of every answer ----

  private String control() {
    return message.header().field(10).raw();
  }

  /** QAK, and the query as it was sent. In ORF, QAK stands at the end. */
  private void acknowledged(List<String> segments, String status) {
    if (kind != Kind.R02 && hasQak()) {
      segments.add(qak(status));
    }
    for (String name : kind.isByParameter() ? List.of("QPD") : List.of("QRD", "QRF")) {
      Segment sent = message.first(name);
      if (sent != null) {
        segments.add(echo(sent));
      }
    }
  }

  private void closed(List<String> segments, String status) {
    if (kind == Kind.R02 && hasQak()) {
      segments.add(qak(status));
    }
  }

  /** The acknowledgement of a query came with 2.4. */
  private boolean hasQak() {
    return minor >= 4;
  }

  private String qak(String status) {
    Segment asking = message.first(kind.isByParameter() ? "QPD" : "QRD");
    Part tag = asking == null ? Part.EMPTY : asking.field(kind.isByParameter() ? 2 : 4);
    return pen.segment("QAK", pen.text(tag.text()), status, kind.isByParameter() && asking != null ? echo(asking.field(1)) : "");
  }

  private String echo(Segment segment) {
    if (pen.delimiters().equals(message.delimiters())) {
      return segment.raw();
    }
    String[] fields = new String[segment.size()];
    for (int k = 1; k <= fields.length; k++) {
      fields[k - 1] = echo(segment.field(k));
    }
    return pen.segment(segment.name(), fields);
  }

  /** As it was sent: the answer has the sender's delimiters, unless those are not enough for an answer. */
  private String echo(Part part) {
    return pen.delimiters().equals(message.delimiters()) ? part.raw() : pen.text(part.text());
  }

  /** The number by which it was asked stands first. */
  private String pid(Query query, Map<String, Object> patient) {
    List<String> numbers = new ArrayList<>(query.numbers().stream().map(one -> Identifiers.cx(one, pen)).toList());
    for (Map<String, Object> one : Tree.objects(patient, "identifier")) {
      // What a gateway derived to recognise a patient by is nobody's number.
      if (!String.valueOf(Tree.text(one, "system")).endsWith(":patient-record")) {
        numbers.add(Identifiers.cx(one, pen));
      }
    }
    String sex = switch (String.valueOf(Tree.text(patient, "gender"))) {
      case "female" -> "F";
      case "male" -> "M";
      case "other" -> "O";
      default -> "U";
    };
    return pen.segment("PID", "1", "", pen.repetitions(numbers), "",
        pen.components(pen.text(Tree.text(patient, "name", "text")), "", "", "", "", "", "L"), "",
        Times.of(Tree.text(patient, "birthDate")), sex);
  }

  private String message(Kind kind, List<String> segments) {
    String text = msh(kind, "") + '\r' + String.join("\r", segments) + '\r';
    boolean ascii = StandardCharsets.US_ASCII.newEncoder().canEncode(text);
    String label = label(ascii);
    // A framing byte that the sender wrote into its own fields would end our answer before its end.
    return (label.isEmpty() ? text : msh(kind, label) + text.substring(text.indexOf('\r')))
        .replace((char) 0x0B, ' ').replace((char) 0x1C, ' ');
  }

  /** The sender's own word for the character set where it is true, else the right one; none where nothing needs it. */
  private String label(boolean ascii) {
    String sent = message.header().field(18).raw();
    Optional<Charset> said = CharsetPolicy.byLabel(String.valueOf(message.header().field(18).text()));
    boolean isTrue = said.filter(one -> ascii ? CharsetPolicy.keepsAscii(one) : one.equals(charset)).isPresent();
    return isTrue ? sent : ascii && sent.isEmpty() ? "" : CharsetPolicy.labelFor(ascii ? StandardCharsets.US_ASCII : charset);
  }

  private String msh(Kind kind, String label) {
    Delimiters with = pen.delimiters();
    String encoding = "" + with.component() + with.repetition() + with.escape() + with.subcomponent();
    Segment to = message.header();
    String version = to.field(12).raw();
    String[] fields = new String[17];
    fields[0] = encoding;
    fields[1] = echo(to.field(5));
    fields[2] = echo(to.field(6));
    fields[3] = echo(to.field(3));
    fields[4] = echo(to.field(4));
    fields[5] = stamp;
    fields[7] = type(kind);
    fields[8] = id;
    fields[9] = to.field(11).isEmpty() ? "P" : echo(to.field(11));
    fields[10] = version.isEmpty() ? "2.4" : echo(to.field(12));
    fields[16] = label;
    return pen.segment("MSH", fields);
  }

  /** The third component came with 2.3.1; the structure of K22 has the name of K21's since 2.5. */
  private String type(Kind kind) {
    if (kind == null) {
      return pen.components("ACK", pen.text(message.header().field(9).component(2).text()), minor >= 4 ? "ACK" : "");
    }
    String structure = kind == Kind.Q22 && minor < 5 ? "RSP_K22" : kind.structure;
    return pen.components(kind.answerType, kind.answerEvent, structure);
  }
}
