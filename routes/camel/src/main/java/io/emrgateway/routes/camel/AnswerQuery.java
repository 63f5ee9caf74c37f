package io.emrgateway.routes.camel;

import io.emrgateway.mappings.hl7.CharsetPolicy;
import io.emrgateway.mappings.hl7.Decoded;
import io.emrgateway.mappings.hl7.Hl7Message;
import io.emrgateway.mappings.queries.Identifiers;
import io.emrgateway.mappings.queries.Kind;
import io.emrgateway.mappings.queries.Objection;
import io.emrgateway.mappings.queries.Query;
import io.emrgateway.mappings.queries.QueryRefused;
import io.emrgateway.mappings.queries.Reply;
import io.emrgateway.routes.camel.mllp.Answer;
import io.emrgateway.routes.camel.mllp.Intake;
import io.emrgateway.routes.camel.mllp.Seldom;
import io.emrgateway.routes.core.Refused;
import io.emrgateway.routes.core.Refused.Reason;
import io.emrgateway.routes.core.WithoutMessage;
import io.emrgateway.routes.core.Worded;
import io.emrgateway.routes.core.intake.Message;
import io.emrgateway.routes.core.lookup.DoctorAuthorization.Emergency;
import io.emrgateway.routes.core.lookup.Headroom;
import io.emrgateway.routes.core.lookup.LookUp;
import io.emrgateway.routes.core.lookup.LookUp.Question;
import io.emrgateway.routes.core.lookup.LookUp.Result;
import io.emrgateway.routes.core.lookup.Practitioner;
import io.emrgateway.routes.core.lookup.Rule;
import io.emrgateway.routes.core.lookup.Section;
import io.emrgateway.routes.core.records.Identifier;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From a query to its answer: read it, ask as every door asks, tell what came back in the sender's words. The sender is
 * trusted as a client of any other door is: its source says that it may ask.
 */
public final class AnswerQuery {
  static final String REPLY = "lookup.reply";
  private static final Logger LOG = LoggerFactory.getLogger(AnswerQuery.class);
  private static final Seldom SELDOM = new Seldom(Duration.ofSeconds(10));

  /** Not answered, for a reason that the sender is told. */
  private static final class NotAnswered extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Objection why;

    NotAnswered(Objection why) {
      super(why.code(), null, false, false);
      this.why = why;
    }
  }

  /** The use case, as narrow as this door needs it. */
  public interface Asking {
    /** As {@code LookUp.ask}. */
    Result ask(Question question);

    /** As {@code LookUp.forbidden}. */
    Optional<Rule> forbidden(UUID rid);

    static Asking of(LookUp lookUp) {
      return new Asking() {
        @Override
        public Result ask(Question question) {
          return lookUp.ask(question);
        }

        @Override
        public Optional<Rule> forbidden(UUID rid) {
          return lookUp.forbidden(rid);
        }
      };
    }
  }

  /** A tree takes ten times its text; and what is told of it, twice. */
  private static final int HEAP_OF_TREE = 12;
  private static final Objection TOO_LONG = new Objection("lookup.answer-too-long", 207, "", "", "资料过多，无法用 HL7 v2 答复，未返回任何外院资料",
      "There is more than can be told by HL7 v2; nothing of other hospitals is shown",
      "请缩短日期或减少类别后再查；或用医生页面查看", "Ask for fewer days or sections, or use the doctor's page", false);

  private final Asking lookUp;
  private final Function<Result.Shown, byte[]> summaries;
  private final Supplier<Translate.Rules> rules;
  private final Acknowledge acknowledge;
  private final Optional<CheckOrders> checks;
  private final Continued continued;
  private final Headroom room;

  /**
   * @param lookUp asks the other hospitals
   * @param summaries writes an answer as one IPS document
   * @param rules asked once for each query: by them a patient's numbers and draft orders are read
   * @param checks none where there are no reminders
   */
  public AnswerQuery(Asking lookUp, Function<Result.Shown, byte[]> summaries, Supplier<Translate.Rules> rules,
      Optional<CheckOrders> checks, Headroom room, Intake intake, Clock clock) {
    this.lookUp = lookUp;
    this.summaries = summaries;
    this.rules = rules;
    this.checks = checks;
    this.room = room;
    this.acknowledge = new Acknowledge(intake, clock);
    this.continued = new Continued(clock);
  }

  /**
   * What is asked.
   *
   * @throws Refused if the message itself cannot be read
   * @throws QueryRefused if the query in it cannot
   */
  public Query read(@ExchangeProperty(Received.PROPERTY) Received received, Exchange exchange) {
    Message message = received.message();
    if (message.refused() != null) {
      throw message.refused();
    }
    String text = ((Decoded) received.listener().charset().decodeBeginning(message.bytes())).text();
    Reply reply = new Reply(Hl7Message.read(text).orElseThrow(), received.listener().zone(), charset(received),
        "Q" + acknowledge.nextId(), acknowledge.stamp(received.listener().zone()));
    exchange.setProperty(REPLY, reply);
    return reply.query();
  }

  /** Of a query in plain ASCII, which says nothing of the sender's character set, what the setting or MSH-18 says. */
  private static Charset charset(Received received) {
    Charset read = received.charset();
    return read.equals(StandardCharsets.US_ASCII)
        ? received.listener().charset().configured().or(() -> CharsetPolicy.byLabel(CharsetPolicy.labelOf(received.header())))
            .filter(CharsetPolicy::keepsAscii).orElse(read)
        : read;
  }

  /** The answer, or one page of it. */
  public String ask(@Body Query query, @ExchangeProperty(Received.PROPERTY) Received received, @ExchangeProperty(REPLY) Reply reply) {
    if (query.kind() == Kind.CHECK) {
      return check(query, received.listener().source(), reply);
    }
    Continued.Rest rest = rest(query, received, reply);
    return reply.page(rest.query(), rest.told(), rest.from(), rest::pointer).text();
  }

  private String check(Query query, String source, Reply reply) {
    CheckOrders check = checks.orElseThrow(() -> new QueryRefused(QueryRefused.Reason.CODE_UNKNOWN, "QPD-1"));
    if (query.pointer() != null) {
      throw new QueryRefused(QueryRefused.Reason.POINTER_UNKNOWN, "DSC-1");
    }
    Translate.Rules now = rules.get();
    List<Identifier> patient = patient(query, now, source);
    if (patient.isEmpty()) {
      throw new NotAnswered(objection(Rule.PATIENT_UNKNOWN));
    }
    return reply.reminded(check.reminded(query, reply, patient, now, source));
  }

  /** Asks the other hospitals, or finds what they said already. */
  private Continued.Rest rest(Query query, Received received, Reply reply) {
    if (query.pointer() != null) {
      Continued.Rest rest = continued.at(query, received);
      lookUp.forbidden(rest.rid()).ifPresent(rule -> {
        throw new NotAnswered(objection(rule));
      });
      return rest;
    }
    byte[] document;
    UUID rid;
    try (Result result = lookUp.ask(question(query, received.listener().source()))) {
      if (result instanceof Result.Denied denied) {
        throw new NotAnswered(objection(denied));
      }
      if (result instanceof Result.Failed failed) {
        throw new NotAnswered(objection(failed));
      }
      Result.Shown shown = (Result.Shown) result;
      rid = shown.rid();
      document = summaries.apply(shown);
    }
    return continued.first(query, rid, told(query, reply, document), received);
  }

  /** Segments are written from the whole document as a tree, which takes its own turn. */
  private Reply.Told told(Query query, Reply reply, byte[] document) {
    long bytes = (long) document.length * HEAP_OF_TREE;
    if (bytes > room.most()) {
      throw new NotAnswered(TOO_LONG);
    }
    try (Headroom.Taken taken = room.take(bytes).orElseThrow(() -> new NotAnswered(objection(Rule.TOO_MANY)))) {
      return reply.told(query, document);
    }
  }

  private Question question(Query query, String source) {
    List<Identifier> patient = patient(query, rules.get(), source);
    return new Question(new Practitioner(query.doctor().id(), query.doctor().name()), query.department(), query.visit(), patient,
        query.sections().stream().map(one -> Section.named(one.wire()).orElseThrow()).collect(Collectors.toSet()), query.named(),
        query.since(), query.until(), query.confirmed(),
        query.emergency() == null ? null : new Emergency(query.emergency().reason(),
            new Practitioner(query.emergency().second().id(), query.emergency().second().name())));
  }

  private static List<Identifier> patient(Query query, Translate.Rules rules, String source) {
    return Identifiers.of(query, rules.mapping(), rules.of(source).site()).stream().map(one -> new Identifier(one.system(), one.value())).toList();
  }

  private static Objection objection(Worded why) {
    return new Objection(why.code(), why.code().equals(Rule.PATIENT_UNKNOWN.code()) ? 204 : 207, "", "", why.textZh(), why.text(), why.remedyZh(),
        why.remedy(), false);
  }

  /** The answer, in the sender's character set. */
  public Answer tell(@Body String text, @ExchangeProperty(Received.PROPERTY) Received received, @ExchangeProperty(REPLY) Reply reply) {
    return acknowledge.told(received, text.getBytes(reply.charset()), "AA");
  }

  /** Why there is no answer, in the form of an answer where there is one. */
  public Answer refuse(Exchange exchange) {
    Throwable caught = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    Received received = exchange.getProperty(Received.PROPERTY, Received.class);
    Reply reply = exchange.getProperty(REPLY, Reply.class);
    for (Throwable cause = caught; cause != null; cause = cause.getCause()) {
      if (cause instanceof Refused refused) {
        return acknowledge.answer(received, refused);
      } else if (reply != null && cause instanceof RejectedExecutionException) {
        return refused(received, reply, objection(Rule.TOO_MANY));
      } else if (reply != null && cause instanceof QueryRefused refused) {
        return refused(received, reply, refused.objection());
      } else if (reply != null && cause instanceof NotAnswered not) {
        return refused(received, reply, not.why);
      }
    }
    LOG.error("{} {}: {}", Reason.INTERNAL.code(), received.listener().source(), Reason.INTERNAL.text(), WithoutMessage.of(caught));
    return reply == null ? acknowledge.answer(received, new Refused(Reason.INTERNAL, "", caught))
        : refused(received, reply, new Objection(Reason.INTERNAL.code(), Reason.INTERNAL.hl7(), "", "",
            "网关出错，未返回任何资料", "The gateway failed; nothing is shown",
            "请稍后重试；反复出现时查看网关日志", "Try again; if it goes on, look at the gateway's log", false));
  }

  private Answer refused(Received received, Reply reply, Objection why) {
    String source = received.listener().source();
    SELDOM.say(why.code() + source, unsaid -> LOG.warn("{} {}{}: {} / {}{}", why.code(), source,
        why.place().isEmpty() ? "" : " " + why.place() + why.part(), why.textZh(), why.text(), unsaid == 0 ? "" : " (+" + unsaid + ")"));
    return acknowledge.told(received, reply.objection(why).getBytes(reply.charset()), why.rejected() ? "AR" : "AE");
  }
}
