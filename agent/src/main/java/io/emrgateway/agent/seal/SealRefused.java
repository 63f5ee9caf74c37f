package io.emrgateway.agent.seal;

import java.util.Objects;

/**
 * Something sealed that does not hold, or that cannot be sealed, and what a person can do about it.
 *
 * <p>Carries a stable code and a place ("signerInfos[0].unsignedAttrs", "receipt.prevCh"), never a value
 * from a message, a key, a password or the name of a class.
 */
public final class SealRefused extends RuntimeException {

  private static final String CITY_ZH = "请把此代码和位置告知市级平台；网关保留全部数据，不会丢弃";
  private static final String CITY_EN = "Give this code and place to the city platform; the gateway keeps everything";
  private static final String DEFECT_ZH = "这是网关自身的缺陷，请把此代码和位置发给厂商";
  private static final String DEFECT_EN = "A defect of the gateway: send this code and place to its makers";
  private static final String KEYS_ZH = "请检查 keys 目录中的文件，必要时从备份恢复或重新申请证书";
  private static final String KEYS_EN = "Check the files in the keys folder; restore them from backup or enrol again";
  private static final String MODE_ZH = "请执行 chmod 600，并让该文件只属于网关的系统用户";
  private static final String MODE_EN = "Run chmod 600 on it and let it belong to the gateway's user alone";
  private static final String STORE_ZH = "请停止网关，从备份恢复数据库及与之同期的主密钥文件";
  private static final String STORE_EN = "Stop the gateway; restore the database and the master key file of the same time";

  /** Every way to be refused here. A code that has shipped keeps its meaning. */
  public enum Reason {
    CMS_NOT_DER("seal.cms-not-der", "签名数据不是规范的 DER 编码", "The signed data is not in DER", CITY_ZH, CITY_EN),
    TRAILING_BYTES("seal.trailing-bytes", "签名数据之后有多余字节", "Bytes follow the signed data", CITY_ZH, CITY_EN),
    CMS_STRUCTURE("seal.cms-structure", "签名数据结构不符合约定", "The signed data is not built as agreed", CITY_ZH, CITY_EN),
    CONTENT_TYPE("seal.content-type", "签名数据的类型标识不符合约定",
        "The signed data names a content type that was not agreed", CITY_ZH, CITY_EN),
    CONTENT_MISSING("seal.content-missing", "签名数据不含原文", "The signed data holds no content", CITY_ZH, CITY_EN),
    DIGEST_ALGORITHM("seal.digest-algorithm", "摘要算法不属于约定的套件",
        "The digest algorithm is not of the agreed suite", CITY_ZH, CITY_EN),
    SIGNATURE_ALGORITHM("seal.signature-algorithm", "签名算法不属于约定的套件",
        "The signature algorithm is not of the agreed suite", CITY_ZH, CITY_EN),
    CRL_PRESENT("seal.crl-present", "签名数据中带有吊销列表", "The signed data carries revocation lists", CITY_ZH, CITY_EN),
    SIGNERS_NOT_ONE("seal.signers-not-one", "签名者不是恰好一个", "There is not exactly one signer", CITY_ZH, CITY_EN),
    SIGNED_ATTRIBUTES_MISSING("seal.signed-attributes-missing", "缺少被签名属性",
        "The signed attributes are missing", CITY_ZH, CITY_EN),
    ATTRIBUTE_REPEATED("seal.attribute-repeated", "被签名属性重复或有多个值",
        "A signed attribute is repeated or has several values", CITY_ZH, CITY_EN),
    CONTENT_TYPE_ATTRIBUTE("seal.content-type-attribute", "被签名的内容类型缺失或与原文不符",
        "The signed content type is missing or is not the content's", CITY_ZH, CITY_EN),
    MESSAGE_DIGEST_MISSING("seal.message-digest-missing", "被签名属性中没有摘要",
        "The signed attributes hold no message digest", CITY_ZH, CITY_EN),
    MESSAGE_DIGEST_WRONG("seal.message-digest-wrong", "原文与被签名的摘要不符",
        "The content is not what was signed", CITY_ZH, CITY_EN),
    UNSIGNED_ATTRIBUTES("seal.unsigned-attributes", "带有未被签名的属性",
        "Attributes that nobody signed are present", CITY_ZH, CITY_EN),
    SIGNER_NOT_PINNED("seal.signer-not-pinned", "签名证书不是约定的证书",
        "The signer's certificate is not one that is pinned", CITY_ZH, CITY_EN),
    SIGNATURE_WRONG("seal.signature-wrong", "签名不成立", "The signature does not hold", CITY_ZH, CITY_EN),
    JSON_BROKEN("seal.json-broken", "被签名的 JSON 不符合约定",
        "The signed JSON is not as agreed", CITY_ZH, CITY_EN),

    CERTIFICATE_UNREADABLE("seal.certificate-unreadable", "证书无法读取", "The certificate cannot be read", KEYS_ZH, KEYS_EN),
    CALLER_KEY("seal.caller-key", "文件中没有可用的公钥（PEM 或 JWK；P-256、P-384，或不少于 2048 位的 RSA）",
        "The file holds no usable public key (PEM or JWK; P-256, P-384, or RSA of at least 2048 bits)",
        "请向调用系统的厂商索取公钥文件", "Ask the maker of the calling system for its public key"),
    CERTIFICATE_KEY("seal.certificate-key", "证书的密钥不是 P-256 也不是 SM2",
        "The certificate's key is neither P-256 nor SM2", KEYS_ZH, KEYS_EN),
    CERTIFICATE_FEED("seal.certificate-feed", "证书不属于 gateway.yaml 中的医院和数据流，或没有写明唯一的数据流",
        "The certificate is not for the hospital and feed in gateway.yaml, or does not name exactly one", KEYS_ZH, KEYS_EN),
    CERTIFICATE_NOT_VALID_NOW("seal.certificate-not-valid-now", "证书已过期或尚未生效", "The certificate has expired or is not valid yet",
        "请核对本机时钟，必要时重新申请证书", "Check this machine's clock; enrol again if need be"),
    KEY_IN_USE("seal.key-in-use", "其中的签名密钥已在使用，等待其替换旧文件",
        "It holds the signing key that is in use already and should stand in the old one's place",
        "请使网关用户可写 keys 目录后重启网关，或自行用它替换 signing.p12",
        "Let the gateway's user write to the keys folder and restart, or put it in the place of signing.p12 yourself"),
    SUITE_MISMATCH("seal.suite-mismatch", "密码套件与 gateway.yaml 中的 suite 不符", "It is not of the suite in gateway.yaml",
        KEYS_ZH, KEYS_EN),
    KEY_FILE_UNREADABLE("seal.key-file-unreadable", "密钥文件无法读取", "The key file cannot be read", KEYS_ZH, KEYS_EN),
    KEY_FILE_EXISTS("seal.key-file-exists", "密钥文件已存在，不会覆盖",
        "The key file is there already and is never overwritten", KEYS_ZH, KEYS_EN),
    KEY_FILE_OPEN_TO_OTHERS("seal.key-file-open-to-others", "其他用户可以访问密钥文件",
        "Other users may access the key file", MODE_ZH, MODE_EN),
    KEY_FILE_CONTENT("seal.key-file-content", "密钥文件内容不正确，或口令错误",
        "The key file's content is not right, or the password is wrong", KEYS_ZH, KEYS_EN),
    KEY_CERTIFICATE_MISMATCH("seal.key-certificate-mismatch", "私钥与证书不匹配",
        "Private key and certificate do not belong together", KEYS_ZH, KEYS_EN),

    FRAMES_BROKEN("lookup.frames-broken", "市平台应答的分帧不正确", "The city's answer is not framed as agreed", CITY_ZH, CITY_EN),
    ANSWER_BROKEN("lookup.answer-broken", "应答与所提的问题不符，或内容与签名不符",
        "The answer is to another question, or is not what was signed", CITY_ZH, CITY_EN),
    LOOKUP_OTHER_FEED("lookup.other-feed", "查询不是发给本机的", "The inquiry is for another gateway", CITY_ZH, CITY_EN),

    RECEIPT_OTHER_BATCH("receipt.other-batch", "回执不属于所发送的批次",
        "The receipt is for another batch than the one sent", CITY_ZH, CITY_EN),
    RECEIPT_CHAIN("receipt.chain-broken", "回执与已持有的链不相接",
        "The receipt does not continue the chain that we hold", CITY_ZH, CITY_EN),
    HEAD_OTHER_FEED("head.other-feed", "平台答复的是另一上报通道", "The head is another feed's", CITY_ZH, CITY_EN),
    HEAD_NONCE("head.nonce", "平台答复不是针对本次询问", "The head does not answer this question", CITY_ZH, CITY_EN),
    HEAD_CHAIN("head.chain-broken", "平台给出的链值自相矛盾", "The head contradicts itself", CITY_ZH, CITY_EN),
    TRUST_VERSION("trust.version-not-greater", "信任文件的版本不比现有的新",
        "The trust file is not newer than the installed one", CITY_ZH, CITY_EN),
    TRUST_EXPIRED("trust.expired", "信任文件已过期", "The trust file has expired", CITY_ZH, CITY_EN),
    TRUST_INCOMPLETE("trust.incomplete", "信任文件缺少根证书或回执证书",
        "The trust file names no root or no receipt certificate", CITY_ZH, CITY_EN),

    BATCH_NUMBERS("batch.numbers", "批次编号不连续", "The batch's numbers are not contiguous", DEFECT_ZH, DEFECT_EN),
    BATCH_KIND("batch.kind", "批次内容与其种类不符", "The batch holds what its kind does not allow", DEFECT_ZH, DEFECT_EN),
    BATCH_VALUE("batch.value", "批次的某个值不符合约定", "A value of the batch is not as agreed", DEFECT_ZH, DEFECT_EN),
    BATCH_TOO_LARGE("batch.too-large", "批次超过约定的大小", "The batch is larger than agreed", DEFECT_ZH, DEFECT_EN),

    AT_REST_BROKEN("rest.broken", "存储的内容无法解封：被改动、移位或密钥不符",
        "Stored content does not open: changed, moved, or another key", STORE_ZH, STORE_EN),
    AT_REST_VERSION("rest.version-unknown", "存储的内容由更新的版本写入",
        "Stored content was written by a newer version", "请安装写入该数据库的版本或更新版本",
        "Install the version that wrote this database, or a newer one"),
    SQUEEZE_BROKEN("rest.squeeze-broken", "存储的内容无法解压", "Stored content does not unpack", STORE_ZH, STORE_EN);

    private final String code;
    private final String textZh;
    private final String text;
    private final String remedyZh;
    private final String remedy;

    Reason(String code, String textZh, String text, String remedyZh, String remedy) {
      this.code = code;
      this.textZh = textZh;
      this.text = text;
      this.remedyZh = remedyZh;
      this.remedy = remedy;
    }

    public String code() {
      return code;
    }

    /** What is wrong, in Chinese, for the operator's screen. */
    public String textZh() {
      return textZh;
    }

    public String text() {
      return text;
    }

    /** What the operator can do, in Chinese. */
    public String remedyZh() {
      return remedyZh;
    }

    public String remedy() {
      return remedy;
    }
  }

  private final Reason reason;
  private final String place;

  /**
   * Causes are not kept on purpose: a library's message may quote what it read.
   *
   * @param place where in the thing, in its own words; never a value
   */
  public SealRefused(Reason reason, String place) {
    super(Objects.requireNonNull(reason, "reason").code + " at " + Objects.requireNonNull(place, "place"));
    this.reason = reason;
    this.place = place;
  }

  public Reason reason() {
    return reason;
  }

  public String code() {
    return reason.code;
  }

  public String place() {
    return place;
  }

  /** The code and the texts, Chinese first, without the name of any class. */
  @Override
  public String toString() {
    return reason.code + " (" + place + ") " + reason.textZh + " / " + reason.text;
  }
}
