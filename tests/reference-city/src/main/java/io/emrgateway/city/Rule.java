package io.emrgateway.city;

/**
 * Every rule of the contract that a request can break, with the answer's status and both texts.
 *
 * <p>Ids are stable: one that has been answered once keeps its meaning. The texts name no value from the request.
 * Order broken in time (gap, fork, closed epoch) is not here: it is answered with the signed head, see {@link Order}.
 */
enum Rule {
  // The request around the batch.
  REQUEST_UNKNOWN(404, "request.unknown", "The city has no such address.", "市平台没有此地址。"),
  REQUEST_PATH(400, "request.path", "The path does not name feed, epoch and seq.", "路径未正确给出机构接入点、纪元和序号。"),
  REQUEST_CONTENT_TYPE(400, "request.content-type", "Content-Type must be application/vnd.emr-gateway.batch.",
      "Content-Type 必须为 application/vnd.emr-gateway.batch。"),
  REQUEST_ENCODING(400, "request.encoding", "Content-Encoding may only be gzip.", "Content-Encoding 只能为 gzip。"),
  REQUEST_QUERY(400, "request.query", "A query parameter is missing or malformed.", "查询参数缺失或格式错误。"),
  TLS_NOT_PINNED(403, "tls.not-pinned", "The TLS certificate is not the one registered for this feed.",
      "TLS 证书不是该接入点登记的证书。"),
  TOO_MANY_ENTRIES(413, "batch.too-many-entries", "A batch holds at most 256 entries.", "一个批次最多 256 条。"),
  TOO_LARGE(413, "batch.too-large", "A batch holds at most 8 MiB of bodies, a body alone at most 32 MiB.",
      "一个批次的正文合计最多 8 MiB,单独一条正文最多 32 MiB。"),
  TOO_FAST(429, "city.too-fast", "Too many requests; try again later.", "请求过于频繁,请稍后重试。"),
  INTERNAL(500, "city.internal", "The city failed; nothing was stored.", "市平台内部故障,未保存任何数据。"),
  UNAVAILABLE(503, "city.unavailable", "Not now; try again later.", "暂不可用,请稍后重试。"),

  // The frame of a batch.
  BATCH_ENCODING(422, "batch.encoding", "The gzip encoding is damaged.", "gzip 编码已损坏。"),
  BATCH_FRAMING(422, "batch.framing", "The batch ends before header and entries do.", "批次在头部和条目结束前中断。"),
  BODIES_SHORT(422, "bodies.short", "The bodies end before the sum of their lengths.", "正文总长小于声明长度之和。"),
  BODIES_TRAILING(422, "bodies.trailing", "Bytes follow the last body.", "最后一条正文之后还有多余字节。"),

  // The signed envelope.
  CMS_DER(422, "cms.der", "The CMS is not DER, or does not re-encode to itself.", "CMS 不是 DER 编码,或重新编码后不一致。"),
  CMS_CONTENT_TYPE(422, "cms.content-type", "The content type is not one the suite allows.", "内容类型不在算法套件允许之列。"),
  CMS_SHAPE(422, "cms.shape", "The signed data has a version or field the profile does not allow.",
      "签名数据含有规范不允许的版本或字段。"),
  CMS_SIGNERS(422, "cms.signers", "There must be exactly one signer.", "必须有且仅有一个签名者。"),
  CMS_SIGNED_ATTRIBUTES(422, "cms.signed-attributes",
      "Signed attributes must hold contentType and messageDigest, each once.", "签名属性必须各含一个 contentType 与 messageDigest。"),
  CMS_MESSAGE_DIGEST(422, "cms.message-digest", "messageDigest is not the hash of the content.", "messageDigest 与内容哈希不符。"),
  CMS_UNSIGNED_ATTRIBUTES(422, "cms.unsigned-attributes", "Unsigned attributes are not allowed.", "不允许未签名属性。"),
  CMS_CRLS(422, "cms.crls", "Revocation lists are not allowed inside.", "不允许内含吊销列表。"),
  CMS_CERTIFICATES(422, "cms.certificates", "The only certificate inside may be the registered one.",
      "内含证书只能是已登记的证书。"),
  CMS_ALGORITHM(422, "cms.algorithm", "An algorithm is not of the feed's suite.", "算法不属于该接入点的套件。"),
  CMS_SIGNER(422, "cms.signer", "The signer is not the registered certificate.", "签名者不是已登记的证书。"),
  CMS_SIGNATURE(422, "cms.signature", "The signature does not verify.", "签名验证失败。"),
  CERTIFICATE_FEED(422, "certificate.feed", "The signing certificate does not name this feed.", "签名证书未写明该接入点。"),
  CERTIFICATE_VALIDITY(422, "certificate.validity", "The signing certificate is not valid now.", "签名证书不在有效期内。"),

  // The header.
  HEADER_JSON(422, "header.json", "The header is not strict JSON (UTF-8, no duplicate key).",
      "头部不是严格的 JSON(UTF-8,键不重复)。"),
  HEADER_KEYS(422, "header.keys", "The header lacks a key or has an unknown one.", "头部缺少键或含有未知键。"),
  HEADER_VALUE(422, "header.value", "A value in the header has the wrong form.", "头部某个值的形式不正确。"),
  HEADER_PATH(422, "header.path", "Header and path name different batches.", "头部与路径所指批次不同。"),
  HEADER_SUITE(422, "header.suite", "The suite is not the one registered.", "算法套件与登记不符。"),
  HEADER_IN(422, "header.in", "Input numbers do not continue where the last batch ended.", "输入编号未与上一批次衔接。"),
  HEADER_SOURCES(422, "header.sources", "The counts per source do not sum to the inputs of the batch.",
      "各来源数量之和与本批输入数不符。"),
  HEADER_N(422, "header.n", "Body numbers do not continue where the last batch ended.", "正文编号未与上一批次衔接。"),
  HEADER_LAST(422, "header.last", "The last receipt named is not one the city gave.", "所引用的上一回执并非市平台签发。"),
  HEADER_AUDIT(422, "header.audit", "The audit chain went back or changed.", "审计链发生回退或改动。"),
  EPOCH_WITHOUT_RESYNC(422, "epoch.without-resync", "A new epoch begins with a resync.", "新纪元必须以 resync 批次开始。"),

  // The entries.
  ENTRIES_LINES(422, "entries.lines", "Entries are lines of UTF-8, each ended by one line feed.",
      "条目必须为 UTF-8 文本行,每行以一个换行符结束。"),
  ENTRIES_COUNT(422, "entries.count", "The number of entries is not the one in the header.", "条目数与头部不符。"),
  ENTRIES_ROOT(422, "entries.root", "The tree over the entries has another root.", "条目树的根与头部不符。"),
  ENTRY_JSON(422, "entry.json", "An entry is not strict JSON.", "某条目不是严格的 JSON。"),
  ENTRY_KEYS(422, "entry.keys", "An entry lacks a key or has an unknown one.", "某条目缺少键或含有未知键。"),
  ENTRY_VALUE(422, "entry.value", "A value in an entry has the wrong form.", "某条目的值形式不正确。"),
  ENTRY_I(422, "entry.i", "The batch's inputs do not appear once each, in order, repaired ones after them.",
      "本批输入编号未逐一按序出现,或修复条目位置不对。"),
  ENTRY_N(422, "entry.n", "The bodies are not numbered as the header says.", "正文编号与头部所述不符。"),
  ENTRY_REPAIR(422, "entry.repair", "A repaired entry names an input that is not waiting in quarantine.",
      "修复条目所指输入并非处于隔离待修状态。"),

  // The bodies.
  BODY_HASH(422, "body.hash", "A body has another hash than its entry says.", "某条正文的哈希与条目不符。"),
  BODY_JSON(422, "body.json", "A body is not strict JSON.", "某条正文不是严格的 JSON。"),
  BODY_BUNDLE(422, "body.bundle", "A body is not a FHIR transaction Bundle.", "某条正文不是 FHIR transaction Bundle。"),

  // What single kinds ask for.
  DATA_EMPTY(422, "data.empty", "A data batch has at least one entry.", "data 批次至少含一条。"),
  KIND_NOT_EMPTY(422, "kind.not-empty", "Only a data batch has entries and numbers.", "只有 data 批次可含条目和编号。"),
  ROTATE_UNKNOWN(422, "rotate.certificate-unknown", "The new certificate has not been approved.", "新证书尚未获批准。"),
  RESYNC_EPOCH(422, "resync.epoch", "A resync opens the next epoch.", "resync 必须开启下一个纪元。"),
  RESYNC_RESTORE(422, "resync.restore", "The restore record does not fit what the city holds.", "恢复说明与市平台所存不符。"),

  // Lookups, in the order in which a request is checked; a holding hospital refuses with the same codes.
  LOOKUP_FORM(400, "lookup.form", "A key, value or size does not have the form of the contract.", "键、值或大小不符合接口约定。"),
  LOOKUP_SIGNATURE(403, "lookup.signature", "The signature is not the feed's.", "签名不是该接入点的签名。"),
  LOOKUP_FEED(403, "lookup.feed", "The feed is not registered, not this connection's, or not of the requester's hospital.",
      "接入点未登记、与本连接不符,或不属于申请机构。"),
  LOOKUP_TIME(400, "lookup.time", "The request is not of now; check the clock.", "请求不在有效时间内,请检查时钟。"),
  LOOKUP_NONCE(400, "lookup.nonce", "The nonce or rid has been used.", "随机数或调阅编号已被使用。"),
  LOOKUP_DOCTOR(400, "lookup.doctor", "The doctor's authorisation does not fit the requester, or is not of the last 12 h.",
      "医生授权与申请人不符,或不在最近 12 小时内。"),
  LOOKUP_CONSENT(400, "lookup.consent", "The patient's authorisation lacks its kind, evidence, reference or guardian.",
      "患者授权缺少方式、凭证、编号或监护人信息。"),
  LOOKUP_CONSENT_TIME(400, "lookup.consent-time", "The patient's authorisation does not cover the time of the request.",
      "申请时间不在患者授权期限内。"),
  LOOKUP_GRANTEE(400, "lookup.grantee", "The patient's authorisation is not given to the asking hospital.",
      "患者授权的对象不是申请机构。"),
  LOOKUP_SCOPE(400, "lookup.scope", "The request goes beyond the authorisation's sections, names none, or its days are reversed.",
      "申请内容超出授权范围、未指明内容,或起止日期颠倒。"),
  LOOKUP_EMERGENCY(400, "lookup.emergency",
      "Emergency lookups are not switched on, or reason or a second confirming person is missing.",
      "未开通急救调阅,或缺少理由或第二确认人。"),
  LOOKUP_WITHDRAWN(400, "lookup.withdrawn", "The authorisation has been withdrawn.", "该授权已被撤回。"),
  LOOKUP_TOO_MANY(429, "lookup.too-many", "Too many lookups at once or in a minute.", "同时进行或一分钟内的调阅过多。"),
  LOOKUP_UNKNOWN(404, "lookup.unknown", "No such lookup of this feed is under way.", "没有属于该接入点的此项调阅。"),
  LOOKUP_CONTENT_TYPE(400, "lookup.content-type", "The Content-Type is not the one this address takes.",
      "Content-Type 不符合此地址的要求。"),
  ANSWER_INVALID(422, "answer.invalid", "The answer does not verify; it counts as a denial.", "答复未通过验证,按拒绝处理。");

  final int status;
  final String id;
  final String text;
  final String textZh;

  Rule(int status, String id, String text, String textZh) {
    this.status = status;
    this.id = id;
    this.text = text;
    this.textZh = textZh;
  }

  /** True for what a holding hospital may refuse a request with. */
  boolean refusesRequest() {
    return compareTo(LOOKUP_FORM) >= 0 && compareTo(LOOKUP_TOO_MANY) <= 0;
  }

  /** The rule of this id, or null. */
  static Rule named(String id) {
    for (Rule rule : values()) {
      if (rule.id.equals(id)) {
        return rule;
      }
    }
    return null;
  }
}
