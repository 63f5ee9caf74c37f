package io.emrgateway.agent.configuration;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Everything an operator may set, and what happens when nothing is set.
 *
 * <p>Only {@code hospital}, {@code city.address} and the sources have no default: a gateway that guesses
 * one of the first two would send records to the wrong place under the wrong name, and without a source
 * there is nothing to send.
 *
 * <p>An instance that came out of {@link #load} is consistent: every value lies within its limits, paths
 * are absolute, names and listening addresses of the sources are unique. Whether the named files exist and hold
 * what they should is a separate question: the same settings are read before and after the keys have been made.
 */
public record GatewaySettings(
    @Key(
        docZh = "医院在市登记册中的编号，例如 H-0104。必须与签名证书中的一致。",
        doc = "The hospital's number in the city's register, e.g. H-0104. Has to match the signing certificate.",
        example = Reference.EXAMPLE_HOSPITAL,
        pattern = "[A-Za-z0-9][A-Za-z0-9-]{0,31}",
        patternZh = "1 至 32 个字母、数字或连字符，如 H-0104",
        patternEn = "1 to 32 letters, digits or hyphens, e.g. H-0104")
    String hospital,

    @Key(
        docZh = "本网关数据流的名称。完整名称为“医院编号/名称”，如 H-0104/main。",
        doc = "Name of this gateway's feed. The full name is hospital/feed, e.g. H-0104/main.",
        def = "main",
        pattern = "[a-z0-9-]{1,32}",
        patternZh = "1 至 32 个小写字母、数字或连字符",
        patternEn = "1 to 32 lower-case letters, digits or hyphens")
    String feed,

    @Key(
        docZh = "日志库、暂存区和控制套接字所在目录。备份此目录和密钥目录即可。",
        doc = "Journal, spool and control socket live here. Back up this folder and the keys.",
        def = "/var/lib/emr-gateway")
    Path home,

    @Key(docZh = "密钥与证书文件。此处只写路径，不写密码。", doc = "Keys and certificates. Paths only, never a password.")
    Keys keys,

    @Key(
        docZh = "密码算法套件：intl 为 ECDSA P-256 与 SHA-256，gm 为国密 SM2 与 SM3。一个数据流内不得更换。",
        doc = "Cryptographic suite: intl is ECDSA P-256 with SHA-256, gm is SM2 with SM3. Fixed for a feed.",
        def = "intl")
    Suite suite,

    @Key(docZh = "市平台。", doc = "The city platform.")
    City city,

    @Key(
        docZh = "消息来源，至少一个。名称和监听地址都不得重复。",
        doc = "Where messages come from, at least one. Names and listening addresses are unique.")
    List<Source> sources,

    @Key(
        docZh = "本院的映射目录（覆盖出厂规则的部分），相对于设置文件所在目录；不写则只用出厂规则。目录中的更改在检查和示例通过后自动生效，无需重启。",
        doc = "This hospital's own mapping rules, laid over the shipped ones; relative to the folder of the settings file. "
            + "Without it the shipped rules alone. Changes in it come into force without a restart, once its examples pass.",
        example = "site")
    Optional<Path> site,

    @Key(
        docZh = "跨院查询：本院医生查外院的记录，外院查本院的记录。",
        doc = "Lookups: our doctors ask other hospitals, and other hospitals ask us.")
    Lookup lookup,

    @Key(
        docZh = "患者授权：接受哪些方式、最长多久、在平板上签署的文本。",
        doc = "Patients' consents: which kinds are taken, how long they may last, and the text that is signed on a tablet.")
    Consent consent,

    @Key(
        docZh = "供 HIS 调用的 HTTP 接口（查询、授权、提醒、医生页面）；没有此段则不开。",
        doc = "The HTTP door for the HIS (lookups, consents, reminders, the doctor's page); closed without this section.")
    Optional<His> his,

    @Key(
        docZh = "用药和检查检验提醒（CDS Hooks 2.0），开在 his 接口上；没有此段则不提醒。规则见 mappings/REMINDERS.md。",
        doc = "Reminders of drugs and tests (CDS Hooks 2.0), at the door of his; none without this section. Rules: mappings/REMINDERS.md.")
    Optional<Reminders> reminders,

    @Key(docZh = "本地存储。", doc = "The local store.")
    Store store,

    @Key(
        docZh = "健康检查与运行指标的 HTTP 端口。默认只在本机可见。",
        doc = "Health and metrics over HTTP. Seen by this machine only, by default.")
    Http http,

    @Key(docZh = "运行日志。日志中从不出现患者数据。", doc = "The gateway's own log. It never holds patient data.")
    Log log,

    Origin origin) {

  /** Names the settings file when it is not at {@link #DEFAULT_FILE}. The only variable we read. */
  public static final String FILE_VARIABLE = "EMR_GATEWAY_CONFIG";

  /** Where the installer puts the settings file. */
  public static final Path DEFAULT_FILE = Path.of("/etc/emr-gateway/gateway.yaml");

  /**
   * Where the settings came from.
   *
   * @param file absolute
   * @param effective every key, in the order of the reference file
   */
  public record Origin(Path file, List<Effective> effective) {}

  /** Which algorithms sign and hash what goes to the city. */
  public enum Suite {
    INTL, GM;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Files with keys; relative paths start from {@code dir}, and {@code dir} from the settings file's folder. */
  public record Keys(
      @Key(
          docZh = "密钥目录；下列相对路径都从这里算起。本身相对于设置文件所在目录。",
          doc = "Folder the paths below start from; itself relative to the folder of the settings file.",
          def = "keys")
      Path dir,
      @Key(
          docZh = "签名密钥与证书（PKCS#12）；仅网关用户可读（权限 600）。旁边的 signing-next.p12 会接替它。",
          doc = "Signing key and certificate (PKCS#12); readable by the gateway's user only (mode 600). "
              + "A signing-next.p12 beside it takes its place.",
          def = "signing.p12", under = "dir")
      Path signing,
      @Key(
          docZh = "与市平台建立 TLS 连接的密钥与证书（PKCS#12）；仅网关用户可读（权限 600）。",
          doc = "Key and certificate for TLS with the city (PKCS#12); readable by the gateway's user only (mode 600).",
          def = "tls.p12", under = "dir")
      Path tls,
      @Key(
          docZh = "存放上述两个 PKCS#12 文件密码的文件；仅网关用户可读（权限 600）。",
          doc = "File with the password of the two PKCS#12 files; readable by the gateway's user only (mode 600).",
          def = "password",
          under = "dir")
      Path passwordFile,
      @Key(
          docZh = "加密本地数据的主密钥；仅网关用户可读（权限 600）。丢失后本地数据无法恢复。",
          doc = "Master key of the data at rest; readable by the gateway's user only (mode 600). Losing it loses the data.",
          def = "master.key",
          under = "dir")
      Path master,
      @Key(docZh = "市平台签发的信任文件。", doc = "The trust file signed by the city.", def = "trust.cms", under = "dir")
      Path trust,
      @Key(
          docZh = "市平台 TLS 证书的签发机构（PEM）。",
          doc = "Authority that issued the city's TLS certificate (PEM).",
          def = "city-ca.pem", under = "dir")
      Path cityCa) {}

  /** How the city platform is reached, and how patiently. */
  public record City(
      @Key(
          docZh = "市平台的地址，必须为 https；可以带路径，约定的路径接在其后。",
          doc = "Address of the city platform; https only. It may end in a path, behind which the contract's paths begin.",
          example = Reference.EXAMPLE_CITY)
      URI address,
      @Key(
          docZh = "等待应答的最长时间；超过即视为推迟，稍后原样重发。",
          doc = "An answer not there by then: the delivery counts as postponed and the same bytes go again.",
          def = "60s",
          min = "1s",
          max = "10m")
      Duration patience,
      @Key(docZh = "建立连接的最长时间。", doc = "Longest wait for a connection.", def = "10s", min = "100ms", max = "5m")
      Duration connectTimeout,
      @Key(
          docZh = "两次尝试之间最短的停顿；其后逐次加倍。",
          doc = "Shortest pause between two attempts; each further one doubles.",
          def = "1s", min = "10ms", max = "1h")
      Duration pauseMin,
      @Key(docZh = "两次尝试之间最长的停顿。", doc = "Longest pause between two attempts.", def = "15m", min = "10ms", max = "24h")
      Duration pauseMax,
      @Key(
          docZh = "无数据时多久发送一次心跳。市平台约定至多 60 秒。",
          doc = "A heartbeat goes out after this long without data. The city contract allows 60s at most.",
          def = "60s",
          min = "1s",
          max = "60s")
      Duration heartbeat,
      @Key(docZh = "是否用 gzip 压缩上传的批次。", doc = "Whether batches go out compressed with gzip.", def = "true")
      boolean gzip,
      @Key(docZh = "一个批次最多包含多少条目。", doc = "Most entries in one batch.", def = "256", min = "1", max = "256")
      int batchEntries) {}

  /** How a source speaks. */
  public enum Kind {
    MLLP;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What a sender hears whose bytes do not decode: AE, send again, or AR, do not. */
  public enum Undecodable { AE, AR }

  /** How many acknowledgements one message may get on its connection. */
  public enum Acknowledge {
    ONE, TWO;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** One place in the hospital that messages come from, whose order is kept. */
  public record Source(
      @Key(
          docZh = "来源名称，用于状态页、日志和市平台的统计。启用后不要更改。",
          doc = "Name of the source in status, logs and the city's counts. Do not change it once in use.",
          example = "his-adt",
          pattern = "[a-z0-9-]{1,32}",
          patternZh = "1 至 32 个小写字母、数字或连字符",
          patternEn = "1 to 32 lower-case letters, digits or hyphens")
      String name,
      @Key(docZh = "接入方式。", doc = "How the source speaks.", def = "mllp")
      Kind kind,
      @Key(
          docZh = "监听的本机 IP 地址。监听所有网卡须明确写出 0.0.0.0。",
          doc = "Own IP address to listen on. All interfaces only if written out: 0.0.0.0.",
          def = "127.0.0.1")
      InetAddress address,
      @Key(docZh = "监听端口。", doc = "Port to listen on.", example = "2575", min = "1", max = "65535")
      int port,
      @Key(
          docZh = "字符集：detect 自动判别，msh-18 以消息自述为准，或直接写 GB18030、GBK、UTF-8 等。",
          doc = "Charset: detect finds it out, msh-18 believes the message, or a name such as GB18030, GBK, UTF-8.",
          def = "detect")
      CharsetRule charset,
      @Key(
          docZh = "消息无法解码时的应答：AE 请发送方重试，AR 请发送方停止并改正。",
          doc = "Answer to bytes that do not decode: AE lets the sender try again, AR makes it stop and correct.",
          def = "AE")
      Undecodable undecodable,
      @Key(
          docZh = "增强模式下同一连接上的应答数：one 只发接收应答，two 其后可再发应用应答。",
          doc = "Enhanced mode: one sends the commit acknowledgement alone, two lets an application one follow.",
          def = "one")
      Acknowledge acknowledge,
      @Key(
          docZh = "允许连接的发送方网段；空列表 [] 表示只允许本机。",
          doc = "Ranges senders may connect from; an empty list [] means nobody but this machine.",
          def = "[127.0.0.1/32]")
      List<Cidr> allow,
      @Key(
          docZh = "TLS；没有此段则为明文连接。",
          doc = "TLS; without this section the connection is plain.")
      Optional<Tls> tls,
      @Key(
          docZh = "单条消息的最大长度；不得超过网关内存（环境变量 EMR_GATEWAY_HEAP，默认 160m）的十五分之一。",
          doc = "Largest single message; at most a fifteenth of the gateway's memory (EMR_GATEWAY_HEAP in the"
              + " environment, 160m unless set).",
          def = "10MiB",
          min = "1KiB",
          max = "32MiB")
      Size frameMax,
      @Key(
          docZh = "连接空闲多久后关闭；0 表示从不。",
          doc = "A connection silent for this long is closed; 0 means never.",
          def = "10m",
          min = "1s",
          max = "7d",
          zero = true)
      Duration idleTimeout,
      @Key(docZh = "同时连接数上限。", doc = "Most connections at a time.", def = "64", min = "1", max = "4096")
      int connectionsMax,
      @Key(
          docZh = "消息中未写时区的时间按此时区理解。",
          doc = "Time zone of times in messages that do not name one.",
          def = "+08:00")
      ZoneOffset zone,
      @Key(
          docZh = "是否允许该来源用 HL7 v2 查询外院病历（QRY^A19、QRY^R02、QBP^Q11、QBP^Q22）。允许后，该来源的查询当场应答，"
              + "不保存、不上传；能连接的系统即受信任，由它保证查询医生的身份，因此须用 allow 限定网段，或用 TLS 查验其证书。",
          doc = "Whether this source may ask by HL7 v2 what other hospitals know of a patient (QRY^A19, QRY^R02, QBP^Q11, QBP^Q22)."
              + " Its queries are then answered at once, and neither kept nor sent to the city. Whoever can connect is trusted, and"
              + " answers for who the doctor is: name its addresses in allow, or check its certificate by tls.",
          def = "false")
      boolean queries) {

    /** Where to listen; resolved, because the file only takes addresses in digits. */
    public InetSocketAddress listen() {
      return new InetSocketAddress(address, port);
    }
  }

  /** Whether senders show a certificate of their own. */
  public enum ClientCertificates {
    NONE, WANTED, REQUIRED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** TLS at a source. {@code clientCa} is there unless client certificates are {@code none}. */
  public record Tls(
      @Key(
          docZh = "本来源的密钥与证书（PKCS#12）；仅网关用户可读（权限 600）。",
          doc = "Key and certificate of this source (PKCS#12); readable by the gateway's user only (mode 600).",
          example = "keys/his-adt.p12")
      Path keystore,
      @Key(
          docZh = "存放该文件密码的文件；仅网关用户可读（权限 600）。",
          doc = "File with its password; readable by the gateway's user only (mode 600).",
          example = "keys/his-adt.password")
      Path passwordFile,
      @Key(
          docZh = "签发发送方证书的机构（PEM）；client-certificates 不为 none 时必填。",
          doc = "Authority of the senders' certificates (PEM); needed unless client-certificates is none.",
          example = "keys/senders-ca.pem")
      Optional<Path> clientCa,
      @Key(
          docZh = "是否查验发送方证书：none 不查，wanted 有则查，required 必须有。",
          doc = "Senders' certificates: none asks for none, wanted checks one if shown, required insists.",
          def = "required")
      ClientCertificates clientCertificates) {}

  /** Limits of the store on disk. */
  public record Store(
      @Key(
          docZh = "磁盘剩余空间低于此值时以 AE 拒收新消息；已收的一条不丢。",
          doc = "With less free disk than this, new messages get AE; nothing admitted is lost.",
          def = "512MiB",
          min = "1MiB",
          max = "1024TiB")
      Size diskFloor,
      @Key(
          docZh = "存储文件的上限。超过时依次清除：30 天前已送达消息的全部记录，已送达的原始字节，已送达的 Bundle。"
              + "未送达和隔离的从不自动清除；仍然超出时以 store.ceiling-exceeded 告警，直到磁盘低于 disk-floor 都继续接收。",
          doc = "Upper limit of the store's own file. Above it go, in this order: all records of messages delivered more than"
              + " 30 days ago, raw bytes of what is delivered, its bundles. Undelivered and quarantined messages never go by"
              + " themselves: if it is not enough, the alarm store.ceiling-exceeded says so, and admitting goes on down to disk-floor.",
          def = "20GiB",
          min = "1MiB",
          max = "1024TiB")
      Size diskCeiling,
      @Key(
          docZh = "已送达消息的内容（原始字节和 Bundle）的保留时间；市平台从备份恢复时，可重发这段时间内的批次。",
          doc = "How long the bytes of delivered messages (raw, and bundles) are kept; to a city restored from a backup,"
              + " batches of that time can be sent again.",
          def = "100d",
          min = "1h",
          max = "3650d")
      Duration keepDelivered,
      @Key(
          docZh = "已送达消息的记录（编号、控制号、结果、签名批次，每条约 600 字节）的保留时间；此后重发的消息按新消息接收。"
              + "隔离的消息一直保留，直到重放成功或执行 quarantine discard。",
          doc = "How long the records of delivered messages are kept (numbers, control id, outcome, signed batch: some 600 octets"
              + " each); sent again later, a message is admitted as a new one. Quarantined messages are kept until a replay"
              + " succeeds or quarantine discard gives them up.",
          def = "180d",
          min = "30d",
          max = "3650d")
      Duration keepRecords) {}

  /** Both ways of lookups. */
  public record Lookup(
      @Key(
          docZh = "是否答复外院的查询。不答复时，市平台以它自己保存的记录代答。",
          doc = "Whether other hospitals' questions are answered. If not, the city answers from the records it holds.",
          def = "true")
      boolean answer,
      @Key(docZh = "同时答复多少个外院查询。", doc = "Other hospitals' questions answered at the same time.", def = "4", min = "1", max = "32")
      int answersAtOnce,
      @Key(
          docZh = "是否参与紧急调阅（没有患者授权，须写理由并由第二人确认，当日复核）。",
          doc = "Whether this hospital takes part in emergency access (without the patient's authorisation; reason and second"
              + " person are required, and it is reviewed the same day).",
          def = "false")
      boolean emergencies,
      @Key(
          docZh = "外院查询时本院提供哪些内容；不在其中的与“没有资料”无异。网关未答复时市平台以已上报的记录代答，不受此限。",
          doc = "What other hospitals are shown when they ask; the rest looks as if there were none. Where the gateway does not answer,"
              + " the city answers from the records that were fed, which this does not limit.",
          def = "[visits, diagnoses, procedures, medications, allergies, results, reports]")
      List<LookupSection> sections,
      @Key(
          docZh = "查询外院时最多等多久；到时未答复的医院列为“未答复”，迟到的答复随后可取。",
          doc = "How long a question waits for other hospitals; who has not answered by then is named, and late answers can be fetched.",
          def = "8s", min = "1s", max = "20s")
      Duration deadline,
      @Key(
          docZh = "外院查询本院时，除本网关已有的记录外，还用 HL7 v2 查询 HIS；没有此段则不查 HIS。",
          doc = "When another hospital asks, the HIS is asked too, by HL7 v2, beside the records that are here; without this section it is not.")
      Optional<AskHis> askHis) {}

  /** Kinds of records. */
  public enum LookupSection {
    VISITS, DIAGNOSES, PROCEDURES, MEDICATIONS, ALLERGIES, RESULTS, REPORTS;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How the HIS is asked for what has not been fed. */
  public record AskHis(
      @Key(docZh = "HIS 查询接口的 IP 地址。", doc = "IP address where the HIS takes queries.", def = "127.0.0.1")
      InetAddress address,
      @Key(docZh = "HIS 查询接口的端口（MLLP）。", doc = "Its port (MLLP).", example = "2600", min = "1", max = "65535")
      int port,
      @Key(
          docZh = "查询消息的模板文件（UTF-8），占位符：{control} {now} {number} {name} {born} {since} {until}。",
          doc = "File with the query (UTF-8), with placeholders: {control} {now} {number} {name} {born} {since} {until}.",
          example = "his-query.hl7")
      Path query,
      @Key(docZh = "查询与应答的字符集。", doc = "Charset of query and answer.", def = "GB18030")
      CharsetRule charset,
      @Key(docZh = "同时向 HIS 提出的查询数上限。", doc = "Most questions that the HIS gets at a time.", def = "2", min = "1", max = "16")
      int atOnce,
      @Key(
          docZh = "等待 HIS 的最长时间；超过则只用本网关已有的记录答复。",
          doc = "Longest wait for the HIS; beyond it the answer is made of the records that are here.",
          def = "3s", min = "100ms", max = "15s")
      Duration patience) {}

  /** How a patient's will is proved. */
  public enum ConsentKind {
    PAPER, HANDWRITING, GUARDIAN;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Patients' consents. */
  public record Consent(
      @Key(
          docZh = "本院接受的授权方式：paper 纸质协议扫描件，handwriting 在签署页手写签名，guardian 监护人代签（纸质或签署页）。",
          doc = "Kinds of consent that this hospital takes: paper is a scan of a signed agreement, handwriting is signed at the"
              + " signing page, guardian is signed by a guardian on either.",
          def = "[paper, handwriting, guardian]")
      List<ConsentKind> kinds,
      @Key(docZh = "一次授权最长多久。", doc = "How long one consent may last.", def = "365d", min = "1d", max = "1096d")
      Duration longest,
      @Key(
          docZh = "授权到期或撤回后，连同其凭据再保存多久（审计记录一直保存）；已解除的拒绝共享声明同此。",
          doc = "How long a consent and its evidence are kept after it has expired or was withdrawn (the audit is kept for good);"
              + " the same for objections that were lifted.",
          def = "1096d", min = "180d", max = "3650d")
      Duration keep,
      @Key(
          docZh = "签署页显示的授权书文本（UTF-8），相对于设置文件所在目录；第一行写“版本 Version: …”（版本号），"
              + "其中须有 {patient}、{signer}、{hospital}、{sections}、{from}、{until}，可有 {reference}。不写则用出厂文本。",
          doc = "The text that the signing page shows (UTF-8), relative to the folder of the settings file. Its first line is"
              + " \"Version: \" and its version; it has to name {patient}, {signer}, {hospital}, {sections}, {from} and {until}, and may name"
              + " {reference}. Without it, the shipped text.",
          example = "agreement.txt")
      Optional<Path> agreement) {}

  /** The door that the HIS's servers and the doctors' browsers call. */
  public record His(
      @Key(
          docZh = "监听的本机 IP 地址。不用 TLS 时只能是本机地址。",
          doc = "Own IP address to listen on. Without TLS, a loopback address only.",
          def = "127.0.0.1")
      InetAddress address,
      @Key(docZh = "监听端口。", doc = "Port to listen on.", def = "8443", min = "1", max = "65535")
      int port,
      @Key(docZh = "TLS；没有此段则为明文，且只限本机。", doc = "TLS; without this section the door is plain, and for this machine alone.")
      Optional<Tls> tls,
      @Key(
          docZh = "允许调用的系统，至少一个；每个系统有自己的口令。",
          doc = "Systems that may call, at least one; each has a secret of its own.")
      List<Client> clients) {

    /** Where to listen. */
    public InetSocketAddress listen() {
      return new InetSocketAddress(address, port);
    }
  }

  /** A system of the hospital's that may call; it answers for who of its users asks. */
  public record Client(
      @Key(
          docZh = "系统名称，见于审计。",
          doc = "The system's name, as the audit has it.",
          example = "his-web",
          pattern = "[a-z0-9-]{1,32}",
          patternZh = "1 至 32 个小写字母、数字或连字符",
          patternEn = "1 to 32 lower-case letters, digits or hyphens")
      String name,
      @Key(
          docZh = "存放其口令的文件（至少 32 个字符的一行；仅网关用户可读，权限 600）。调用时写 Authorization: Bearer 口令。",
          doc = "File with its secret (one line of at least 32 characters; readable by the gateway's user only, mode 600)."
              + " A call says Authorization: Bearer and the secret.",
          example = "keys/his-web.secret")
      Path secretFile) {}

  /** Reminders, and who may ask for them. */
  public record Reminders(
      @Key(
          docZh = "调用方写的本网关地址，不含 /cds-services；令牌的 aud 以它核对。",
          doc = "This gateway's address as callers write it, without /cds-services; what their tokens' aud is held against.",
          example = "https://gateway.hospital.example:8443",
          pattern = "https?://[^\\s/]+(/\\S*)?",
          patternZh = "http:// 或 https:// 开头的地址",
          patternEn = "an address that begins with http:// or https://")
      String address,
      @Key(
          docZh = "外院查询结果在内存中保留多久；授权撤销后立即不用。",
          doc = "How long what a lookup brought is kept in memory; once the consent is withdrawn it is not used.",
          def = "15m", min = "1m", max = "2h")
      Duration keep,
      @Key(
          docZh = "允许从浏览器直接调用的网页来源（CORS）；一般不需要。",
          doc = "Origins of web pages that may call from a browser (CORS); not needed as a rule.",
          def = "[]")
      List<String> origins,
      @Key(docZh = "允许调用的系统，至少一个。", doc = "Systems that may call, at least one.")
      List<CdsClient> clients) {}

  /** A system that shows who it is by tokens that it signs. */
  public record CdsClient(
      @Key(
          docZh = "其令牌的签发者（iss）。",
          doc = "Issuer of its tokens (iss).",
          example = "https://his.hospital.example")
      String issuer,
      @Key(
          docZh = "其公钥文件：PEM（公钥或证书）或 JWK/JWKS；网关从不联网获取。",
          doc = "File with its public keys: PEM (keys or certificates), or JWK or JWKS; never fetched from the network.",
          example = "keys/his-cds.pem")
      Path key) {}

  /** Where the running gateway listens to the command line. */
  public Path controlSocket() {
    return home.resolve("control.sock");
  }

  /** The local HTTP door for health and metrics. */
  public record Http(
      @Key(docZh = "监听的本机 IP 地址。", doc = "Own IP address to listen on.", def = "127.0.0.1")
      InetAddress address,
      @Key(docZh = "监听端口。", doc = "Port to listen on.", def = "8090", min = "1", max = "65535")
      int port) {

    /** Where to listen. */
    public InetSocketAddress listen() {
      return new InetSocketAddress(address, port);
    }
  }

  /** From which gravity on something is logged. */
  public enum Level {
    ERROR, WARN, INFO, DEBUG, TRACE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** One JSON object a line for machines, or text for people. */
  public enum Format {
    JSON, TEXT;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What the gateway says about itself. */
  public record Log(
      @Key(docZh = "记录级别。", doc = "What is logged, from this gravity on.", def = "info")
      Level level,
      @Key(docZh = "json 每行一个对象，text 便于人读。", doc = "json is one object a line, text is for people.", def = "json")
      Format format) {}

  /**
   * Reads the file and checks all of it.
   *
   * @throws SettingsRefused with every problem found, if there is one; no default replaces a bad value
   */
  public static GatewaySettings load(Path file) throws SettingsRefused {
    Path absolute = file.toAbsolutePath().normalize();
    Problems problems = new Problems(absolute);
    Optional<SettingsFile> read = SettingsFile.read(absolute, problems);
    GatewaySettings settings = null;
    if (read.isPresent()) {
      Binder binder = new Binder(read.get(), absolute, problems);
      settings = binder.settings();
      CrossChecks.check(settings, binder, problems);
    }
    if (!problems.none()) {
      throw new SettingsRefused(problems.found());
    }
    return settings;
  }

  /** The file that {@link #FILE_VARIABLE} names in this environment, or else {@link #DEFAULT_FILE}. */
  public static Path locate(Map<String, String> environment) {
    String named = environment.get(FILE_VARIABLE);
    return named == null || named.isBlank() ? DEFAULT_FILE : Path.of(named);
  }

  /**
   * The documented settings file: every key with its meaning in Chinese and English, its limits and its
   * default. Defaults stand behind a {@code #}; the two values that only the hospital knows are examples
   * which {@link #load} refuses until they are replaced.
   */
  public static String reference() {
    return Reference.text();
  }

  /** The feed's full name, {@code H-0104/main}. */
  public String feedName() {
    return hospital + "/" + feed;
  }

  /** Every key with the value that counts and where it comes from, in the order of the reference file. */
  public List<Effective> effective() {
    return origin.effective();
  }

  /**
   * SHA-256 over the effective values, 64 lower-case hex digits. The same for the same values however they
   * were written: comments, the order of keys, {@code 60s} or {@code 1m}, written or left to the default.
   * Paths count as absolute ones, and the order of the sources counts.
   */
  public String digest() {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      for (Effective one : effective()) {
        // Neither a key nor a value holds a control character, so no two lists give the same bytes.
        sha256.update((one.key() + "=" + one.value() + "\n").getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }
}
