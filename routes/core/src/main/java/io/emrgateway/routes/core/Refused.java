package io.emrgateway.routes.core;

import java.util.Objects;
import java.util.Optional;

/**
 * A message or batch that cannot go on, and who can do something about it.
 *
 * <p>Carries a stable code and a place ("PID-3.1", "byte 213"), never a value: this text reaches logs,
 * the console and the sender's own error queue, none of which may hold patient data.
 */
public final class Refused extends RuntimeException {

  /** Who can mend it; decides between AR and AE (HL7 v2.5.1 chapter 2.9.2.2) and what the screen says. */
  public enum Remedy {
    SENDER_CORRECTS,
    SENDER_RETRIES,
    OPERATOR_REPAIRS
  }

  /**
   * Every way to be refused that is not the mapping's. A code that has shipped keeps its meaning.
   *
   * <p>{@code hl7} is the condition of HL7 table 0357 that an acknowledgement gives beside our own code.
   */
  public enum Reason {
    NOT_HL7("intake.not-hl7", Remedy.SENDER_CORRECTS, 100,
        "不是 HL7 v2 消息：没有 MSH 段", "Not an HL7 v2 message: it has no MSH segment",
        "请检查发送方地址和消息格式", "Check the sender's target address and what it sends"),
    HEADER_UNREADABLE("intake.msh-unreadable", Remedy.SENDER_CORRECTS, 100,
        "MSH 段无法读取：分隔符缺失或重复", "The MSH segment cannot be read: delimiters are missing or repeated",
        "MSH-1、MSH-2 应为不同的分隔符，例如 |^~\\&", "Send distinct delimiters in MSH-1 and MSH-2, for example |^~\\&"),
    CONTROL_ID_MISSING("intake.control-id-missing", Remedy.SENDER_CORRECTS, 101,
        "消息没有控制号", "The message has no control id",
        "请在 MSH-10 填写每条消息唯一的控制号", "Send a control id, unique to each message, in MSH-10"),
    CONTROL_ID_TOO_LONG("intake.control-id-too-long", Remedy.SENDER_CORRECTS, 102,
        "消息控制号过长", "The control id is too long",
        "MSH-10 不得超过 199 个字符", "MSH-10 has at most 199 characters"),
    MESSAGE_TYPE_MISSING("intake.message-type-missing", Remedy.SENDER_CORRECTS, 101,
        "消息没有类型", "The message has no type",
        "请在 MSH-9 填写消息类型和事件，例如 ADT^A01", "Send type and event in MSH-9, for example ADT^A01"),
    BYTES_DO_NOT_DECODE("intake.bytes-do-not-decode", Remedy.OPERATOR_REPAIRS, 102,
        "字节与该来源约定的字符集不符", "The bytes do not fit the character set agreed for this source",
        "请核对发送方字符集与 gateway.yaml 中该来源的 charset",
        "Compare the sender's character set with this source's charset in gateway.yaml"),
    SEVERAL_MESSAGES_IN_FRAME("intake.several-messages-in-frame", Remedy.SENDER_CORRECTS, 100,
        "一个数据帧中有多条消息", "One frame holds several messages",
        "请每个 MLLP 数据帧只发送一条消息", "Send one message in each MLLP frame"),
    BATCH_IN_FRAME("intake.batch-in-frame", Remedy.SENDER_CORRECTS, 100,
        "数据帧中是批量文件（FHS/BHS）", "The frame holds a batch (FHS or BHS)",
        "请逐条发送消息", "Send the messages one by one"),
    ACKNOWLEDGEMENT_NOT_EXPECTED("intake.acknowledgement-not-expected", Remedy.SENDER_CORRECTS, 200,
        "收到一条应答消息；应答从不再被应答", "An acknowledgement was received; an acknowledgement is never answered",
        "请检查发送方是否把应答发回了本网关", "Check whether the sender returns acknowledgements to this gateway"),
    QUERY_NOT_EXPECTED("intake.query-not-expected", Remedy.SENDER_CORRECTS, 200,
        "该来源未开通查询（queries: true），查询未受理", "Queries are not switched on for this source (queries: true); it was not answered",
        "请在 gateway.yaml 中为该来源设置 queries: true 并重启网关后重新查询；隔离区中的这一条可以放弃",
        "Set queries: true for this source in gateway.yaml, restart the gateway and ask again; discard this one from the quarantine"),
    FRAME_TOO_LARGE("intake.frame-too-large", Remedy.SENDER_CORRECTS, 102,
        "数据帧超过允许的大小", "The frame is larger than allowed",
        "请调大该来源的 frame-max，或拆分消息", "Raise this source's frame-max, or send smaller messages"),
    FRAME_UNTERMINATED("intake.frame-unterminated", Remedy.SENDER_CORRECTS, 100,
        "连接中断时数据帧尚未结束", "The connection ended before the frame did",
        "未应答的消息由发送方重发", "The sender repeats what was not acknowledged"),
    BYTES_BETWEEN_FRAMES("intake.bytes-between-frames", Remedy.SENDER_CORRECTS, 100,
        "数据帧之外出现多余字节", "Bytes stand outside any frame",
        "MLLP 数据帧应以 0x0B 开始，以 0x1C 0x0D 结束", "An MLLP frame begins with 0x0B and ends with 0x1C 0x0D"),
    SENDER_NOT_ALLOWED("intake.sender-not-allowed", Remedy.OPERATOR_REPAIRS, 207,
        "该地址不在来源的允许名单中", "This address is not on the source's allow list",
        "请把发送方地址加入该来源的 allow", "Add the sender's address to this source's allow list"),
    TOO_MANY_CONNECTIONS("intake.too-many-connections", Remedy.SENDER_RETRIES, 207,
        "该来源的连接数已满", "The source has as many connections as allowed",
        "请关闭空闲连接或调大 connections-max", "Close idle connections or raise connections-max"),
    NO_ROOM("intake.no-room", Remedy.SENDER_RETRIES, 207,
        "同时到达的大消息超出网关内存，消息未接收，请稍后重发",
        "More large messages at once than the gateway's memory holds; the message was not taken",
        "请减少同时发送的大消息，或调大 EMR_GATEWAY_HEAP", "Send fewer large messages at once, or raise EMR_GATEWAY_HEAP"),
    DISK_FULL("store.disk-full", Remedy.SENDER_RETRIES, 207,
        "网关磁盘空间不足，消息未接收，请稍后重发", "The gateway is short of disk space; the message was not taken",
        "请清理网关磁盘；恢复后自动继续", "Free disk space on the gateway; it resumes by itself"),
    CANNOT_WRITE("store.cannot-write", Remedy.SENDER_RETRIES, 207,
        "网关暂时无法写入存储，消息未接收，请稍后重发", "The gateway cannot write to its store; the message was not taken",
        "请检查网关磁盘；恢复后自动继续", "Check the gateway's disk; it resumes by itself"),
    STOPPING("store.stopping", Remedy.SENDER_RETRIES, 207,
        "网关正在停止，请稍后重发", "The gateway is stopping; send again later",
        "无需处理", "Nothing to do"),
    PAYLOAD_DAMAGED("store.payload-damaged", Remedy.OPERATOR_REPAIRS, 207,
        "存储中的消息已损坏，无法读取", "The stored message is damaged and cannot be read",
        "请从医院信息系统重发该消息，并检查磁盘", "Have the HIS send it again, and check the disk"),
    BODY_DAMAGED("store.body-damaged", Remedy.OPERATOR_REPAIRS, 207,
        "已签名待投递的内容在磁盘上损坏，投递已停止（继续接收）", "A sealed bundle that waits for delivery is damaged on the disk; delivery stopped, intake goes on",
        "请检查磁盘，然后执行 emr-gateway resync：未投递的消息将重新映射并投递",
        "Check the disk, then emr-gateway resync: what was not delivered is mapped and sent anew"),
    INTERNAL("gateway.internal", Remedy.SENDER_RETRIES, 207,
        "网关内部错误，消息未接收，请稍后重发", "An internal error of the gateway; the message was not taken",
        "请联系技术支持并提供时间", "Tell support the time of this message");

    private final String code;
    private final Remedy remedy;
    private final int hl7;
    private final String textZh;
    private final String text;
    private final String adviceZh;
    private final String advice;

    Reason(String code, Remedy remedy, int hl7, String textZh, String text, String adviceZh, String advice) {
      this.code = code;
      this.remedy = remedy;
      this.hl7 = hl7;
      this.textZh = textZh;
      this.text = text;
      this.adviceZh = adviceZh;
      this.advice = advice;
    }

    public String code() {
      return code;
    }

    public Remedy remedy() {
      return remedy;
    }

    /** The error condition of HL7 table 0357, e.g. 101 for a required field that is missing. */
    public int hl7() {
      return hl7;
    }

    public String textZh() {
      return textZh;
    }

    public String text() {
      return text;
    }

    /** What to do about it, in Chinese. */
    public String adviceZh() {
      return adviceZh;
    }

    /** What to do about it, in English. */
    public String advice() {
      return advice;
    }

    /** The reason with this code, or empty if the code is not of this list (a mapping's, for example). */
    public static Optional<Reason> ofCode(String code) {
      for (Reason reason : values()) {
        if (reason.code.equals(code)) {
          return Optional.of(reason);
        }
      }
      return Optional.empty();
    }
  }

  private final Reason reason;
  private final String place;

  /**
   * @param place where it went wrong ("MSH-10", "byte 213", "frame"), never a value; empty if nowhere
   */
  public Refused(Reason reason, String place) {
    this(reason, place, null);
  }

  /** As above, keeping the cause for the log's stack trace; its message is shown to no user. */
  public Refused(Reason reason, String place, Throwable cause) {
    super(reason.code + (place.isEmpty() ? "" : " at " + place), cause);
    this.reason = Objects.requireNonNull(reason, "reason");
    this.place = place;
  }

  public Reason reason() {
    return reason;
  }

  public String place() {
    return place;
  }
}
