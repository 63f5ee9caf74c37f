package io.emrgateway.agent.configuration;

import io.emrgateway.agent.configuration.GatewaySettings.ClientCertificates;
import io.emrgateway.agent.configuration.GatewaySettings.His;
import io.emrgateway.agent.configuration.GatewaySettings.Source;
import io.emrgateway.agent.configuration.GatewaySettings.Tls;
import io.emrgateway.agent.configuration.Problem.Code;
import io.emrgateway.agent.configuration.Problems.Words;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Values that are right each and wrong together. Looks only at keys that had no problem of their own. */
final class CrossChecks {
  private final GatewaySettings settings;
  private final Binder binder;
  private final Problems problems;
  private final List<Listener> listeners = new ArrayList<>();

  private CrossChecks(GatewaySettings settings, Binder binder, Problems problems) {
    this.settings = settings;
    this.binder = binder;
    this.problems = problems;
  }

  static void check(GatewaySettings settings, Binder binder, Problems problems) {
    CrossChecks checks = new CrossChecks(settings, binder, problems);
    checks.examples();
    checks.pauses();
    checks.disk();
    checks.sources();
    checks.his();
    checks.reminders();
  }

  private void examples() {
    if (binder.sound("hospital") && settings.hospital().equals(Reference.EXAMPLE_HOSPITAL)) {
      add(Code.VALUE_IS_EXAMPLE, "hospital",
          new Words("仍是参考文件中的示例", "This is still the reference file's example"),
          new Words("写出本医院在市登记册中的编号", "Write this hospital's number in the city's register"));
    }
    if (binder.sound("city.address") && settings.city().address().toString().equals(Reference.EXAMPLE_CITY)) {
      add(Code.VALUE_IS_EXAMPLE, "city.address",
          new Words("仍是参考文件中的示例", "This is still the reference file's example"),
          new Words("写出市平台给出的地址", "Write the address the city gave you"));
    }
  }

  private void pauses() {
    if (binder.sound("city.pause-min", "city.pause-max")
        && settings.city().pauseMin().compareTo(settings.city().pauseMax()) > 0) {
      add(Code.CONTRADICTION, written("city.pause-min", "city.pause-max"),
          new Words("pause-min 大于 pause-max", "pause-min is longer than pause-max"),
          new Words("使 pause-min 不大于 pause-max", "Make pause-min no longer than pause-max"));
    }
  }

  private void disk() {
    if (binder.sound("store.disk-floor", "store.disk-ceiling")
        && settings.store().diskFloor().compareTo(settings.store().diskCeiling()) >= 0) {
      add(Code.CONTRADICTION, written("store.disk-ceiling", "store.disk-floor"),
          new Words("disk-ceiling 不大于 disk-floor", "disk-ceiling is not larger than disk-floor"),
          new Words("使 disk-ceiling 大于 disk-floor", "Make disk-ceiling larger than disk-floor"));
    }
    if (binder.sound("store.keep-delivered", "store.keep-records")
        && settings.store().keepDelivered().compareTo(settings.store().keepRecords()) > 0) {
      add(Code.CONTRADICTION, written("store.keep-records", "store.keep-delivered"),
          new Words("keep-records 短于 keep-delivered", "keep-records is shorter than keep-delivered"),
          new Words("使 keep-records 不短于 keep-delivered", "Make keep-records no shorter than keep-delivered"));
    }
  }

  private void sources() {
    Set<String> names = new HashSet<>();
    if (binder.sound("http.address", "http.port")) {
      listeners.add(new Listener("http", settings.http().address(), settings.http().port()));
    }
    for (int i = 0; i < settings.sources().size(); i++) {
      Source source = settings.sources().get(i);
      String key = binder.labels("sources").get(i);
      if (source.name() != null && !names.add(source.name())) {
        add(Code.NAME_TWICE, key + ".name",
            new Words("来源名称重复", "Two sources have this name"),
            new Words("为每个来源取不同的名称", "Give every source a name of its own"));
      }
      if (binder.sound(key + ".address", key + ".port") && source.address() != null && source.port() > 0) {
        listens(new Listener(key, source.address(), source.port()));
        allowed(source, key);
      }
      source.tls().ifPresent(tls -> certificates(tls, key + ".tls"));
      queries(source, key);
    }
  }

  /** Who may ask is trusted for who the doctor is: so it may not be just anybody. */
  private void queries(Source source, String key) {
    boolean anybody = binder.soundWithin(key + ".allow") && source.allow().stream().anyMatch(range -> range.prefix() == 0)
        && source.tls().filter(tls -> tls.clientCertificates() == ClientCertificates.REQUIRED).isEmpty();
    if (source.queries() && anybody && binder.soundWithin(key + ".tls")) {
      add(Code.CONTRADICTION, key + ".queries",
          new Words("允许查询病历，却允许任何机器连接", "It may ask for records, and any machine may connect"),
          new Words("在 allow 中写出该系统的地址，或写 tls 并查验证书（client-certificates: required）",
              "Name the system's address in allow, or write tls with client-certificates: required"));
    }
  }

  private void listens(Listener listener) {
    Optional<Listener> other = listeners.stream().filter(listener::meets).findFirst();
    if (other.isPresent()) {
      add(Code.ADDRESS_TWICE, listener.key() + ".port",
          new Words("监听地址与 " + other.get().key() + " 相同", "Listens where " + other.get().key() + " listens"),
          new Words("换一个端口", "Choose another port"));
    }
    listeners.add(listener);
  }

  /** Secrets and records pass there: not in clear text through the network. */
  private void his() {
    if (settings.his().isEmpty()) {
      return;
    }
    His his = settings.his().get();
    if (binder.sound("his.address", "his.port")) {
      listens(new Listener("his", his.address(), his.port()));
      if (his.tls().isEmpty() && binder.sound("his.tls") && !his.address().isLoopbackAddress()) {
        add(Code.CONTRADICTION, written("his.address", "his"),
            new Words("监听网络地址，却没有 TLS：口令和病历会明文传输", "It listens to the network without TLS: secrets and records would pass in clear text"),
            new Words("写出 his.tls，或把 address 写成 127.0.0.1", "Write his.tls, or make address 127.0.0.1"));
      }
    }
    his.tls().ifPresent(tls -> certificates(tls, "his.tls"));
    Set<String> names = new HashSet<>();
    for (int i = 0; i < his.clients().size(); i++) {
      if (his.clients().get(i).name() != null && !names.add(his.clients().get(i).name())) {
        add(Code.NAME_TWICE, binder.labels("his.clients").get(i) + ".name",
            new Words("系统名称重复", "Two systems have this name"),
            new Words("为每个系统取不同的名称", "Give every system a name of its own"));
      }
    }
  }

  private void reminders() {
    if (settings.reminders().isEmpty()) {
      return;
    }
    if (settings.his().isEmpty() && binder.sound("his")) {
      add(Code.CONTRADICTION, "reminders",
          new Words("有提醒，却没有开 his 接口：谁也调用不到", "There are reminders and no door of his: nobody can call them"),
          new Words("写出 his 段，或删去 reminders", "Write the section his, or remove reminders"));
    }
    Set<String> issuers = new HashSet<>();
    List<GatewaySettings.CdsClient> clients = settings.reminders().get().clients();
    for (int i = 0; i < clients.size(); i++) {
      if (clients.get(i).issuer() != null && !issuers.add(clients.get(i).issuer())) {
        add(Code.NAME_TWICE, binder.labels("reminders.clients").get(i) + ".issuer",
            new Words("签发者重复", "Two systems have this issuer"),
            new Words("为每个系统写不同的签发者；一个系统的多把公钥可写在同一文件中", "Give every system an issuer of its own; several keys of one go into one file"));
      }
    }
  }

  /**
   * A loopback sender cannot reach an address of the network card's, and nobody else a loopback address: such a source
   * would admit nobody.
   */
  private void allowed(Source source, String key) {
    InetAddress address = source.address();
    boolean loopbackOnly = source.allow().stream().allMatch(range -> range.network().isLoopbackAddress());
    if (binder.soundWithin(key + ".allow")
        && !address.isLoopbackAddress() && !address.isAnyLocalAddress() && loopbackOnly) {
      add(Code.NOBODY_ALLOWED, written(key + ".allow", key + ".address"),
          new Words("监听网络地址，却只允许本机连接：谁也连不进来", "It listens to the network and admits only this machine: nobody gets in"),
          new Words("在 allow 中写出发送方网段，如 [10.20.0.0/16]", "Name the senders in allow, e.g. [10.20.0.0/16]"));
    }
    if (binder.soundWithin(key + ".allow") && address.isLoopbackAddress() && !source.allow().isEmpty()
        && source.allow().stream().noneMatch(range -> range.meets(address))) {
      String text = address.getHostAddress();
      add(Code.NOBODY_ALLOWED, written(key + ".allow", key + ".address"),
          new Words("只在本机地址 " + text + " 监听，却只允许其他机器连接：谁也连不进来",
              "It listens to this machine alone (" + text + ") and admits only others: nobody gets in"),
          new Words("把 address 写成本机网卡的地址，或在 allow 中加入 " + text,
              "Make address that of a network interface of this machine, or add " + text + " to allow"));
    }
  }

  private void certificates(Tls tls, String key) {
    if (!binder.sound(key + ".client-ca", key + ".client-certificates")) {
      return;
    }
    boolean asked = tls.clientCertificates() != ClientCertificates.NONE;
    if (asked && tls.clientCa().isEmpty()) {
      add(Code.CONTRADICTION, written(key + ".client-certificates", key),
          new Words("要查验发送方证书，却没有 client-ca", "Senders' certificates are checked, but there is no client-ca"),
          new Words("写出 client-ca，或写 client-certificates: none", "Name client-ca, or write client-certificates: none"));
    } else if (!asked && tls.clientCa().isPresent()) {
      add(Code.CONTRADICTION, key + ".client-ca",
          new Words("写了 client-ca，却不查验发送方证书", "There is a client-ca, but senders' certificates are not checked"),
          new Words("写 client-certificates: required，或删去 client-ca",
              "Write client-certificates: required, or remove client-ca"));
    }
  }

  /** The first of the two keys that the file names: the operator looks for what he wrote. */
  private String written(String first, String second) {
    return binder.isWritten(first) ? first : second;
  }

  private void add(Code code, String key, Words text, Words remedy) {
    problems.add(code, binder.place(key), key, text, remedy);
  }

  private record Listener(String key, InetAddress address, int port) {
    boolean meets(Listener other) {
      return port == other.port
          && (address.equals(other.address) || address.isAnyLocalAddress() || other.address.isAnyLocalAddress());
    }
  }
}
