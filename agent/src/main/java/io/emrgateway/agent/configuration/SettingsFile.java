package io.emrgateway.agent.configuration;

import io.emrgateway.agent.configuration.Problem.Code;
import io.emrgateway.agent.configuration.Problems.Place;
import io.emrgateway.agent.configuration.Problems.Words;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * From bytes to YAML nodes that know their place, in spite of whatever a keyboard or an editor did.
 *
 * <p>Three things go wrong in hospitals before YAML is even in question: an input method leaves full-width
 * punctuation ({@code ：} for {@code :}), an editor indents with tabs, Notepad saves as GBK. YAML's own
 * messages about these help nobody. So they are looked for first, reported by name, and mended in memory
 * so that the rest of the file can still be judged in the same run. What was mended is an error all the
 * same; nothing mended ever takes effect.
 *
 * <p>If YAML gives up, it gives up at the first error. We then read each top-level section by itself: a
 * broken one costs its own contents and no other's.
 */
final class SettingsFile {
  /** A settings file is a page or two; anything like this size is another file. */
  static final int BYTES_MAX = 256 * 1024;

  private static final Pattern LINE_END = Pattern.compile("\r\n|\n|\r");
  private static final Pattern SECTION = Pattern.compile("^([A-Za-z0-9_-]+).*");
  private static final Pattern INDENT = Pattern.compile("^[ \t\u3000\u00a0]+");

  /** What a Chinese input method leaves, and what was meant. */
  private static final Map<Character, Character> MEANT = Map.ofEntries(
      Map.entry('：', ':'), Map.entry('，', ','), Map.entry('“', '"'), Map.entry('”', '"'),
      Map.entry('＂', '"'), Map.entry('‘', '\''), Map.entry('’', '\''), Map.entry('＇', '\''),
      Map.entry('＃', '#'), Map.entry('－', '-'), Map.entry('［', '['), Map.entry('］', ']'),
      Map.entry('【', '['), Map.entry('】', ']'), Map.entry('｛', '{'), Map.entry('｝', '}'),
      Map.entry('／', '/'), Map.entry('．', '.'), Map.entry('＋', '+'), Map.entry('\u3000', ' '),
      Map.entry('\u00a0', ' '));

  private final Problems problems;
  private final List<String> lines;
  /** Per line from 0: the columns from 0, in the mended line, where a blank was put in. */
  private final Map<Integer, List<Integer>> inserted = new TreeMap<>();
  private final List<NodeTuple> tuples = new ArrayList<>();
  private final Set<String> unreadable = new HashSet<>();
  private boolean empty;

  private SettingsFile(List<String> lines, Problems problems) {
    this.lines = lines;
    this.problems = problems;
  }

  /** Empty if there is nothing to bind; the problems then say why. */
  static Optional<SettingsFile> read(Path path, Problems problems) {
    return bytes(path, problems).flatMap(bytes -> text(bytes, problems)).flatMap(text -> {
      // Notepad puts a byte order mark in front; it means nothing in UTF-8.
      String content = text.startsWith("\ufeff") ? text.substring(1) : text;
      SettingsFile file = new SettingsFile(new ArrayList<>(List.of(LINE_END.split(content, -1))), problems);
      return file.mend() && file.compose() ? Optional.of(file) : Optional.empty();
    });
  }

  /** Keys and values of the top level, in the order of the file. */
  List<NodeTuple> tuples() {
    return tuples;
  }

  /** Top-level sections that are there but could not be read; a problem says so of each. */
  Set<String> unreadable() {
    return unreadable;
  }

  /** Where the node stands in the file as the operator sees it. */
  Place place(Node node) {
    Optional<Mark> mark = node.getStartMark();
    return mark.isPresent() ? place(mark.get()) : Place.WHOLE_FILE;
  }

  private static Optional<byte[]> bytes(Path path, Problems problems) {
    try {
      if (!Files.exists(path)) {
        problems.add(Code.FILE_MISSING, Place.WHOLE_FILE, "",
            new Words("没有这个设置文件", "There is no such settings file"),
            new Words("把设置文件放到此处，或用环境变量 " + GatewaySettings.FILE_VARIABLE + " 指明其位置",
                "Put the settings there, or name the file in the variable " + GatewaySettings.FILE_VARIABLE));
        return Optional.empty();
      }
      if (Files.isRegularFile(path) && Files.size(path) > BYTES_MAX) {
        problems.add(Code.FILE_TOO_LARGE, Place.WHOLE_FILE, "",
            new Words("文件大于 256KiB，不像是设置文件", "Larger than 256KiB, this is hardly a settings file"),
            new Words("检查路径是否正确", "Check the path"));
        return Optional.empty();
      }
      return Optional.of(Files.readAllBytes(path));
    } catch (IOException | SecurityException cannot) {
      problems.add(Code.FILE_UNREADABLE, Place.WHOLE_FILE, "",
          new Words("设置文件无法读取", "The settings file cannot be read"),
          new Words("确认它是文件，且网关用户有读取权限", "Make sure it is a file and the gateway's user may read it"));
      return Optional.empty();
    }
  }

  private static Optional<String> text(byte[] bytes, Problems problems) {
    boolean utf16 = bytes.length >= 2
        && ((bytes[0] == (byte) 0xfe && bytes[1] == (byte) 0xff) || (bytes[0] == (byte) 0xff && bytes[1] == (byte) 0xfe));
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      if (!utf16) {
        return Optional.of(decoder.decode(in).toString());
      }
    } catch (CharacterCodingException notUtf8) {
      // Position says how far decoding came: that is the line the editor has to look at.
    }
    int good = utf16 ? 0 : in.position();
    String before = new String(bytes, 0, good, StandardCharsets.UTF_8);
    String[] linesBefore = LINE_END.split(before, -1);
    String last = linesBefore[linesBefore.length - 1];
    problems.add(
        Code.ENCODING,
        new Place(linesBefore.length, last.codePointCount(0, last.length()) + 1),
        "",
        new Words("文件不是 UTF-8 编码" + (utf16 ? "，而是 UTF-16" : "（可能是 GBK/ANSI）"),
            "The file is not UTF-8" + (utf16 ? " but UTF-16" : " (GBK or ANSI, perhaps)")),
        new Words("在编辑器中选择“另存为”，编码选 UTF-8", "Save it again with the encoding UTF-8"));
    if (utf16) {
      return Optional.empty();
    }
    // The rest is still worth judging: keys are ASCII, and what does not decode is mostly comment.
    try {
      return Optional.of(StandardCharsets.UTF_8.newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE)
          .decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException impossible) {
      throw new IllegalStateException("replacing cannot fail", impossible);
    }
  }

  /** True if the file can be judged further: tabs did not make its structure a guess. */
  private boolean mend() {
    boolean spaces = false;
    boolean tabs = false;
    for (int i = 0; i < lines.size(); i++) {
      Matcher indent = INDENT.matcher(lines.get(i));
      if (!indent.find() || lines.get(i).isBlank() || lines.get(i).stripLeading().startsWith("#")) {
        mendPunctuation(i);
        continue;
      }
      spaces |= indent.group().chars().anyMatch(c -> c != '\t');
      if (indent.group().indexOf('\t') >= 0) {
        tabs = true;
        problems.add(Code.TAB, new Place(i + 1, indent.group().indexOf('\t') + 1), "",
            new Words("缩进用了制表符（Tab），YAML 不允许", "Indented with a tab, which YAML does not allow"),
            new Words("改用空格缩进，每级两个空格", "Indent with blanks, two for each level"));
        // Two blanks for a tab: right wherever a file is indented with tabs alone.
        int at = 0;
        StringBuilder blanks = new StringBuilder();
        for (char c : indent.group().toCharArray()) {
          if (c == '\t') {
            inserted.computeIfAbsent(i, line -> new ArrayList<>()).add(at + 1);
            blanks.append("  ");
            at += 2;
          } else {
            blanks.append(c);
            at++;
          }
        }
        lines.set(i, blanks + lines.get(i).substring(indent.end()));
      }
      mendPunctuation(i);
    }
    return !(tabs && spaces);
  }

  /** Full-width characters outside quotes and comments are never meant; one problem a line. */
  private void mendPunctuation(int index) {
    StringBuilder line = new StringBuilder(lines.get(index));
    int firstFound = -1;
    char firstChar = 0;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      boolean afterBlank = i == 0 || Character.isWhitespace(line.charAt(i - 1)) || line.charAt(i - 1) == '\u00a0';
      if (c == '#' && afterBlank) {
        break;
      }
      if ((c == '"' || c == '\'') && (afterBlank || "[{,:".indexOf(line.charAt(i - 1)) >= 0)) {
        int end = line.indexOf(String.valueOf(c), i + 1);
        if (end > 0) {
          i = end;
        }
        continue;
      }
      Character meant = c >= '０' && c <= '９' ? Character.valueOf((char) (c - '０' + '0')) : MEANT.get(c);
      if (meant == null) {
        continue;
      }
      if (firstFound < 0) {
        firstFound = i;
        firstChar = c;
      }
      line.setCharAt(i, meant);
      if (c == '＃' && afterBlank) {
        break;
      }
      boolean tight = i + 1 < line.length() && !Character.isWhitespace(line.charAt(i + 1)) && line.charAt(i + 1) != '\u3000';
      if (c == '：' && tight && isKey(line.substring(0, i))) {
        line.insert(i + 1, ' ');
        inserted.computeIfAbsent(index, key -> new ArrayList<>()).add(i + 1);
        i++;
      }
    }
    if (firstFound >= 0) {
      lines.set(index, line.toString());
      Words meant = inAscii(firstChar);
      String shown = Character.isSpaceChar(firstChar) ? "U+%04X".formatted((int) firstChar) : String.valueOf(firstChar);
      problems.add(Code.FULL_WIDTH, new Place(index + 1, column(index, firstFound, line)), "",
          new Words("此处是全角（中文）字符 " + shown, "A full-width character stands here: " + shown),
          new Words("切换到英文输入法，改为半角的" + meant.zh(), "Switch the input method to English and write " + meant.en()));
    }
  }

  private static Words inAscii(char fullWidth) {
    char meant = fullWidth >= '０' && fullWidth <= '９' ? (char) (fullWidth - '０' + '0') : MEANT.get(fullWidth);
    return switch (meant) {
      case ' ' -> new Words("空格", "a plain blank");
      case ':' -> new Words("冒号 : 并在其后加空格", "a plain colon : with a blank after it");
      case '"' -> new Words("双引号 \"", "a plain double quote \"");
      case '\'' -> new Words("单引号 '", "a plain single quote '");
      default -> new Words(" " + meant, "" + meant);
    };
  }

  /** True for what may stand before the colon of a key: {@code port}, {@code - name}. */
  private static boolean isKey(String before) {
    return before.matches("\\s*(-\\s+)*[A-Za-z0-9_-]+\\s*");
  }

  private boolean compose() {
    Optional<Words> whole = composeInto(String.join("\n", lines), null);
    if (whole.isEmpty()) {
      return !empty;
    }
    List<int[]> sections = sections();
    boolean told = false;
    for (int[] section : sections) {
      StringBuilder alone = new StringBuilder();
      for (int i = 0; i < section[1]; i++) {
        alone.append(i < section[0] ? "" : lines.get(i)).append('\n');
      }
      Optional<Words> refused = composeInto(alone.toString(), lines.get(section[0]));
      if (refused.isPresent()) {
        told = true;
        unreadable.add(sectionOf(lines.get(section[0])));
      }
    }
    if (!told) {
      // No parts, or every part is sound alone and the whole is not: a second document, for example.
      tuples.clear();
      composeInto(String.join("\n", lines), "");
      return false;
    }
    return true;
  }

  /** First and last line (exclusive, from 0) of every top-level section. */
  private List<int[]> sections() {
    List<int[]> sections = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).matches("^[^\\s#\\-\\]}].*")) {
        if (!sections.isEmpty()) {
          sections.get(sections.size() - 1)[1] = i;
        }
        sections.add(new int[] {i, lines.size()});
      }
    }
    return sections;
  }

  /**
   * Adds the top-level keys of the text.
   *
   * @param part the first line of what is read, to name its section in a problem; null to say nothing of
   *     what YAML refuses, because it will be read again in parts
   * @return what was refused, if anything was
   */
  private Optional<Words> composeInto(String text, String part) {
    LoadSettings settings = LoadSettings.builder().setLabel("gateway.yaml").setUseMarks(true).build();
    try {
      Optional<Node> root = new Compose(settings).composeString(text);
      if (root.isEmpty() || root.get().getTag().equals(Tag.NULL)) {
        empty = true;
        problems.add(Code.FILE_EMPTY, new Place(1, 1), "",
            new Words("文件中没有任何设置", "The file sets nothing"),
            new Words("至少写出 hospital、city.address 和一个 sources 条目",
                "Write hospital, city.address and one entry of sources, at least"));
        return Optional.empty();
      }
      if (!(root.get() instanceof MappingNode mapping)) {
        Words words = new Words("此处应是“键: 值”", "Key and value are expected here");
        if (part != null) {
          problems.add(Code.SYNTAX, place(root.get()), sectionOf(part), words,
              new Words("写成 key: value，冒号为半角且其后有空格", "Write key: value, with a blank after the colon"));
        }
        return Optional.of(words);
      }
      tuples.addAll(mapping.getValue());
      return Optional.empty();
    } catch (MarkedYamlEngineException refused) {
      return Optional.of(syntax(refused, part));
    } catch (YamlEngineException | StackOverflowError refused) {
      Words words = new Words("无法作为 YAML 读取", "This cannot be read as YAML");
      if (part != null) {
        problems.add(Code.SYNTAX, new Place(1, 1), "", words,
            new Words("与参考设置文件对照", "Compare it with the reference file"));
      }
      return Optional.of(words);
    }
  }

  /** YAML's own message in words that help; its text is not repeated, for it may quote a secret. */
  private Words syntax(MarkedYamlEngineException refused, String part) {
    String said = String.valueOf(refused.getProblem()) + " " + String.valueOf(refused.getContext());
    Mark mark = refused.getProblemMark().or(refused::getContextMark).orElse(null);
    Words text;
    Words remedy;
    if (said.contains("quoted scalar")) {
      mark = refused.getContextMark().orElse(mark);
      text = new Words("引号没有正确结束", "A quotation is not ended properly");
      remedy = new Words("补上结尾的引号；双引号内的反斜线写成 \\\\", "Add the closing quote; inside double quotes write a backslash as \\\\");
    } else if (said.contains("mapping values are not allowed")) {
      text = new Words("此处不能出现冒号", "A colon is not allowed here");
      remedy = new Words("检查缩进；值中含有“: ”时给值加引号", "Check the indent; put a value that holds \": \" into quotes");
    } else if (said.contains("could not find expected ':'")) {
      mark = refused.getContextMark().orElse(mark);
      text = new Words("此行缺少冒号", "This line lacks its colon");
      remedy = new Words("写成 key: value，冒号为半角且其后有空格", "Write key: value, with a blank after the colon");
    } else if (said.contains("TAB") || said.contains("\\t")) {
      text = new Words("此处不能用制表符（Tab）", "A tab is not allowed here");
      remedy = new Words("改用空格", "Use blanks");
    } else if (said.contains("flow sequence") || said.contains("flow mapping")) {
      mark = refused.getContextMark().orElse(mark);
      text = new Words("括号没有正确结束", "A bracket is not closed properly");
      remedy = new Words("补上 ] 或 }，各项之间用半角逗号", "Add ] or }, with commas between the items");
    } else if (said.contains("block end") || said.contains("block mapping") || said.contains("sequence entries")
        || said.contains("block collection")) {
      text = new Words("缩进不一致", "The indent does not fit");
      remedy = new Words("同一级的行左端对齐，每级两个空格", "Align the lines of one level, two blanks for each level");
    } else if (said.contains("single document")) {
      text = new Words("一个文件里有两份设置", "The file holds two documents");
      remedy = new Words("删去以 --- 分开的另一份", "Remove one of the parts separated by ---");
    } else if (said.contains("alias") || said.contains("anchor")) {
      text = new Words("* 或 & 在 YAML 中有特殊含义", "* and & have a meaning of their own in YAML");
      remedy = new Words("给值加引号", "Put the value into quotes");
    } else if (said.contains("cannot start any token")) {
      text = new Words("值不能以此字符开头", "A value cannot begin with this character");
      remedy = new Words("给值加引号", "Put the value into quotes");
    } else {
      text = new Words("此处无法作为 YAML 读取", "This cannot be read as YAML");
      remedy = new Words("与参考设置文件对照", "Compare it with the reference file");
    }
    if (part != null) {
      problems.add(Code.SYNTAX, mark == null ? new Place(1, 1) : place(mark), sectionOf(part), text, remedy);
    }
    return text;
  }

  /** The key a top-level line begins with, whether or not its colon is there; empty if none can be seen. */
  private static String sectionOf(String line) {
    Matcher name = SECTION.matcher(line);
    return name.matches() ? name.group(1) : "";
  }

  private Place place(Mark mark) {
    int line = Math.min(mark.getLine(), lines.size() - 1);
    String text = lines.get(line);
    int units = text.offsetByCodePoints(0, Math.min(mark.getColumn(), text.codePointCount(0, text.length())));
    return new Place(line + 1, column(line, units, text));
  }

  /** Column from 1 in characters of the operator's line, given an index into the mended one. */
  private int column(int line, int index, CharSequence mended) {
    int added = 0;
    for (int at : inserted.getOrDefault(line, List.of())) {
      added += at < index ? 1 : 0;
    }
    return Character.codePointCount(mended, 0, index) - added + 1;
  }
}
