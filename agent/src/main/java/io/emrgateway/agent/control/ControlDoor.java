package io.emrgateway.agent.control;

import io.emrgateway.agent.store.Leftovers;
import io.emrgateway.agent.store.Overview;
import io.emrgateway.agent.store.Store;
import io.emrgateway.mappings.WhatChanges;
import io.emrgateway.routes.core.WithoutMessage;
import io.emrgateway.routes.core.delivery.City;
import io.emrgateway.routes.core.delivery.Delivery;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URLDecoder;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Where the command line talks to the gateway that runs: a socket in its home folder, open to its own
 * user only. The file system's rights are the login; there is no port.
 *
 * <p>A request is one line of words; the answer is JSON, one object a line, the last one with
 * {@code "ok"}. Answers hold numbers, codes and control ids, never what a message says; values only where an operator has
 * asked for them by name.
 */
public final class ControlDoor implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(ControlDoor.class);
  /** What sockaddr_un has room for. */
  private static final int PATH_BYTES_MAX = 107;
  private static final int LISTED_AT_ONCE = 1_000;
  private static final int COMPARED_AT_ONCE = 50;
  private static final int SHOWN_OF_A_VALUE_MAX = 200;
  /** A code recurs; what stands in one or two messages may be somebody's name in the wrong field. */
  private static final int MESSAGES_OF_A_CODE_MIN = 3;

  private final Path socket;
  private final Store store;
  private final PatientOrders patients;
  private final City city;
  private final CourierOrders courier;
  private final RulesOrders rules;
  private final UnaryOperator<String> hospitals;
  private final List<InetSocketAddress> doors;
  private final Thread thread = new Thread(this::run, "control");
  private ServerSocketChannel server;

  /**
   * @param hospitals their names by their numbers, as the directory has them
   * @param doors where the gateway listens, so that whoever finds these ports taken can tell by whom
   */
  public ControlDoor(Path socket, Store store, PatientOrders patients, City city, CourierOrders courier, RulesOrders rules,
      UnaryOperator<String> hospitals, List<InetSocketAddress> doors) {
    this.socket = socket;
    this.store = store;
    this.patients = patients;
    this.city = city;
    this.courier = courier;
    this.rules = rules;
    this.hospitals = hospitals;
    this.doors = doors;
    thread.setDaemon(true);
  }

  /** Listens when this returns. A socket that a killed process left behind is taken over. */
  public void start() throws IOException {
    if (socket.toString().getBytes(StandardCharsets.UTF_8).length > PATH_BYTES_MAX) {
      LOG.warnf("control.path-too-long: home 路径过长，status 等命令不可用；请使用较短的 home / the path of home is too long for a socket: status and its like do not work; use a shorter home");
      return;
    }
    Files.deleteIfExists(socket);
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
    thread.start();
  }

  private void run() {
    while (server.isOpen()) {
      try {
        SocketChannel caller = server.accept();
        // Each on its own: one who connects and says nothing must not keep the others waiting.
        Thread serving = new Thread(() -> serve(caller), "control-caller");
        serving.setDaemon(true);
        serving.start();
      } catch (IOException closing) {
        return;
      }
    }
  }

  private void serve(SocketChannel caller) {
    try (caller;
        BufferedReader in = new BufferedReader(new InputStreamReader(Channels.newInputStream(caller), StandardCharsets.UTF_8));
        PrintWriter out = new PrintWriter(Channels.newOutputStream(caller), false, StandardCharsets.UTF_8)) {
      String line = in.readLine();
      if (line != null) {
        answerSafely(line.strip().split("\\s+"), out);
      }
      out.flush();
    } catch (IOException gone) {
      // The caller left; nobody is there to be told.
    }
  }

  private void answerSafely(String[] words, PrintWriter out) {
    try {
      answer(words, out);
    } catch (NumberFormatException e) {
      out.println(refused("control.number-unusable"));
    } catch (RuntimeException e) {
      LOG.error("control.failed: 命令执行失败 / a command failed", WithoutMessage.of(e));
      out.println(refused("control.failed"));
    }
  }

  private void answer(String[] words, PrintWriter out) {
    switch (words[0]) {
      case "status" -> status(out);
      case "doors" -> out.println(new Line().put("ok", true).put("ports",
          doors.stream().map(door -> String.valueOf(door.getPort())).collect(Collectors.joining(" "))));
      case "reused" -> reused(words.length > 1 ? Long.parseLong(words[1]) : 0, out);
      case "quarantine" -> quarantine(words.length > 1 ? Long.parseLong(words[1]) : 0, out);
      case "rejected" -> rejected(words.length > 1 ? Long.parseLong(words[1]) : 0, words.length > 2 && words[2].equals("text"), out);
      case "replay" -> replay(words, out);
      case "show" -> show(words, out);
      case "discardable" -> discardable(chosen(words), out);
      case "discard" -> {
        List<Long> numbers = chosen(words).stream().map(Overview.Quarantined::i).toList();
        int discarded = numbers.isEmpty() ? 0 : store.operations().discard(numbers);
        out.println(done(others(words, numbers)).put("discarded", discarded));
      }
      case "resume" -> {
        store.operations().resume();
        courier.realign();
        out.println(new Line().put("ok", true));
      }
      case "resync" -> resync(words.length > 1 ? Long.parseLong(words[1]) : Long.MAX_VALUE, out);
      case "reload" -> out.println(standing(rules.reload(), new Line()));
      case "unmapped" -> unmapped(out);
      case "worklist" -> worklist(words.length > 1 && words[1].equals("values"), out);
      case "tables" -> {
        rules.tables().stream().sorted().forEach(name -> out.println(new Line().put("table", name)));
        out.println(new Line().put("ok", true));
      }
      case "compare" -> compare(words, out);
      case "audit-list", "audit-emergencies", "audit-patient" -> AuditAnswers.answer(store.auditLog(), patients, hospitals, words, out);
      case "consents", "consent" -> ConsentAnswers.answer(store.consents(), patients.telling(), words, out);
      case "objections", "objection" -> ObjectionAnswers.answer(store.objections(), patients, words, out);
      default -> out.println(refused("control.command-unknown"));
    }
  }

  static Line refused(String code) {
    ControlWords words = ControlWords.of(code);
    return new Line().put("ok", false).put("code", code).put("text", words.text()).put("remedy", words.remedy());
  }

  private void status(PrintWriter out) {
    Overview overview = store.overview();
    Overview.Delivery delivery = overview.delivery();
    overview.lagMillis().forEach((source, lag) ->
        out.println(new Line().put("source", source).put("lagSeconds", lag / 1_000)));
    Line whole = new Line()
        .put("ok", true)
        .put("admitted", delivery.admitted()).put("sealed", delivery.sealed()).put("settled", delivery.settled())
        .put("waiting", delivery.waiting()).put("quarantined", overview.quarantinedCount())
        .put("rejectedByCity", overview.rejectedCount())
        .put("epoch", delivery.epoch()).put("batch", delivery.lastSeq()).put("batchSettled", delivery.settledSeq())
        .put("attemptsFailed", delivery.standing().attempts())
        .put("code", delivery.standing().code()).put("detail", delivery.standing().detail());
    if (delivery.standing().code() != null) {
      DeliveryTexts words = DeliveryTexts.of(delivery.standing().code());
      whole.put("text", words.textZh() + " / " + words.text()).put("remedy", words.remedyZh() + " / " + words.remedy())
          .put("paused", words.paused()).put("since", delivery.failingSince());
      Instant next = delivery.standing().due();
      whole.put("nextTry", next.equals(Instant.EPOCH) ? null : next);
    }
    whole
        .put("canAdmit", overview.canAdmit()).put("diskFreeBytes", overview.diskFreeBytes())
        .put("storeUsedBytes", overview.storeUsedBytes()).put("storeCode", overview.storeCode());
    if (overview.storeCode() != null) {
      ControlWords words = ControlWords.of(overview.storeCode());
      whole.put("storeText", words.text()).put("storeRemedy", words.remedy());
    }
    overview.cityWentBack().ifPresent(back -> whole.put("cityWentBackFrom", back.from()).put("cityWentBackTo", back.to())
        .put("cityWentBackAt", back.at()));
    overview.nextKeyRefused().ifPresent(refused -> whole.put("nextKeyCode", refused.code()).put("nextKeyFile", refused.place())
        .put("nextKeyText", refused.reason().textZh() + " / " + refused.reason().text())
        .put("nextKeyRemedy", refused.reason().remedyZh() + " / " + refused.reason().remedy()));
    out.println(rules(rules.standing(), whole));
  }

  private static Line standing(RulesOrders.Standing standing, Line line) {
    return rules(standing, line.put("ok", standing.problem() == null)
        .put("code", standing.problem() == null ? null : standing.problem().code()));
  }

  private static Line rules(RulesOrders.Standing standing, Line line) {
    line.put("rules", standing.version()).put("rulesSince", standing.since());
    RulesOrders.Problem problem = standing.problem();
    return problem == null ? line : line.put("rulesCode", problem.code()).put("rulesPlace", problem.place())
        .put("rulesText", problem.text()).put("rulesRemedy", problem.remedy());
  }

  private void unmapped(PrintWriter out) {
    String inForce = rules.standing().version();
    List<Leftovers.Field> listed = store.leftovers().fields();
    for (Leftovers.Field one : listed) {
      out.println(new Line().put("source", one.source()).put("type", one.type())
          .put("field", one.segment().isEmpty() ? "" : one.segment() + "-" + one.field()).put("count", one.count())
          .put("first", one.first()).put("last", one.last()).put("sample", one.sample())
          .put("inForce", one.rules().equals(inForce)));
    }
    out.println(new Line().put("ok", true).put("listed", listed.size()));
  }

  /** Without the codes that the rules in force know by now; the rare ones as sent only if asked for. */
  private void worklist(boolean values, PrintWriter out) {
    if (values) {
      store.operations().showCodes();
    }
    int listed = 0;
    for (Leftovers.Code one : store.leftovers().codes()) {
      if (one.code().isEmpty() || !rules.knowsCode(one.table(), one.code())) {
        listed++;
        boolean shown = !one.code().isEmpty() && (values || one.count() >= MESSAGES_OF_A_CODE_MIN);
        out.println(new Line().put("source", one.source()).put("table", one.table()).put("code", shown ? one.code() : "")
            .put("display", shown ? one.display() : null).put("count", one.count()).put("first", one.first())
            .put("last", one.last()).put("rare", !shown && !one.code().isEmpty()));
      }
    }
    out.println(new Line().put("ok", true).put("listed", listed));
  }

  /** {@code compare DAYS MOST values|shapes FOLDER}, the folder in the form of a URL's query. */
  private void compare(String[] words, PrintWriter out) {
    if (words.length != 5) {
      out.println(refused("control.command-unknown"));
      return;
    }
    int days = Integer.parseInt(words[1]);
    boolean values = words[3].equals("values");
    store.operations().compare(days, values);
    RulesOrders.Comparison comparison = rules.compare(Path.of(URLDecoder.decode(words[4], StandardCharsets.UTF_8)), days,
        Integer.parseInt(words[2]), compared -> {
          if (compared % COMPARED_AT_ONCE == 0) {
            out.println(new Line().put("compared", compared));
            out.flush();
          }
        }, () -> server.isOpen() && !out.checkError());
    RulesOrders.Problem problem = comparison.problem();
    if (problem != null) {
      out.println(new Line().put("ok", false).put("code", problem.code()).put("place", problem.place())
          .put("text", problem.text()).put("remedy", problem.remedy()));
      return;
    }
    for (WhatChanges.Group group : comparison.changes().groups()) {
      out.println(new Line().put("clinical", group.clinical()).put("path", group.path()).put("from", group.from())
          .put("rule", group.rule()).put("file", group.file()).put("line", group.line()).put("values", group.values())
          .put("messages", group.messages()).put("example", group.example()).put("before", values ? start(group.before()) : null)
          .put("after", values ? start(group.after()) : null));
    }
    out.println(new Line().put("ok", true).put("compared", comparison.changes().compared())
        .put("changed", comparison.changes().changed()).put("skipped", comparison.skipped()).put("more", comparison.more()));
  }

  private void quarantine(long after, PrintWriter out) {
    List<Overview.Quarantined> listed = store.overview().quarantined(after, LISTED_AT_ONCE);
    for (Overview.Quarantined one : listed) {
      out.println(told(one));
    }
    out.println(new Line().put("ok", true).put("listed", listed.size()).put("more", listed.size() == LISTED_AT_ONCE));
  }

  private static Line told(Overview.Quarantined one) {
    QuarantineWords words = QuarantineWords.of(one.code());
    return new Line()
        .put("i", one.i()).put("source", one.source()).put("received", one.received()).put("raw", one.raw())
        .put("control", one.control()).put("type", one.type()).put("bytes", one.size()).put("code", one.code())
        .put("place", one.place()).put("text", words.text()).put("remedy", words.remedy())
        .put("discarded", one.discarded());
  }

  /** {@code show NUMBER [bytes]}: with the message as it arrived, in pieces, which the audit chain says before. */
  private void show(String[] words, PrintWriter out) {
    long i = words.length > 1 ? Long.parseLong(words[1]) : 0;
    Optional<Overview.Quarantined> found = store.overview().quarantined(i);
    if (found.isEmpty()) {
      out.println(refused(ControlWords.NOT_IN_QUARANTINE).put("numbers", i));
      return;
    }
    out.println(told(found.get()));
    if (words.length > 2 && words[2].equals("bytes")) {
      store.operations().showMessage(i);
      Optional<byte[]> bytes = store.kept().bytes(i);
      if (bytes.isEmpty()) {
        out.println(refused(found.get().discarded() == null ? "store.payload-damaged" : "store.discarded"));
        return;
      }
      Line.pieces(bytes.get(), out);
    }
    out.println(new Line().put("ok", true));
  }

  private static void discardable(List<Overview.Quarantined> chosen, PrintWriter out) {
    Line line = (chosen.isEmpty() ? refused(ControlWords.NOT_IN_QUARANTINE) : new Line().put("ok", true)).put("messages", chosen.size());
    if (!chosen.isEmpty()) {
      line.put("from", chosen.get(0).received()).put("to", chosen.get(chosen.size() - 1).received());
    }
    out.println(line);
  }

  /** {@code … NUMBER…} or {@code … before MILLIS}: of the quarantine those with these numbers, or received earlier. */
  private List<Overview.Quarantined> chosen(String[] words) {
    boolean byAge = words.length == 3 && words[1].equals("before");
    long before = byAge ? Long.parseLong(words[2]) : 0;
    Set<Long> numbers = new HashSet<>();
    for (int k = 1; !byAge && k < words.length; k++) {
      numbers.add(Long.parseLong(words[k]));
    }
    List<Overview.Quarantined> chosen = new ArrayList<>();
    eachQuarantined(one -> {
      if (byAge ? one.received().toEpochMilli() < before : numbers.contains(one.i())) {
        chosen.add(one);
      }
    });
    return chosen;
  }

  private void eachQuarantined(Consumer<Overview.Quarantined> each) {
    long after = 0;
    for (List<Overview.Quarantined> page = store.overview().quarantined(after, LISTED_AT_ONCE); !page.isEmpty();
        page = store.overview().quarantined(after, LISTED_AT_ONCE)) {
      page.forEach(each);
      after = page.get(page.size() - 1).i();
    }
  }

  private void reused(long after, PrintWriter out) {
    List<Overview.Reused> listed = store.overview().reused(after, LISTED_AT_ONCE);
    for (Overview.Reused one : listed) {
      out.println(new Line().put("i", one.i()).put("source", one.source()).put("received", one.received())
          .put("control", one.control()).put("type", one.type()));
    }
    out.println(new Line().put("ok", true).put("listed", listed.size()).put("more", listed.size() == LISTED_AT_ONCE));
  }

  /** {@code rejected [AFTER [text]]}: with the city's words, which may tell of a patient and which the audit chain says before. */
  private void rejected(long after, boolean text, PrintWriter out) {
    List<Overview.Rejected> listed = store.overview().rejected(after, LISTED_AT_ONCE);
    if (text && !listed.isEmpty()) {
      store.operations().showOutcomes(listed.get(0).n(), listed.get(listed.size() - 1).n());
    }
    for (Overview.Rejected one : listed) {
      out.println(new Line().put("n", one.n()).put("i", one.i()).put("control", one.control()).put("type", one.type())
          .put("rule", one.rule()).put("text", text ? store.kept().outcomeText(one.n()).orElse(null) : null));
    }
    out.println(new Line().put("ok", true).put("listed", listed.size()).put("more", listed.size() == LISTED_AT_ONCE));
  }

  /** A document in base64 shows as well by its beginning. */
  private static String start(String value) {
    return value == null || value.length() <= SHOWN_OF_A_VALUE_MAX ? value : value.substring(0, SHOWN_OF_A_VALUE_MAX) + "…";
  }

  /** Asks for those that are in quarantine and names the numbers that are not. */
  private void replay(String[] words, PrintWriter out) {
    List<Long> numbers = new ArrayList<>();
    List<Long> others = new ArrayList<>();
    if (words.length > 1 && words[1].equals("all")) {
      eachQuarantined(one -> numbers.add(one.i()));
    } else {
      for (int k = 1; k < words.length; k++) {
        long i = Long.parseLong(words[k]);
        boolean there = store.overview().quarantined(i).filter(one -> one.discarded() == null).isPresent();
        (there ? numbers : others).add(i);
      }
    }
    int asked = numbers.isEmpty() ? 0 : store.operations().replay(numbers);
    courier.ring();
    out.println(done(others).put("asked", asked));
  }

  /** What was asked for has been done; if some of the numbers are not in quarantine, it says which. */
  private static Line done(List<Long> notInQuarantine) {
    return notInQuarantine.isEmpty() ? new Line().put("ok", true) : refused(ControlWords.NOT_IN_QUARANTINE)
        .put("numbers", notInQuarantine.stream().map(String::valueOf).collect(Collectors.joining(" ")));
  }

  /** Of the numbers that were named, those that are not among the chosen. */
  private static List<Long> others(String[] words, List<Long> chosen) {
    List<Long> others = new ArrayList<>();
    for (int k = 1; k < words.length && !words[1].equals("before"); k++) {
      if (!chosen.contains(Long.parseLong(words[k]))) {
        others.add(Long.parseLong(words[k]));
      }
    }
    return others;
  }

  private void resync(long common, PrintWriter out) {
    City.Answer head = city.head();
    if (head instanceof City.Answer.Head answer) {
      if (common == Long.MAX_VALUE && store.operations().needsCommon(answer.head())) {
        out.println(refused(ControlWords.RESYNC_NEEDS_COMMON).put("citySeq", answer.head().seq()));
        return;
      }
      boolean needed = courier.resync(() -> store.operations().resync(answer.head(), common));
      out.println(needed ? new Line().put("ok", true) : refused(ControlWords.RESYNC_NOT_NEEDED));
    } else if (head instanceof City.Answer.None none && none.why() instanceof Delivery.Postponed postponed) {
      out.println(refused(postponed.code()));
    } else {
      out.println(refused("delivery.city-unreachable"));
    }
  }

  @Override
  public void close() throws IOException {
    if (server == null) {
      return;
    }
    server.close();
    Files.deleteIfExists(socket);
  }
}
