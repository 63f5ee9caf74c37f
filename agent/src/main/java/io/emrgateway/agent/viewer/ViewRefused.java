package io.emrgateway.agent.viewer;

/** A ticket or a page that cannot go on; a code, and words for whoever sits in front of it. */
final class ViewRefused extends RuntimeException {

  /** Every way to be refused here. A code that has shipped keeps its meaning. */
  enum Reason {
    TOO_MANY("viewer.too-many", 429, "打开的页面过多", "Too many pages are open",
        "请关闭不用的页面，稍后重试", "Close pages that are not needed, and try again in a moment"),
    TICKET_UNKNOWN("viewer.ticket-unknown", 404, "没有这张票据", "There is no such ticket",
        "请从 HIS 重新打开", "Open it from the HIS again"),
    TICKET_USED("viewer.ticket-used", 410, "票据已使用过，只能使用一次", "The ticket has been used; it is good for once",
        "请从 HIS 重新打开", "Open it from the HIS again"),
    TICKET_EXPIRED("viewer.ticket-expired", 410, "票据已过期，有效期为 60 秒", "The ticket has expired; it is good for 60 seconds",
        "请从 HIS 重新打开；若总是过期，请信息科检查网络", "Open it from the HIS again; if it always expires, have the network looked at"),
    OTHER_WORKSTATION("viewer.other-workstation", 403, "票据属于另一台工作站", "The ticket belongs to another workstation",
        "请在申请票据的工作站上打开；若使用代理上网，请信息科让浏览器直接访问网关",
        "Open it at the workstation it was asked for; behind a proxy, let the browser reach the gateway directly"),
    SESSION_OVER("viewer.session-over", 403, "页面已关闭或超时", "The page has been closed or has timed out",
        "请从 HIS 重新打开", "Open it from the HIS again"),
    BUSY("viewer.busy", 503, "上一次查询尚未结束", "The question before is still under way",
        "请稍候", "Wait a moment"),
    INTERNAL("viewer.internal", 500, "网关内部错误，未显示任何资料", "The gateway failed; nothing is shown",
        "请重试；持续出现请告知信息科，并报上代码", "Try again; if it stays, tell the operator the code");

    final String code;
    final int status;
    final String textZh;
    final String text;
    final String remedyZh;
    final String remedy;

    Reason(String code, int status, String textZh, String text, String remedyZh, String remedy) {
      this.code = code;
      this.status = status;
      this.textZh = textZh;
      this.text = text;
      this.remedyZh = remedyZh;
      this.remedy = remedy;
    }
  }

  final Reason reason;

  ViewRefused(Reason reason) {
    super(reason.code, null, false, false);
    this.reason = reason;
  }
}
