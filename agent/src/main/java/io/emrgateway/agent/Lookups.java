package io.emrgateway.agent;

import io.emrgateway.agent.city.CityClient;
import io.emrgateway.agent.city.CityConnection;
import io.emrgateway.agent.city.LookupClient;
import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.consent.SigningPages;
import io.emrgateway.agent.control.PatientOrders;
import io.emrgateway.agent.his.Callers;
import io.emrgateway.agent.his.ConsentPages;
import io.emrgateway.agent.his.FhirPages;
import io.emrgateway.agent.his.HisDoor;
import io.emrgateway.agent.his.HisPages;
import io.emrgateway.agent.his.Questions;
import io.emrgateway.agent.lookup.Answering;
import io.emrgateway.agent.lookup.Telling;
import io.emrgateway.agent.seal.Suite;
import io.emrgateway.agent.seal.TrustFile;
import io.emrgateway.agent.start.Opened;
import io.emrgateway.agent.store.Store;
import io.emrgateway.agent.viewer.Viewer;
import io.emrgateway.mappings.Mapping;
import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.hl7.CharsetPolicy;
import io.emrgateway.mappings.reminders.Reading;
import io.emrgateway.routes.camel.AnswerQuery;
import io.emrgateway.routes.camel.FoundInRecords;
import io.emrgateway.routes.camel.HisRecords;
import io.emrgateway.routes.camel.Hospitals;
import io.emrgateway.routes.camel.LookupRoutes;
import io.emrgateway.routes.camel.PatientsInRecords;
import io.emrgateway.routes.camel.Summaries;
import io.emrgateway.routes.camel.Translate;
import io.emrgateway.routes.camel.mllp.Intake;
import io.emrgateway.routes.core.lookup.AnswerInquiry;
import io.emrgateway.routes.core.lookup.Headroom;
import io.emrgateway.routes.core.lookup.KeepConsent;
import io.emrgateway.routes.core.lookup.KeepObjection;
import io.emrgateway.routes.core.lookup.LookUp;
import io.emrgateway.routes.core.lookup.PatientAuthorization.Kind;
import io.emrgateway.routes.core.lookup.Section;
import io.emrgateway.routes.core.records.Identifier;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jboss.logging.Logger;

/** Lookups both ways, put together: the question of a doctor here and its doors, and the answers to other hospitals. */
final class Lookups implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Lookups.class);
  /** For the way to the city and back, beyond what it waits for the hospitals. */
  private static final Duration ON_THE_WAY = Duration.ofSeconds(4);

  /** A city that was away hears of a withdrawal or an objection within half a minute. */
  private static final Duration TOLD_AGAIN_MIN = Duration.ofSeconds(1);
  private static final Duration TOLD_AGAIN_MAX = Duration.ofSeconds(30);

  private final Optional<Answering> answering;
  private final Telling telling;
  private final PatientOrders orders;
  private final Optional<HisDoor> door;
  private final Optional<Reminders> reminders;
  private final LookUp lookUp;
  private final Summaries summaries;
  private final Headroom room;
  private final Clock clock;

  /**
   * @param mapping in force now
   * @param site what the mapping knows of this hospital now
   * @param reading what reminders are told by now
   * @param room of the heap that lookups have
   */
  Lookups(GatewaySettings settings, Opened opened, Store store, CityConnection connection, CityClient feed, Supplier<Mapping> mapping,
      Supplier<Site> site, Supplier<Reading> reading, Headroom room, Vertx vertx, MeterRegistry meters, Clock clock) throws GeneralSecurityException {
    this.room = room;
    String org = settings.hospital();
    Suite suite = Suite.of(settings.suite().toString());
    LookupClient city = new LookupClient(new LookupClient.Settings(settings.feedName(), suite,
        settings.lookup().deadline(), ON_THE_WAY), connection, opened.trust(), opened.signing()::current,
        feed::refreshTrust, room);
    Hospitals hospitals = new Hospitals(one -> named(opened, one), (one, why) ->
        LOG.warnf("records.passed-over: %s 的一份记录与其余的不符，未显示 / a record of %s fits no state and is not shown: %s", one, one, why));
    Optional<HisRecords> his = settings.lookup().askHis().map(one -> new HisRecords(
        new HisRecords.Line(new InetSocketAddress(one.address(), one.port()), opened.hisQuery().orElseThrow(),
            CharsetPolicy.of(one.charset().toString()), one.atOnce(), one.patience()),
        mapping, site, code -> LOG.warnf("%s: HIS 未能答复查询 / the HIS did not answer a query", code), clock));
    FoundInRecords found = new FoundInRecords(org, store.records(), hospitals, his, room);
    SecureRandom random = new SecureRandom();
    this.clock = clock;
    LookUp.Patients patients = new PatientsInRecords(org, store.records(), hospitals, site);
    lookUp = new LookUp(new LookUp.Settings(org, settings.feedName(), settings.lookup().emergencies()), patients,
        store.consents(), store.audits(),
        city, found, () -> {
          byte[] octets = new byte[16];
          random.nextBytes(octets);
          return HexFormat.of().formatHex(octets);
        }, clock);
    answering = settings.lookup().answer() ? Optional.of(new Answering(city,
        new AnswerInquiry(new AnswerInquiry.Policy(settings.lookup().emergencies(), settings.lookup().sections().stream()
            .map(one -> Section.valueOf(one.name())).collect(Collectors.toSet())), store.objections(), store.nonces(), store.consents(),
            store.audits(), found, clock),
        store::auditHead, org, settings.feedName(), settings.lookup().answersAtOnce(), clock)) : Optional.empty();
    summaries = new Summaries(org, hospitals, clock);
    BiFunction<String, String, List<Identifier>> numbers = (authority, value) -> site.get().patientNumbers(authority, value).stream()
        .map(one -> new Identifier(one.system(), one.value())).toList();
    Questions questions = new Questions(numbers);
    telling = new Telling(store.consents(), store.objections(), city, TOLD_AGAIN_MIN, TOLD_AGAIN_MAX);
    KeepObjection objections = new KeepObjection(patients, telling::object, clock);
    orders = new PatientOrders(telling, objections, questions::meant, patients);
    Function<byte[], String> hash = evidence -> Suite.hex(suite.hashUntagged(evidence));
    KeepConsent keep = new KeepConsent(new KeepConsent.Policy(org, settings.consent().kinds().stream()
        .map(one -> Kind.valueOf(one.name())).collect(Collectors.toSet()), settings.consent().longest()), patients, store.consents(), hash, clock);
    List<HisPages> pages = new ArrayList<>(List.of(
        new ConsentPages(keep, objections, store.consents(), store.objections(), telling, patients, questions),
        new SigningPages(keep, questions::meant, opened.agreement(), org, one -> named(opened, one), suite.wireName(), hash, clock),
        new FhirPages(lookUp, summaries, questions, Version.TEXT),
        new Viewer(questions, lookUp::ask, lookUp::again, lookUp::forbidden, summaries,
            one -> store.auditPage(one.act().deed(), one.detail()), clock)));
    reminders = settings.reminders().map(one -> new Reminders(one, settings, opened, store, hospitals, lookUp, reading, numbers, room, meters, clock));
    reminders.ifPresent(one -> pages.add(one.pages()));
    door = settings.his().isEmpty() ? Optional.empty() : Optional.of(new HisDoor(vertx, settings.his().get().listen(),
        tls(settings.his().get(), opened.his().orElseThrow()), new Callers(opened.his().orElseThrow().secrets()), pages));
  }

  /** What a HIS asks by HL7 v2. @param rules by which a patient's numbers are read */
  LookupRoutes queries(Supplier<Translate.Rules> rules, Intake intake) {
    return new LookupRoutes(new AnswerQuery(AnswerQuery.Asking.of(lookUp), summaries, rules, reminders.map(Reminders::checks), room, intake,
        clock));
  }

  /** A hospital's name, as the directory has it. */
  static String named(Opened opened, String org) {
    return opened.trust().current().hospitals().stream().filter(one -> one.org().equals(org)).map(TrustFile.Hospital::name)
        .findFirst().orElse(org);
  }

  private static HisDoor.Tls tls(GatewaySettings.His his, Opened.HisDoor opened) throws GeneralSecurityException {
    if (opened.tls().isEmpty()) {
      return null;
    }
    Opened.DoorTls door = opened.tls().get();
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(door.key().store(), door.password());
    TrustOptions trust = null;
    if (door.senders().isPresent()) {
      TrustManagerFactory authorities = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      authorities.init(door.senders().get().store());
      trust = TrustOptions.wrap(authorities.getTrustManagers()[0]);
    }
    ClientAuth clients = his.tls().orElseThrow().clientCertificates() == GatewaySettings.ClientCertificates.REQUIRED
        ? ClientAuth.REQUIRED : ClientAuth.REQUEST;
    return new HisDoor.Tls(KeyCertOptions.wrap((javax.net.ssl.X509KeyManager) keys.getKeyManagers()[0]), trust, clients);
  }

  /** What the command line may do about patients. */
  PatientOrders orders() {
    return orders;
  }

  /** When this returns, the HIS's door is open and other hospitals are answered. */
  void open() throws Exception {
    if (door.isPresent()) {
      door.get().open();
    }
    answering.ifPresent(Answering::start);
    telling.start();
  }

  @Override
  public void close() throws Exception {
    if (door.isPresent()) {
      door.get().close();
    }
    reminders.ifPresent(Reminders::close);
    if (answering.isPresent()) {
      answering.get().close();
    }
    telling.close();
  }
}
