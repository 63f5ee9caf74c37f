package io.emrgateway.routes.core.lookup;

/** A lookup that the heap has no room for; nothing of it is held. */
public final class NoRoom extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why; stable across releases. */
  public enum Reason {
    /** Others hold it; it is worth trying again. */
    BUSY("lookup.busy", "内存正被其他查询占用", "other lookups hold the memory"),
    /** This patient's record is larger than all the room there is. */
    RECORD_TOO_LARGE("lookup.record-too-large", "该患者在本院的记录过大，内存不足；需加大 -Xmx",
        "this patient's record here is larger than the memory for lookups; raise -Xmx");

    private final String code;
    private final String textZh;
    private final String text;

    Reason(String code, String textZh, String text) {
      this.code = code;
      this.textZh = textZh;
      this.text = text;
    }

    public String code() {
      return code;
    }

    public String textZh() {
      return textZh;
    }

    public String text() {
      return text;
    }
  }

  private final Reason reason;

  public NoRoom(Reason reason) {
    super(reason.code(), null, false, false);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
