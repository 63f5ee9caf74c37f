package io.emrgateway.city;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The city on one page: Chinese first, English beside; no patient's data, because no count holds any. */
final class Page {
  private final City city;
  private final LookupLog lookups;
  private final Misbehaviour misbehaviour;
  private final Clock clock;

  Page(City city, LookupLog lookups, Misbehaviour misbehaviour, Clock clock) {
    this.city = city;
    this.lookups = lookups;
    this.misbehaviour = misbehaviour;
    this.clock = clock;
  }

  byte[] html() {
    StringBuilder html = new StringBuilder(8192);
    html.append(
        """
        <!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>参考市平台 Reference city</title>
        <meta name="viewport" content="width=device-width, initial-scale=1"><style>
        body{font:16px/1.5 "Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:2rem;max-width:72rem;color:#1c1c1c}
        table{border-collapse:collapse;width:100%;margin:.5rem 0 2rem}th,td{text-align:left;padding:.3rem .6rem;
        border-bottom:1px solid #bbb;vertical-align:top}td.hash{font-family:monospace;word-break:break-all}
        .en{color:#555;font-size:.85em}</style></head><body>
        <h1>参考市平台 <span class="en" lang="en">Reference city</span></h1>
        <p>仅供试验。<span class="en" lang="en">For trials only.</span></p>
        """);
    for (Register.Feed feed : city.register().feeds()) {
      feed(html, feed);
    }
    lookups(html);
    alarms(html);
    html.append("<h2>故障注入 <span class=\"en\" lang=\"en\">Misbehaviour</span></h2><pre>")
        .append(escaped(misbehaviour.show(clock.instant()).toPrettyString()))
        .append("</pre></body></html>");
    return html.toString().getBytes(StandardCharsets.UTF_8);
  }

  private void feed(StringBuilder html, Register.Feed feed) {
    State state = city.holdings().state(feed.feed());
    Holdings.Totals totals = city.holdings().totals(feed.feed());
    html.append("<h2>接入点 <span class=\"en\" lang=\"en\">Feed</span> ").append(escaped(feed.feed())).append("</h2><table>");
    row(html, "算法套件", "Suite", feed.suite().id);
    row(html, "纪元 / 批次序号", "Epoch / seq", state.epoch() + " / " + state.seq());
    row(html, "已存正文", "Bodies held", String.valueOf(totals.held()));
    row(html, "已说明未送(其中待修复)", "Explained (waiting for repair)", totals.explained() + " (" + totals.waiting() + ")");
    row(html, "最后输入编号 / 正文编号", "Last i / n", state.in() + " / " + state.n());
    row(html, "审计条数", "Audit entries", String.valueOf(state.auditN()));
    row(html, "重复批次", "Repeated batches", String.valueOf(city.log().repeats(feed.feed())));
    row(html, "头部哈希", "Head (hh)", state.hh());
    row(html, "市平台链", "City chain (ch)", state.ch());
    html.append("</table><h3>最近批次 <span class=\"en\" lang=\"en\">Last batches</span></h3><table><tr>");
    for (String[] column :
        new String[][] {
          {"序号", "Seq"}, {"类型", "Kind"}, {"输入", "Inputs"}, {"正文", "Bodies"}, {"已说明", "Explained"}, {"时间", "Time"}
        }) {
      html.append("<th scope=\"col\">").append(column[0]).append(" <span class=\"en\" lang=\"en\">").append(column[1])
          .append("</span></th>");
    }
    html.append("</tr>");
    List<Holdings.Held> last = city.holdings().batchesAfter(feed.feed(), Math.max(0, state.seq() - 10), 10);
    for (int k = last.size() - 1; k >= 0; k--) {
      Holdings.Held batch = last.get(k);
      html.append("<tr><td>").append(batch.epoch()).append('/').append(batch.seq()).append("</td><td>")
          .append(batch.kind()).append("</td><td>").append(numbers(batch.inFrom(), batch.inTo())).append("</td><td>")
          .append(numbers(batch.nFrom(), batch.nTo())).append("</td><td>").append(batch.explained())
          .append("</td><td>").append(batch.t()).append("</td></tr>");
    }
    html.append("</table>");
  }

  private void lookups(StringBuilder html) {
    JsonNode shown = lookups.show();
    html.append("<h2>调阅 <span class=\"en\" lang=\"en\">Lookups</span></h2><table>");
    row(html, "进行中", "Open", shown.path("open").asText());
    row(html, "已答复", "Answered", shown.path("answered").asText());
    row(html, "各机构结果", "Per hospital asked", counts(shown.path("sources")));
    row(html, "由市平台代答", "Answered by the city", shown.path("byCity").asText());
    row(html, "迟到的答复", "Late answers", shown.path("late").asText());
    row(html, "拒绝(按规则)", "Refused by rule", counts(shown.path("refused")));
    html.append("</table>");
  }

  private static String counts(JsonNode counts) {
    StringBuilder text = new StringBuilder();
    counts.fields().forEachRemaining(
        count -> text.append(text.isEmpty() ? "" : ", ").append(count.getKey()).append(' ').append(count.getValue()));
    return text.isEmpty() ? "–" : text.toString();
  }

  private void alarms(StringBuilder html) {
    html.append("<h2>异常 <span class=\"en\" lang=\"en\">Alarms</span></h2><table>");
    List<Log.Event> events = new ArrayList<>(lookups.events());
    events.addAll(city.log().events());
    events.sort(Comparator.comparing(Log.Event::t).reversed());
    for (Log.Event event : events) {
      html.append("<tr><td>").append(event.t()).append("</td><td>").append(escaped(event.feed())).append(' ')
          .append(event.seq() == 0 ? "" : event.seq()).append("</td><td>").append(escaped(event.what())).append("</td><td>")
          .append(escaped(textZh(event.what()))).append(' ').append(escaped(event.place())).append("</td></tr>");
    }
    html.append("</table>");
  }

  private static String textZh(String what) {
    Rule rule = Rule.named(what);
    if (rule != null) {
      return rule.textZh;
    }
    return switch (Order.valueOf(what)) {
      case GAP -> "中间有缺失的批次";
      case FORK -> "同一序号内容不同";
      case EPOCH -> "纪元已关闭";
    };
  }

  private static void row(StringBuilder html, String zh, String en, String value) {
    html.append("<tr><th scope=\"row\">").append(zh).append(" <span class=\"en\" lang=\"en\">").append(en)
        .append("</span></th><td class=\"hash\">").append(escaped(value)).append("</td></tr>");
  }

  private static String numbers(long from, long to) {
    return to < from ? "–" : from + "–" + to;
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
  }
}
