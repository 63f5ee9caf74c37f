package io.emrgateway.conformance;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A gateway and a city of a few lines, which write an export as the contract says; a test sets wrong what
 * it is about. Whatever is wrong is properly signed: it is the rule that has to catch it.
 */
final class Export {
  static final String FEED = "H-0104/main";
  static final String TIME = "\"2026-11-22T17:40:03.120+08:00\"";
  static final String ZERO = "0".repeat(64);

  final Suite suite;
  final Path folder;
  Key key;
  final Key city;
  long epoch = 1;
  long seq = 1;
  String prev = ZERO;
  String ch = ZERO;
  long lastSeq;
  long iNext = 1;
  long nNext = 1;
  long auditN;

  Export(Suite suite, Path folder) {
    this.suite = suite;
    this.folder = folder;
    this.key = new Key(suite, FEED, FEED);
    this.city = new Key(suite, "receipts", null);
  }

  /** A batch being made: everything in it may still be changed. Values are raw JSON. */
  final class Draft {
    final Map<String, String> header = new LinkedHashMap<>();
    final Map<String, String> receipt = new LinkedHashMap<>();
    final List<String> lines = new ArrayList<>();
    final List<byte[]> bodies = new ArrayList<>();
    boolean withReceipt = true;
    private final long iFrom = iNext;
    private final long nFrom = nNext;
    private final String kind;

    Draft(String kind) {
      this.kind = kind;
      header.put("v", "1");
      header.put("feed", quoted(FEED));
      header.put("epoch", "" + epoch);
      header.put("seq", "" + seq);
      header.put("prev", quoted(prev));
      header.put("kind", quoted(kind));
      header.put("suite", quoted(suite.wireName()));
      header.put("created", TIME);
      header.put("agent", "{\"version\":\"1.4.2\",\"config\":\"" + "ab".repeat(32) + "\"}");
      for (String later : List.of("in", "n", "entries", "root", "audit", "last")) {
        header.put(later, null); // keeps its place in the order, and is filled when it is written
      }
    }

    Draft held() {
      return entry(iNext++);
    }

    Draft repaired(long i) {
      return entry(i);
    }

    private Draft entry(long i) {
      byte[] body = ("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"id\":\"合成-" + nNext + "\"}")
          .getBytes(StandardCharsets.UTF_8);
      lines.add("{\"i\":" + i + ",\"n\":" + nNext++ + ",\"raw\":\"" + "12".repeat(32) + "\",\"body\":\""
          + suite.tagged(3, body) + "\",\"length\":" + body.length + ",\"charset\":\"GB18030\",\"type\":\"ADT^A01\","
          + "\"control\":\"SYN" + i + "\",\"received\":" + TIME + "}");
      bodies.add(body);
      return this;
    }

    Draft explained(String why) {
      lines.add("{\"i\":" + iNext++ + ",\"why\":\"" + why + "\"}");
      return this;
    }

    /** Fills what a test has not set, signs, writes both files, and moves on. */
    void write() {
      long inputs = iNext - iFrom;
      header.putIfAbsent("in", "{\"from\":" + iFrom + ",\"to\":" + (iNext - 1) + ",\"sources\":["
          + (inputs == 0 ? "" : "[\"his-adt\"," + inputs + "]") + "]}");
      header.putIfAbsent("n", "[" + nFrom + "," + (nNext - 1) + "]");
      header.putIfAbsent("entries", "" + lines.size());
      header.putIfAbsent("root", quoted(Suite.hex(suite.treeHead(
          lines.stream().map(line -> line.getBytes(StandardCharsets.UTF_8)).toList()))));
      auditN++;
      String audit = "{\"n\":" + auditN + ",\"head\":\"" + "cd".repeat(32) + "\"}";
      header.putIfAbsent("audit", audit);
      header.putIfAbsent("last", "{\"seq\":" + lastSeq + ",\"ch\":\"" + ch + "\"}");
      byte[] content = json(header).getBytes(StandardCharsets.UTF_8);
      byte[] entries = lines.stream().map(line -> line + "\n").collect(Collectors.joining()).getBytes(StandardCharsets.UTF_8);
      byte[] cms = key.sign(content);
      ByteArrayOutputStream request = new ByteArrayOutputStream();
      request.writeBytes(ByteBuffer.allocate(4).putInt(cms.length).array());
      request.writeBytes(cms);
      request.writeBytes(ByteBuffer.allocate(4).putInt(entries.length).array());
      request.writeBytes(entries);
      bodies.forEach(request::writeBytes);
      String name = epoch + "-" + seq;
      put(name + ".batch", request.toByteArray());

      prev = suite.tagged(2, content);
      String prevCh = ch;
      ch = suite.tagged(6, Suite.unhex(prevCh), Suite.unhex(prev));
      if (withReceipt) {
        Map<String, String> said = new LinkedHashMap<>();
        said.put("v", "1");
        said.put("feed", quoted(FEED));
        said.put("epoch", "" + epoch);
        said.put("seq", "" + seq);
        said.put("hh", quoted(prev));
        said.put("n", "[" + nFrom + "," + (nNext - 1) + "]");
        said.put("in", "" + (iNext - 1));
        said.put("audit", audit);
        said.put("prevCh", quoted(prevCh));
        said.put("ch", quoted(ch));
        said.put("t", TIME);
        said.put("status", "\"held\"");
        said.putAll(receipt);
        put(name + ".receipt", city.sign(json(said).getBytes(StandardCharsets.UTF_8)));
        lastSeq = seq;
      }
      seq++;
    }
  }

  Draft data() {
    return new Draft("data");
  }

  Draft of(String kind) {
    return new Draft(kind);
  }

  /** A small feed with one of everything: 8 inputs, 5 held of which one was repaired. */
  Export ordinary() {
    data().held().explained("quarantined").held().write();
    of("heartbeat").write();
    data().explained("duplicate-of:3").held().explained("filtered:no-a60").repaired(2).write();
    data().held().explained("quarantined").write();
    return this;
  }

  Report verify() {
    return verify(key.pem());
  }

  Report verify(String signingPem) {
    try {
      return FeedVerifier.verify(folder, signingPem, city.pem());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void put(String name, byte[] bytes) {
    try {
      Files.write(folder.resolve(name), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  byte[] get(String name) {
    try {
      return Files.readAllBytes(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String quoted(String text) {
    return "\"" + text + "\"";
  }

  private static String json(Map<String, String> values) {
    return values.entrySet().stream().map(e -> "\"" + e.getKey() + "\":" + e.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }
}
