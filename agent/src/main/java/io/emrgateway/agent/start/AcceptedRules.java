package io.emrgateway.agent.start;

import io.emrgateway.agent.files.DurableFile;
import io.emrgateway.mappings.SiteFolder;
import io.emrgateway.mappings.rules.RuleError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The hospital's own rules as they last came into force, in a file of {@code home}: what a start goes on with while their
 * folder holds a mistake.
 *
 * <p>Holds the rule files and not the examples, so nothing of a patient. The hash is of the files and not the rules' version,
 * which another version of the gateway changes although the hospital has changed nothing.
 *
 * <pre>
 * emr-gateway rules 1
 * sha256 of everything below, in hex
 * 14 site.yaml           length in octets, path
 * site: H-0104           the file
 * </pre>
 *
 * @see "agent/decisions/0010-rules-change-while-running.md"
 */
public final class AcceptedRules {
  static final String FILE = "rules.accepted";
  private static final String FORM = "emr-gateway rules 1";

  private final Path file;

  public AcceptedRules(Path home) {
    this.file = home.resolve(FILE);
  }

  /**
   * Keeps them in the place of earlier ones, durable when it returns; the same ones again are not written.
   *
   * @throws IOException if that cannot be done; the earlier ones are still there then
   */
  public void keep(SiteFolder site) throws IOException {
    byte[] text = text(site.files());
    if (Files.exists(file) && MessageDigest.isEqual(Files.readAllBytes(file), text)) {
      return;
    }
    DurableFile.replace(file, text);
    DurableFile.syncFolder(file);
  }

  /** Compiled anew; empty if there are none, if one octet is not as it was written, or if these rules do not compile any more. */
  Optional<SiteFolder> read() {
    try {
      return Files.exists(file) ? files(Files.readAllBytes(file)).map(SiteFolder::of) : Optional.empty();
    } catch (IOException | RuleError e) {
      return Optional.empty();
    }
  }

  private static byte[] text(Map<String, String> files) {
    StringBuilder body = new StringBuilder();
    new TreeMap<>(files).forEach((path, text) ->
        body.append(text.getBytes(StandardCharsets.UTF_8).length).append(' ').append(path).append('\n').append(text).append('\n'));
    return (FORM + "\n" + hash(body.toString().getBytes(StandardCharsets.UTF_8)) + "\n" + body).getBytes(StandardCharsets.UTF_8);
  }

  private static Optional<Map<String, String>> files(byte[] kept) {
    ByteBuffer left = ByteBuffer.wrap(kept);
    if (!line(left).equals(FORM) || !line(left).equals(hash(rest(left)))) {
      return Optional.empty();
    }
    Map<String, String> files = new TreeMap<>();
    while (left.hasRemaining()) {
      String[] head = line(left).split(" ", 2);
      byte[] text = new byte[Integer.parseInt(head[0])];
      left.get(text);
      left.get();
      files.put(head[1], new String(text, StandardCharsets.UTF_8));
    }
    return Optional.of(files);
  }

  private static String line(ByteBuffer from) {
    int start = from.position();
    while (from.hasRemaining()) {
      if (from.get() == '\n') {
        return new String(from.array(), start, from.position() - 1 - start, StandardCharsets.UTF_8);
      }
    }
    return "";
  }

  private static byte[] rest(ByteBuffer from) {
    byte[] rest = new byte[from.remaining()];
    from.duplicate().get(rest);
    return rest;
  }

  private static String hash(byte[] body) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java runtime has SHA-256.", e);
    }
  }
}
