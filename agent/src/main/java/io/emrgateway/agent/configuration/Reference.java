package io.emrgateway.agent.configuration;

import java.util.List;
import java.util.Optional;

/** Writes the documented settings file from the one definition of the settings. */
final class Reference {
  /** Stands where only the hospital knows the value; refused until replaced. */
  static final String EXAMPLE_HOSPITAL = "H-0000";

  /** A name that resolves nowhere (RFC 2606, section 2); refused until replaced. */
  static final String EXAMPLE_CITY = "https://city.invalid/";

  private static final String HEAD = """
      # EMR Gateway 设置文件 · settings
      #
      # 以“#键: 值”形式写出的是默认值；要更改，去掉 # 再改。时间写作 200ms、20s、15m、2h、100d，
      # 容量写作 512MiB、20GiB。相对路径从本文件所在目录算起。有任何错误，网关都不启动，并一次列出全部错误。
      #
      # Lines of the form "#key: value" show defaults; remove the # to change one. Times are written 200ms,
      # 20s, 15m, 2h, 100d, sizes 512MiB, 20GiB. Relative paths start from this file's folder. With any error
      # the gateway does not start, and lists all of them at once.
      """;

  private Reference() {}

  static String text() {
    StringBuilder out = new StringBuilder(HEAD);
    section(out, GatewaySettings.class, "", "", false);
    return out.toString();
  }

  private static void section(StringBuilder out, Class<?> type, String indent, String first, boolean off) {
    String dash = first;
    for (Binder.Slot slot : Binder.keysOf(type).values()) {
      Key key = slot.key();
      Class<?> inner = slot.inner();
      boolean optional = slot.type() == Optional.class;
      boolean list = slot.type() == List.class;
      boolean required = !optional && key.def().equals(Key.REQUIRED);
      if (indent.isEmpty()) {
        out.append('\n');
      }
      String margin = dash.isEmpty() ? indent : indent.substring(dash.length());
      out.append(margin).append("# ").append(key.docZh()).append('\n');
      out.append(margin).append("# ").append(key.doc()).append('\n');
      if (!Binder.isValue(inner)) {
        String hash = off || optional ? "#" : "";
        out.append(indent).append(hash).append(slot.name()).append(":\n");
        section(out, inner, indent + (list ? "    " : "  "), list ? "- " : "", off || optional);
        continue;
      }
      String limits = limits(inner, key, required && !off);
      if (!limits.isEmpty()) {
        out.append(margin).append("# ").append(limits).append('\n');
      }
      String value = key.def().equals(Key.REQUIRED) ? key.example() : key.def();
      out.append(margin).append(required && !off ? dash : "#" + dash)
          .append(slot.name()).append(": ").append(value).append('\n');
      dash = "";
    }
  }

  private static String limits(Class<?> type, Key key, boolean required) {
    StringBuilder limits = new StringBuilder();
    if (required) {
      limits.append("必填 required");
    }
    String range = !key.min().isEmpty() ? key.min() + " … " + key.max() + (key.zero() ? " | 0" : "")
        : type == boolean.class ? "true | false"
        : String.join(" | ", Values.choices(type));
    if (!range.isEmpty()) {
      limits.append(limits.isEmpty() ? "" : "; ").append("取值 values: ").append(range);
    }
    return limits.toString();
  }
}
