package io.emrgateway.agent.start;

import io.emrgateway.agent.city.CityTls;
import io.emrgateway.agent.city.Trust;
import io.emrgateway.agent.configuration.Effective;
import io.emrgateway.agent.configuration.GatewaySettings;
import io.emrgateway.agent.configuration.GatewaySettings.Source;
import io.emrgateway.agent.configuration.Problem;
import io.emrgateway.agent.configuration.Problem.Code;
import io.emrgateway.agent.configuration.Problem.Gravity;
import io.emrgateway.agent.control.Times;
import io.emrgateway.agent.seal.Authorities;
import io.emrgateway.agent.seal.CallerKeys;
import io.emrgateway.agent.seal.Certificate;
import io.emrgateway.agent.seal.FileSigner;
import io.emrgateway.agent.seal.MasterKey;
import io.emrgateway.agent.seal.SealRefused;
import io.emrgateway.agent.seal.SigningKeys;
import io.emrgateway.agent.seal.Suite;
import io.emrgateway.agent.seal.TlsKey;
import io.emrgateway.agent.seal.TrustFile;
import io.emrgateway.routes.camel.mllp.Room;
import io.emrgateway.routes.core.Refused;
import io.emrgateway.routes.core.lookup.Agreement;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Looks at everything a start needs, as the user who runs this: opens every file that the settings name, and tries home
 * and addresses. {@code check} prints what it found; a start goes on with what it opened.
 *
 * <p>Changes nothing and does not touch the store: whether the master key is the one that the store was written with is
 * found out by the start itself.
 *
 * <p>Dates are warnings. A certificate that has ended stops delivery or a sender, and whoever that is says so; what
 * the hospital sends is admitted all the same.
 */
public final class Inspection {
  /** Settings, or files that they name, have to be mended. */
  public static final int BAD_SETTINGS = 2;
  /** All of that is right, and the gateway cannot start now. */
  public static final int CANNOT_START = 4;

  private static final Set<String> IN_USE = Set.of(Code.PORT_TAKEN.id(), Code.HOME_IN_USE.id());
  /** Of a client's secret: 24 random octets in base64. */
  private static final int SECRET_MIN = 32;
  private static final Duration SOON = Duration.ofDays(30);
  private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
      PosixFilePermission.GROUP_READ, PosixFilePermission.GROUP_WRITE,
      PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);

  private final GatewaySettings settings;
  private final Clock clock;
  private final Suite suite;
  private final List<Problem> problems = new ArrayList<>();
  private final Optional<RunningGateway> running;
  private Opened opened;
  /** The one error with which a start goes on, because rules were accepted before; else null. */
  private Problem rulesRefused;

  private Inspection(GatewaySettings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
    this.running = RunningGateway.at(settings.controlSocket());
    this.suite = Suite.of(settings.suite().toString());
  }

  /**
   * For a look beside a gateway that may run with this home: that it runs and has its ports is as it should be. Never
   * throws for what may be wrong with files, folders and addresses.
   */
  public static Inspection of(GatewaySettings settings) {
    return of(settings, Clock.systemUTC());
  }

  /** The same for a start: a gateway that runs with this home keeps another from starting. */
  public static Inspection beforeStart(GatewaySettings settings) {
    return beforeStart(settings, Clock.systemUTC());
  }

  static Inspection beforeStart(GatewaySettings settings, Clock clock) {
    Inspection inspection = of(settings, clock);
    if (inspection.isBesideRunning()) {
      inspection.error(Code.HOME_IN_USE, "home", "使用该 home 的网关已在运行：" + settings.home(),
          "A gateway with this home runs already: " + settings.home(),
          "查看它用 emr-gateway status；要换成这一个，先停止它；第二个网关须有自己的 home、端口和数据流",
          "Look at it with emr-gateway status; to run this one instead, stop it first; a second gateway needs a home, ports and a feed of its own");
    }
    return inspection;
  }

  static Inspection of(GatewaySettings settings, Clock clock) {
    Inspection inspection = new Inspection(settings, clock);
    inspection.memory();
    inspection.home();
    inspection.files();
    inspection.addresses();
    return inspection;
  }

  /** Errors first, then warnings, each in the order of the settings file. */
  public List<Problem> problems() {
    return problems.stream().sorted(Comparator.comparing(Problem::gravity).thenComparingInt(Problem::line)).toList();
  }

  public List<Problem> warnings() {
    return problems().stream().filter(problem -> !problem.isError()).toList();
  }

  /**
   * How {@code check} ends: 0 if all is as it should be, warnings or not, {@link #CANNOT_START} if it is only that ports or
   * the home are in use, else {@link #BAD_SETTINGS}.
   */
  public int status() {
    List<Problem> errors = problems.stream().filter(Problem::isError).toList();
    return errors.isEmpty() ? 0 : errors.stream().allMatch(error -> IN_USE.contains(error.code())) ? CANNOT_START : BAD_SETTINGS;
  }

  /** Whether a gateway with this home runs now. */
  public boolean isBesideRunning() {
    return running.isPresent();
  }

  /** For a terminal: every problem in Chinese and English. */
  public String render() {
    return problems().stream().map(Problem::render).collect(Collectors.joining("\n"));
  }

  /** Whether a start goes on: not with an error, unless last accepted rules take the place of those that are in error. */
  public boolean canStart() {
    return problems.stream().filter(Problem::isError).allMatch(error -> error == rulesRefused);
  }

  /** @throws IllegalStateException unless it {@link #canStart} */
  public Opened opened() {
    if (!canStart()) {
      throw new IllegalStateException("There are errors");
    }
    return opened;
  }

  /** A message larger than the memory has room for would end the process, and again whenever it is sent. */
  private void memory() {
    long heap = Runtime.getRuntime().maxMemory();
    for (Source source : settings.sources()) {
      long bytes = source.frameMax().bytes();
      if (bytes > Room.frameMaxBytes(heap)) {
        long fitsMib = Room.frameMaxBytes(heap) >> 20;
        // What the runtime calls its maximum is a little less than what it was started with.
        long neededMib = ((Room.heapForFrameBytes(bytes) * 21 / 20 >> 20) + 63) / 64 * 64;
        error(Code.VALUE_OUT_OF_RANGE, "sources[" + source.name() + "].frame-max",
            "网关内存（" + (heap >> 20) + " MiB）容不下 " + source.frameMax() + " 的消息",
            "The gateway's memory (" + (heap >> 20) + " MiB) has no room for a message of " + source.frameMax(),
            "把 frame-max 减到 " + fitsMib + "MiB 以内，或以环境变量 EMR_GATEWAY_HEAP=" + neededMib + "m 启动",
            "Make frame-max at most " + fitsMib + "MiB, or start with EMR_GATEWAY_HEAP=" + neededMib + "m in the environment");
      }
    }
  }

  private void home() {
    Path home = settings.home();
    Path there = Files.exists(home) ? home : home.getParent();
    if (there == null || !Files.isDirectory(there) || !Files.isWritable(there)) {
      error(Code.HOME_UNUSABLE, "home", "目录 " + home + " 不存在或不可写", "The folder " + home + " is missing or not writable",
          "建立该目录，并使网关用户可写", "Make the folder and let the gateway's user write to it");
      return;
    }
    try {
      long free = Files.getFileStore(there).getUsableSpace();
      if (free < settings.store().diskFloor().bytes()) {
        add(Gravity.WARNING, Refused.Reason.DISK_FULL.code(), "home",
            home + " 所在磁盘剩余 " + (free >> 20) + " MiB，低于 disk-floor：所有消息都会以 AE 拒收",
            "The disk of " + home + " has " + (free >> 20) + " MiB left, below disk-floor: every message will get AE",
            "清理该磁盘，或调小 store.disk-floor", "Free space on that disk, or lower store.disk-floor");
      }
    } catch (IOException cannot) {
      error(Code.HOME_UNUSABLE, "home", home + " 所在磁盘无法查询", "The disk of " + home + " does not say how much room it has",
          "检查该磁盘", "Check that disk");
    }
  }

  private void files() {
    GatewaySettings.Keys keys = settings.keys();
    Optional<Supplier<char[]>> password = password("keys.password-file", keys.passwordFile());
    Optional<SigningKeys> signing = unlocked("keys.signing", keys.signing(), password, this::signingKeys).flatMap(Function.identity());
    signing.ifPresent(this::signing);
    Optional<TlsKey> tls = key("keys.tls", keys.tls(), password);
    Optional<Authorities> city = authorities("keys.city-ca", keys.cityCa());
    Optional<TrustFile> trust = readable("keys.trust", keys.trust())
        ? tried("keys.trust", keys.trust(), () -> TrustFile.load(keys.trust(), suite)) : Optional.empty();
    trust.ifPresent(file -> dates("keys.trust", keys.trust(), Instant.MIN, file.expires(),
        "投递会停止，直到从市平台取得新的信任文件", "delivery stops until a new trust file comes from the city"));
    Optional<MasterKey> master = master();
    Map<String, Opened.DoorTls> doors = new LinkedHashMap<>();
    for (Source source : settings.sources()) {
      source.tls().flatMap(one -> door("sources[" + source.name() + "].tls.", one)).ifPresent(one -> doors.put(source.name(), one));
    }
    Optional<Opened.HisDoor> his = settings.his().map(this::his);
    Map<String, CallerKeys> cdsClients = new LinkedHashMap<>();
    List<GatewaySettings.CdsClient> callers = settings.reminders().map(GatewaySettings.Reminders::clients).orElse(List.of());
    for (int i = 0; i < callers.size(); i++) {
      callerKeys("reminders.clients[" + (i + 1) + "].key", callers.get(i), cdsClients);
    }
    Optional<Agreement> agreement = settings.consent().agreement().map(this::agreement).orElseGet(() -> Optional.of(Agreement.shipped()));
    Optional<String> hisQuery = settings.lookup().askHis().flatMap(one -> hisQuery(one.query()));
    Optional<RulesAtStart> site = settings.site().flatMap(this::site);
    if (signing.isPresent() && tls.isPresent() && city.isPresent() && trust.isPresent() && agreement.isPresent()) {
      opened = new Opened(signing.get(), new Trust(keys.trust(), trust.get(), clock), new CityTls(tls.get(), city.get()),
          master, doors, his, cdsClients, agreement.get(), hisQuery, site);
    }
  }

  /** Empty if the key is another hospital's or feed's, which is told by the names that do not fit, not by the file. */
  private Optional<SigningKeys> signingKeys(Supplier<char[]> password) {
    Path file = settings.keys().signing();
    try {
      return Optional.of(new SigningKeys(file, password, suite, settings.feedName(), clock));
    } catch (SealRefused refused) {
      Optional<String> feed = refused.reason() == SealRefused.Reason.CERTIFICATE_FEED ? feedOf(file, password) : Optional.empty();
      if (feed.isEmpty()) {
        throw refused;
      }
      boolean sameHospital = feed.get().startsWith(settings.hospital() + "/");
      String key = sameHospital ? "feed" : "hospital";
      String named = settings.origin().file().getFileName().toString();
      add(Gravity.ERROR, refused.code(), key,
          "证书（" + file + "）属于 " + feed.get() + "，" + named + " 写的是 " + settings.feedName(),
          "The certificate (" + file + ") is for " + feed.get() + ", " + named + " says " + settings.feedName(),
          "核对市登记册：改正 " + key + "，或换成 " + settings.feedName() + " 的证书（连同其余密钥文件）",
          "Look at the city's register: correct " + key + ", or install the keys of " + settings.feedName());
      return Optional.empty();
    }
  }

  private Optional<String> feedOf(Path file, Supplier<char[]> password) {
    char[] word = password.get();
    try {
      return FileSigner.open(file, word, clock).certificate().feed();
    } finally {
      Arrays.fill(word, '\0');
    }
  }

  private void signing(SigningKeys signing) {
    Path file = settings.keys().signing();
    Certificate certificate = signing.current().certificate();
    dates("keys.signing", file, certificate.notBefore(), certificate.notAfter(),
        "市平台可能拒收批次", "the city may refuse batches");
    signing.nextRefused().ifPresent(refused -> refused(Gravity.WARNING, "keys.signing", file.resolveSibling(refused.place()), refused));
  }

  /** The very first start makes the master key; with a store already there, a missing one is a loss. */
  private Optional<MasterKey> master() {
    Path file = settings.keys().master();
    if (!Files.exists(file) && !Files.exists(settings.home().resolve("gateway.db"))) {
      if (!Files.isWritable(file.getParent())) {
        error(Code.NAMED_FILE_MISSING, "keys.master", "没有文件 " + file + "，网关用户也不能在该目录中生成它",
            "There is no file " + file + ", and the gateway's user may not make it in that folder",
            "使网关用户可写该目录，或放入备份的主密钥", "Let the gateway's user write to the folder, or put the master key of a backup there");
      }
      return Optional.empty();
    }
    return secret("keys.master", file) ? tried("keys.master", file, () -> MasterKey.load(file)) : Optional.empty();
  }

  private Optional<Opened.DoorTls> door(String section, GatewaySettings.Tls tls) {
    Optional<Supplier<char[]>> password = password(section + "password-file", tls.passwordFile());
    Optional<TlsKey> key = key(section + "keystore", tls.keystore(), password);
    Optional<Authorities> senders = tls.clientCa().flatMap(file -> authorities(section + "client-ca", file));
    return key.map(one -> new Opened.DoorTls(one, password.orElseThrow().get(), senders));
  }

  private Opened.HisDoor his(GatewaySettings.His his) {
    Map<String, byte[]> secrets = new LinkedHashMap<>();
    for (GatewaySettings.Client client : his.clients()) {
      String key = "his.clients[" + client.name() + "].secret-file";
      password(key, client.secretFile()).map(Supplier::get).ifPresent(secret -> {
        if (secret.length < SECRET_MIN) {
          error(Code.VALUE_MALFORMED, key, client.secretFile() + " 的第一行不足 " + SECRET_MIN + " 个字符",
              "The first line of " + client.secretFile() + " has fewer than " + SECRET_MIN + " characters",
              "写入一行随机口令，例如 openssl rand -base64 32", "Write one line with a random secret, e.g. openssl rand -base64 32");
        }
        byte[] octets = new String(secret).getBytes(StandardCharsets.UTF_8);
        secrets.put(client.name(), Suite.INTL.hashUntagged(octets));
        Arrays.fill(secret, '\0');
        Arrays.fill(octets, (byte) 0);
      });
    }
    return new Opened.HisDoor(his.tls().flatMap(tls -> door("his.tls.", tls)), secrets);
  }

  private void callerKeys(String key, GatewaySettings.CdsClient client, Map<String, CallerKeys> found) {
    if (readable(key, client.key())) {
      tried(key, client.key(), () -> CallerKeys.open(client.key())).ifPresent(keys -> found.put(client.issuer(), keys));
    }
  }

  private Optional<String> hisQuery(Path file) {
    String key = "lookup.ask-his.query";
    if (!readable(key, file)) {
      return Optional.empty();
    }
    try {
      String text = Files.readString(file);
      if (text.startsWith("MSH") && text.contains("{control}") && text.contains("{number}")) {
        return Optional.of(text);
      }
      error(Code.VALUE_MALFORMED, key, file + " 不是查询模板：应以 MSH 开头，并含 {control} 和 {number}",
          file + " is no query: it begins with MSH and has {control} and {number}",
          "写出 HIS 能答复的查询消息，如 QRY^R02", "Write the query that the HIS answers, such as a QRY^R02");
    } catch (IOException cannot) {
      error(Code.NAMED_FILE_UNREADABLE, key, file + " 无法读取，或不是 UTF-8", file + " cannot be read, or is not UTF-8",
          "检查该文件", "Check the file");
    }
    return Optional.empty();
  }

  private Optional<Agreement> agreement(Path file) {
    String key = "consent.agreement";
    if (!readable(key, file)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      return Optional.of(Agreement.of(in.readNBytes(Agreement.BYTES_MAX + 1)));
    } catch (Agreement.Unusable unusable) {
      error(Code.AGREEMENT_TEXT, key, "授权书文本 " + file + " 不能使用：" + unusable.textZh(),
          "The text of the agreement, " + file + ", cannot be used: " + unusable.getMessage(),
          "改正该文件，或删去此行以用出厂文本", "Correct the file, or remove the line for the shipped text");
    } catch (IOException cannot) {
      error(Code.NAMED_FILE_UNREADABLE, key, file + " 无法读取", file + " cannot be read", "检查所有者和权限", "Check its owner and permissions");
    }
    return Optional.empty();
  }

  /** Read anew each time it is asked for. */
  private Optional<Supplier<char[]>> password(String key, Path file) {
    return secret(key, file) ? Optional.of(new Password(file)) : Optional.empty();
  }

  private Optional<TlsKey> key(String key, Path file, Optional<Supplier<char[]>> password) {
    Optional<TlsKey> found = unlocked(key, file, password, asked -> {
      char[] word = asked.get();
      try {
        return TlsKey.open(file, word);
      } finally {
        Arrays.fill(word, '\0');
      }
    });
    found.ifPresent(one -> dates(key, file, one.certificate(), "对方会拒绝连接", "the other side refuses connections"));
    return found;
  }

  private Optional<Authorities> authorities(String key, Path file) {
    Optional<Authorities> found = readable(key, file) ? tried(key, file, () -> Authorities.open(file)) : Optional.empty();
    found.ifPresent(all -> all.certificates().forEach(one ->
        dates(key, file, one, "由它签发的证书不再被接受", "certificates that it issued are not taken any more")));
    return found;
  }

  /** A folder that cannot be put in force is an error; a start goes on all the same if other rules were accepted before. */
  private Optional<RulesAtStart> site(Path folder) {
    RulesAtStart rules = RulesAtStart.of(settings, folder);
    if (rules.problem() == null) {
      return Optional.of(rules);
    }
    boolean unreadable = rules.problem().code().equals("mapping.file");
    boolean goesOn = rules.inForce() != null;
    String version = goesOn ? rules.inForce().mapping().version() : "";
    error(unreadable ? Code.NAMED_FILE_UNREADABLE : Code.SITE_RULES, "site",
        "本院映射规则不能生效：" + rules.all(), "The hospital's own rules cannot be put in force: " + rules.all(),
        "改正后执行 emr-gateway mapping check 和 mapping test"
            + (goesOn ? "；此前启动会沿用上次通过的规则 " + version : ""),
        "Correct it, then run emr-gateway mapping check and mapping test"
            + (goesOn ? "; until then a start goes on with the last accepted rules " + version : ""));
    if (goesOn) {
      rulesRefused = problems.get(problems.size() - 1);
    }
    return Optional.of(rules);
  }

  /** @param password empty if it cannot be had, which has been said; the file is still looked at */
  private <T> Optional<T> unlocked(String key, Path file, Optional<Supplier<char[]>> password, Function<Supplier<char[]>, T> opening) {
    boolean there = secret(key, file);
    return there && password.isPresent() ? tried(key, file, () -> opening.apply(password.get())) : Optional.empty();
  }

  private <T> Optional<T> tried(String key, Path file, Supplier<T> opening) {
    try {
      return Optional.of(opening.get());
    } catch (SealRefused refused) {
      refused(Gravity.ERROR, key, file, refused);
      return Optional.empty();
    }
  }

  private void refused(Gravity gravity, String key, Path file, SealRefused refused) {
    String place = refused.place().equals(file.getFileName().toString()) ? "" : " (" + refused.place() + ")";
    // What is wrong inside a file that the city signed is mended by taking the file anew, not by telling the city of it.
    boolean fromTheCity = key.equals("keys.trust") && refused.reason() != SealRefused.Reason.SUITE_MISMATCH;
    add(gravity, refused.code(), key, file + "：" + refused.reason().textZh() + place, file + ": " + refused.reason().text() + place,
        fromTheCity ? "文件不完整或不是信任文件；请从市平台重新取得 " + file.getFileName() : refused.reason().remedyZh(),
        fromTheCity ? "The file is not whole or no trust file: obtain " + file.getFileName() + " from the city again"
            : refused.reason().remedy());
  }

  private boolean readable(String key, Path path) {
    if (!Files.exists(path)) {
      error(Code.NAMED_FILE_MISSING, key, "没有文件 " + path, "There is no file " + path,
          "把文件放到此处，或改正 " + key, "Put the file there, or correct " + key);
      return false;
    }
    if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
      error(Code.NAMED_FILE_UNREADABLE, key, path + " 不是网关用户可读的文件", path + " is not a file the gateway's user may read",
          "检查所有者和权限", "Check its owner and permissions");
      return false;
    }
    return true;
  }

  private boolean secret(String key, Path path) {
    if (!readable(key, path)) {
      return false;
    }
    try {
      PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
      if (view == null || view.readAttributes().permissions().stream().noneMatch(OTHERS::contains)) {
        return true;
      }
      error(Code.NAMED_FILE_EXPOSED, key, path + " 可被本机其他用户读写", path + " may be read or written by other users of this machine",
          "执行 chmod 600 " + path, "Run chmod 600 " + path);
    } catch (IOException cannot) {
      error(Code.NAMED_FILE_UNREADABLE, key, path + " 的权限无法查看", "The permissions of " + path + " cannot be seen",
          "检查所有者和权限", "Check its owner and permissions");
    }
    return false;
  }

  private void dates(String key, Path file, X509Certificate certificate, String thenZh, String then) {
    dates(key, file, certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant(), thenZh, then);
  }

  private void dates(String key, Path file, Instant from, Instant to, String thenZh, String then) {
    Instant now = clock.instant();
    String remedyZh = "核对本机时钟；向市平台或签发机构申请新的文件";
    String remedy = "Check this machine's clock; ask the city or whoever issued it for a new one";
    if (!now.isBefore(to)) {
      add(Gravity.WARNING, Code.EXPIRED.id(), key, file + " 已于 " + Times.toTheMinute(to) + " 过期：" + thenZh, file + " expired at " + Times.toTheMinute(to) + ": " + then,
          remedyZh, remedy);
    } else if (now.isBefore(from)) {
      add(Gravity.WARNING, Code.NOT_YET_VALID.id(), key, file + " 自 " + Times.toTheMinute(from) + " 起才生效：" + thenZh,
          file + " is valid from " + Times.toTheMinute(from) + " on only: " + then, remedyZh, remedy);
    } else if (now.plus(SOON).isAfter(to)) {
      add(Gravity.WARNING, Code.ENDS_SOON.id(), key, file + " 将于 " + Times.toTheMinute(to) + " 过期，届时" + thenZh,
          file + " expires at " + Times.toTheMinute(to) + "; then " + then, remedyZh, remedy);
    }
  }

  private void addresses() {
    address("http", settings.http().listen());
    for (Source source : settings.sources()) {
      address("sources[" + source.name() + "]", source.listen());
    }
    settings.his().ifPresent(his -> address("his", his.listen()));
  }

  private void address(String section, InetSocketAddress address) {
    if (binds(address.getAddress(), address.getPort())) {
      return;
    }
    if (!binds(address.getAddress(), 0)) {
      String text = address.getAddress().getHostAddress();
      error(Code.ADDRESS_UNUSABLE, section + ".address", "本机不能监听 " + text + "：没有此地址，或其种类（IPv6）已停用",
          "This machine cannot listen to " + text + ": it has no such address, or its kind (IPv6) is switched off",
          "写出本机网卡的地址，如 127.0.0.1", "Write the address of an interface of this machine, such as 127.0.0.1");
      return;
    }
    if (running.isPresent() && running.get().has(address.getPort())) {
      return;
    }
    String port = String.valueOf(address.getPort());
    error(Code.PORT_TAKEN, section + ".port",
        "端口 " + port + " 已被其他程序占用，或低于 1024 而网关用户无权监听",
        "Port " + port + " is taken by another program, or is below 1024 and the gateway's user may not listen to it",
        "停止占用端口的程序（用 ss -ltnp 查看），或换一个端口", "Stop what uses it (ss -ltnp tells), or choose another port");
  }

  /** Binds without listening, so that no sender gets a connection that nobody serves. */
  private static boolean binds(InetAddress address, int port) {
    try (Socket probe = new Socket()) {
      // As the doors do: a connection that is still winding down does not count as a listener.
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(address, port));
      return true;
    } catch (IOException | IllegalArgumentException cannot) {
      return false;
    }
  }

  private void error(Code code, String key, String textZh, String text, String remedyZh, String remedy) {
    add(Gravity.ERROR, code.id(), key, textZh, text, remedyZh, remedy);
  }

  private void add(Gravity gravity, String code, String key, String textZh, String text, String remedyZh, String remedy) {
    Optional<Effective> written = written(key);
    problems.add(new Problem(settings.origin().file(), written.map(Effective::line).orElse(0),
        written.map(Effective::column).orElse(0), key, gravity, code, textZh, text, remedyZh, remedy));
  }

  /** Where a key is written; one that is not, because its default holds, where its section begins. */
  private Optional<Effective> written(String key) {
    String section = key.substring(0, key.lastIndexOf('.') + 1);
    return settings.effective().stream().filter(one -> one.key().equals(key) && one.line() > 0).findFirst()
        .or(() -> settings.effective().stream().filter(one -> !section.isEmpty() && one.key().startsWith(section) && one.line() > 0)
            .min(Comparator.comparingInt(Effective::line)));
  }
}
