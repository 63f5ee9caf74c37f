package io.emrgateway.agent.configuration;

import io.emrgateway.agent.configuration.Problem.Code;
import io.emrgateway.agent.configuration.Problems.Words;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The types a value may have: how each is written, and how it is shown. Every value shown is read back as
 * the same value. Nothing here asks the network: a host name where an address belongs is refused, not
 * resolved, because start must not hang on a name server.
 */
final class Values {
  private static final Pattern WHOLE_NUMBER = Pattern.compile("[+-]?[0-9]+");
  private static final Pattern AMOUNT = Pattern.compile("([0-9]+)\\s*([\\p{L}]*)");
  private static final Pattern IP_DIGITS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

  private static final Map<String, Duration> DURATION_UNITS = Map.of(
      "ms", Duration.ofMillis(1),
      "s", Duration.ofSeconds(1),
      "m", Duration.ofMinutes(1),
      "h", Duration.ofHours(1),
      "d", Duration.ofDays(1));

  /** What people write for the units above; only ever suggested, never taken. */
  private static final Map<String, String> DURATION_ALIASES = Map.ofEntries(
      Map.entry("毫秒", "ms"), Map.entry("秒", "s"), Map.entry("秒钟", "s"), Map.entry("分", "m"),
      Map.entry("分钟", "m"), Map.entry("小时", "h"), Map.entry("天", "d"), Map.entry("日", "d"),
      Map.entry("sec", "s"), Map.entry("seconds", "s"), Map.entry("min", "m"), Map.entry("minutes", "m"),
      Map.entry("hours", "h"), Map.entry("days", "d"));

  private static final Map<String, Integer> SIZE_SHIFTS =
      Map.of("B", 0, "KiB", 10, "MiB", 20, "GiB", 30, "TiB", 40);

  private Values() {}

  /**
   * Reads one value.
   *
   * @param base where relative paths start
   * @throws Misfit if it is not of that type or outside the key's limits
   */
  static Object parse(Class<?> type, String text, Key key, Path base) throws Misfit {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        throw malformed(text, "一行普通文字", "one line of plain text", "删去控制字符", "Remove the control character");
      }
    }
    Object value = read(type, text, key, base);
    checkRange(type, value, text, key, base);
    return value;
  }

  private static Object read(Class<?> type, String text, Key key, Path base) throws Misfit {
    if (type == String.class) {
      return text(text, key);
    } else if (type == int.class) {
      return wholeNumber(text, key);
    } else if (type == boolean.class) {
      return yesOrNo(text);
    } else if (type == Duration.class) {
      return duration(text);
    } else if (type == Size.class) {
      return size(text);
    } else if (type == Path.class) {
      return path(text, base);
    } else if (type == URI.class) {
      return https(text);
    } else if (type == InetAddress.class) {
      return address(text);
    } else if (type == Cidr.class) {
      return range(text);
    } else if (type == CharsetRule.class) {
      return charset(text);
    } else if (type == ZoneOffset.class) {
      return zone(text);
    } else if (type.isEnum()) {
      return choice(type, text);
    }
    throw new IllegalStateException("no reader for " + type);
  }

  /** As an operator would write it. */
  static String print(Object value) {
    if (value instanceof Duration duration) {
      return print(duration);
    } else if (value instanceof InetAddress address) {
      return address.getHostAddress();
    } else if (value instanceof Optional<?> optional) {
      return optional.isPresent() ? print(optional.get()) : "";
    } else if (value instanceof List<?> list) {
      StringJoiner items = new StringJoiner(", ", "[", "]");
      list.forEach(item -> items.add(print(item)));
      return items.toString();
    }
    return String.valueOf(value);
  }

  /** The words of a choice, in order: {@code intl | gm}. Empty for every other type. */
  static List<String> choices(Class<?> type) {
    return type.isEnum() ? Arrays.stream(type.getEnumConstants()).map(Object::toString).toList() : List.of();
  }

  private static String text(String text, Key key) throws Misfit {
    if (!key.pattern().isEmpty() && !text.matches(key.pattern())) {
      throw malformed(text, key.patternZh(), key.patternEn(), "改为" + key.patternZh(), "Write " + key.patternEn());
    }
    return text;
  }

  private static int wholeNumber(String text, Key key) throws Misfit {
    if (!WHOLE_NUMBER.matcher(text).matches()) {
      throw malformed(text, "整数", "a whole number",
          "只写数字，如 " + sample(key), "Write digits only, e.g. " + sample(key));
    }
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException tooManyDigits) {
      throw outOfRange(text, key);
    }
  }

  private static String sample(Key key) {
    return key.def().equals(Key.REQUIRED) ? key.example() : key.def();
  }

  private static boolean yesOrNo(String text) throws Misfit {
    switch (text) {
      case "true":
        return true;
      case "false":
        return false;
      default:
        // YAML 1.1 took yes and on for true; YAML 1.2 does not, and guessing would be a silent choice.
        String meant = switch (text.toLowerCase(Locale.ROOT)) {
          case "yes", "on", "y", "1", "true", "是", "开", "启用" -> "true";
          case "no", "off", "n", "0", "false", "否", "关", "禁用" -> "false";
          default -> "";
        };
        throw new Misfit(
            Code.VALUE_NOT_A_CHOICE,
            new Words(quote(text) + " 不是 true 或 false", quote(text) + " is neither true nor false"),
            meant.isEmpty()
                ? new Words("写 true 或 false", "Write true or false")
                : new Words("写 " + meant, "Write " + meant));
    }
  }

  private static Duration duration(String text) throws Misfit {
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    if (text.startsWith("P") || text.startsWith("p")) {
      try {
        return Duration.parse(text);
      } catch (DateTimeException notIso) {
        throw notADuration(text, "20s");
      }
    }
    Matcher amount = AMOUNT.matcher(text);
    if (!amount.matches()) {
      throw notADuration(text, "20s");
    }
    Duration unit = DURATION_UNITS.get(amount.group(2));
    if (unit == null) {
      String alias = DURATION_ALIASES.getOrDefault(
          amount.group(2).toLowerCase(Locale.ROOT), amount.group(2).toLowerCase(Locale.ROOT));
      throw notADuration(text, clip(amount.group(1)) + (DURATION_UNITS.containsKey(alias) ? alias : "s"));
    }
    try {
      // Not Duration.multipliedBy: its first call loads BigDecimal, 25 ms and more of a start.
      long number = Long.parseLong(amount.group(1));
      return unit.toSeconds() > 0
          ? Duration.ofSeconds(Math.multiplyExact(number, unit.toSeconds()))
          : Duration.ofMillis(number);
    } catch (NumberFormatException | ArithmeticException tooLarge) {
      throw new Misfit(
          Code.VALUE_OUT_OF_RANGE,
          new Words(quote(text) + " 太大", quote(text) + " is too large"),
          new Words("写一个较短的时间，如 20s", "Write a shorter time, e.g. 20s"));
    }
  }

  private static Misfit notADuration(String text, String suggestion) {
    return malformed(text, "带单位的时间", "a time with its unit",
        "单位为 ms、s、m、h、d，例如 " + suggestion, "Units are ms, s, m, h, d; for example " + suggestion);
  }

  private static String print(Duration duration) {
    if (duration.isZero()) {
      return "0";
    }
    if (duration.isNegative() || duration.getNano() % 1_000_000 != 0) {
      return duration.toString();
    }
    for (String unit : List.of("d", "h", "m", "s")) {
      long seconds = DURATION_UNITS.get(unit).toSeconds();
      if (duration.getNano() == 0 && duration.toSeconds() % seconds == 0) {
        return Long.toString(duration.toSeconds() / seconds).concat(unit);
      }
    }
    return duration.toMillis() + "ms";
  }

  private static Size size(String text) throws Misfit {
    Matcher amount = AMOUNT.matcher(text);
    if (!amount.matches()) {
      throw notASize(text, "16MiB");
    }
    Integer shift = SIZE_SHIFTS.get(amount.group(2));
    if (shift == null) {
      String typed = amount.group(2).toUpperCase(Locale.ROOT);
      String unit = SIZE_SHIFTS.keySet().stream()
          .filter(known -> !known.equals("B") && !typed.isEmpty() && known.charAt(0) == typed.charAt(0))
          .findFirst().orElse("MiB");
      throw notASize(text, clip(amount.group(1)) + unit);
    }
    try {
      return new Size(Math.multiplyExact(Long.parseLong(amount.group(1)), 1L << shift));
    } catch (NumberFormatException | ArithmeticException tooLarge) {
      throw new Misfit(
          Code.VALUE_OUT_OF_RANGE,
          new Words(quote(text) + " 太大", quote(text) + " is too large"),
          new Words("写一个较小的容量，如 16MiB", "Write a smaller size, e.g. 16MiB"));
    }
  }

  private static Misfit notASize(String text, String suggestion) {
    return malformed(text, "带单位的容量", "a size with its unit",
        "单位为 B、KiB、MiB、GiB、TiB（按 1024 进位），例如 " + suggestion,
        "Units are B, KiB, MiB, GiB, TiB (steps of 1024); for example " + suggestion);
  }

  private static Path path(String text, Path base) throws Misfit {
    if (text.isBlank()) {
      throw malformed(text, "路径", "a path", "写出路径，或删去此行以用默认值", "Write a path, or remove the line for the default");
    }
    try {
      return base.resolve(text).normalize();
    } catch (InvalidPathException notAPath) {
      throw malformed(text, "路径", "a path", "改正路径中的字符", "Correct the characters of the path");
    }
  }

  private static URI https(String text) throws Misfit {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException notAUri) {
      // The text may hold a password; it is not repeated.
      throw new Misfit(
          Code.VALUE_MALFORMED,
          new Words("不是有效的网址", "Not a valid address"),
          new Words("写成 https://主机名/ 的形式，不含空格", "Write https://host/ without blanks"));
    }
    if (uri.getRawUserInfo() != null) {
      throw new Misfit(
          Code.VALUE_MALFORMED,
          new Words("网址中含有用户名或密码", "The address holds a user name or password"),
          new Words("删去 @ 之前的部分；身份由 keys.tls 中的证书证明",
              "Remove what stands before the @; the certificate in keys.tls proves who we are"));
    }
    if (!"https".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null || uri.getPort() > 65535) {
      throw malformed(text, " https 网址", "an https address", "写成 https://主机名/ 的形式；市平台只接受 TLS",
          "Write https://host/; the city takes TLS only");
    }
    if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw new Misfit(
          Code.VALUE_MALFORMED,
          new Words("网址中含有 ? 或 #", "The address holds a ? or a #"),
          new Words("只写到路径为止", "End it after the path"));
    }
    return uri;
  }

  private static InetAddress address(String text) throws Misfit {
    if (text.equals("localhost")) {
      return InetAddress.getLoopbackAddress();
    }
    Optional<InetAddress> address = literal(text);
    if (address.isPresent()) {
      return address.get();
    }
    throw malformed(text, " IP 地址", "an IP address",
        "写出本机网卡的 IP 地址，如 127.0.0.1；端口写在 port 中",
        "Write the IP address of an interface of this machine, e.g. 127.0.0.1; the port goes into port");
  }

  /** An address in digits; never asks a name server. */
  private static Optional<InetAddress> literal(String text) {
    if (!IP_DIGITS.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      // Only digits, dots and colons from here on: getByName reads them itself.
      return Optional.of(InetAddress.getByName(text));
    } catch (UnknownHostException notAnAddress) {
      return Optional.empty();
    }
  }

  private static Cidr range(String text) throws Misfit {
    int slash = text.indexOf('/');
    Optional<InetAddress> network = literal(slash < 0 ? text : text.substring(0, slash));
    String prefixText = slash < 0 ? "" : text.substring(slash + 1);
    if (network.isEmpty() || !(slash < 0 || prefixText.matches("[0-9]{1,3}"))) {
      throw notARange(text);
    }
    int bits = network.get().getAddress().length * 8;
    int prefix = slash < 0 ? bits : Integer.parseInt(prefixText);
    if (prefix > bits) {
      throw new Misfit(
          Code.VALUE_OUT_OF_RANGE,
          new Words(quote(text) + " 的前缀长度超过 " + bits, "The prefix of " + quote(text) + " exceeds " + bits),
          new Words("前缀长度写 0 至 " + bits, "Write a prefix of 0 to " + bits));
    }
    InetAddress first = Cidr.firstOf(network.get(), prefix);
    if (!first.equals(network.get())) {
      // 10.1.2.3/16 is either one machine or sixty-five thousand: we do not choose.
      String all = first.getHostAddress() + "/" + prefix;
      String single = network.get().getHostAddress() + "/" + bits;
      throw new Misfit(
          Code.VALUE_MALFORMED,
          new Words(quote(text) + " 既像一个网段又像一台机器", quote(text) + " could be a range or one machine"),
          new Words("整个网段写 " + all + "；一台机器写 " + single,
              "Write " + all + " for the range, " + single + " for the machine"));
    }
    return new Cidr(first, prefix);
  }

  private static Misfit notARange(String text) {
    return malformed(text, "网段", "a range of addresses",
        "写成 10.20.0.0/16，一台机器写成 10.20.1.5/32", "Write 10.20.0.0/16, or 10.20.1.5/32 for one machine");
  }

  private static CharsetRule charset(String text) throws Misfit {
    if (text.equalsIgnoreCase("detect")) {
      return new CharsetRule.Detect();
    }
    if (text.equalsIgnoreCase("msh-18")) {
      return new CharsetRule.Declared();
    }
    Charset charset;
    try {
      charset = Charset.isSupported(text) ? Charset.forName(text) : null;
    } catch (IllegalCharsetNameException notAName) {
      charset = null;
    }
    if (charset == null) {
      List<String> usual = List.of("detect", "msh-18", "GB18030", "GBK", "GB2312", "UTF-8", "Big5", "ISO-8859-1");
      String meant = Guess.among(usual, text).map(g -> "（是否想写 " + g + "？）").orElse("");
      String meantEn = Guess.among(usual, text).map(g -> " (did you mean " + g + "?)").orElse("");
      throw new Misfit(
          Code.VALUE_NOT_A_CHOICE,
          new Words(quote(text) + " 不是已知的字符集", quote(text) + " is no charset we know"),
          new Words("写 detect、msh-18 或字符集名称，如 GB18030、GBK、UTF-8" + meant,
              "Write detect, msh-18 or a name such as GB18030, GBK, UTF-8" + meantEn));
    }
    String frame = "MSH|^~\\&\r\u000b\u001c";
    if (!charset.canEncode() || !Arrays.equals(frame.getBytes(charset), frame.getBytes(StandardCharsets.US_ASCII))) {
      throw new Misfit(
          Code.VALUE_NOT_A_CHOICE,
          new Words(quote(text) + " 不能用于 MLLP：其中的 ASCII 字符不是单字节",
              quote(text) + " does not work with MLLP: its ASCII characters are not single bytes"),
          new Words("写 detect，或 GB18030、GBK、UTF-8 等", "Write detect, or GB18030, GBK, UTF-8"));
    }
    return new CharsetRule.Fixed(charset);
  }

  private static ZoneOffset zone(String text) throws Misfit {
    try {
      return ZoneOffset.of(text);
    } catch (DateTimeException notAnOffset) {
      throw malformed(text, "时区偏移", "a time zone offset", "写成 +08:00（北京时间）", "Write +08:00 (Beijing)");
    }
  }

  private static Object choice(Class<?> type, String text) throws Misfit {
    for (Object constant : type.getEnumConstants()) {
      if (constant.toString().equalsIgnoreCase(text)) {
        return constant;
      }
    }
    List<String> words = choices(type);
    Optional<String> meant = Guess.among(words, text);
    throw new Misfit(
        Code.VALUE_NOT_A_CHOICE,
        new Words(quote(text) + " 不在可选值之中", quote(text) + " is not one of the choices"),
        new Words("写 " + String.join(" 或 ", words) + meant.map(g -> "（是否想写 " + g + "？）").orElse(""),
            "Write " + String.join(" or ", words) + meant.map(g -> " (did you mean " + g + "?)").orElse("")));
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static void checkRange(Class<?> type, Object value, String text, Key key, Path base) throws Misfit {
    boolean never = key.zero() && value.equals(Duration.ZERO);
    if (!(value instanceof Comparable) || never) {
      return;
    }
    Comparable comparable = (Comparable) value;
    if (!key.min().isEmpty() && comparable.compareTo(read(type, key.min(), key, base)) < 0
        || !key.max().isEmpty() && comparable.compareTo(read(type, key.max(), key, base)) > 0) {
      throw outOfRange(text, key);
    }
  }

  private static Misfit outOfRange(String text, Key key) {
    return new Misfit(
        Code.VALUE_OUT_OF_RANGE,
        new Words(quote(text) + " 超出范围", quote(text) + " is out of range"),
        new Words("写 " + key.min() + " 至 " + key.max() + " 之间的值" + (key.zero() ? "，或 0 表示从不" : ""),
            "Write a value from " + key.min() + " to " + key.max() + (key.zero() ? ", or 0 for never" : "")));
  }

  private static Misfit malformed(String text, String kindZh, String kind, String remedyZh, String remedy) {
    return new Misfit(
        Code.VALUE_MALFORMED,
        new Words(quote(text) + " 不是" + kindZh, quote(text) + " is not " + kind),
        new Words(remedyZh, remedy));
  }

  /** The value between quotes, made safe for a terminal and cut to a length one can read. */
  static String quote(String text) {
    return '"' + clip(text.replaceAll("\\p{Cntrl}", "?")) + '"';
  }

  private static String clip(String text) {
    return text.codePointCount(0, text.length()) <= 40
        ? text
        : text.substring(0, text.offsetByCodePoints(0, 40)) + "…";
  }
}
