package io.emrgateway.city;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The city's register: which feeds there are, in which suite, and with which certificates. A file that people edit:
 *
 * <pre>{"feeds":[{"feed":"H-0104/main","org":"H-0104","name":"…","suite":"intl",
 *   "signing":"DER in base64","tls":["…"],"pending":["…"],"emergency":true,"lookupsAtOnce":20}]}</pre>
 *
 * <p>{@code signing} counts until the feed rotates; from then on the holdings know better. {@code pending} are
 * certificates that have been approved and that a rotation may name. {@code emergency} lets the hospital ask without a
 * patient's authorisation, and is false unless it is there; {@code lookupsAtOnce} is 20 unless it is there.
 */
final class Register {
  private static final int LOOKUPS_AT_ONCE = 20;

  /** One feed as registered. */
  record Feed(
      String feed,
      String org,
      String name,
      Suite suite,
      Pinned signing,
      List<Pinned> tls,
      List<Pinned> pending,
      boolean emergency,
      int lookupsAtOnce) {

    /** True if this TLS certificate is one of the feed's. */
    boolean isServedBy(byte[] client) {
      return tls.stream().anyMatch(pinned -> pinned.is(client));
    }
  }

  private final Path file;
  private volatile Map<String, Feed> feeds;

  /** @throws IllegalStateException if the file is missing or does not have the form above */
  Register(Path file) {
    this.file = file;
    reload();
  }

  /** The registered feed, or null. */
  Feed feed(String name) {
    return feeds.get(name);
  }

  /** The first feed that this TLS certificate is registered for, or null. */
  Feed servedBy(byte[] client) {
    return feeds.values().stream().filter(feed -> feed.isServedBy(client)).findFirst().orElse(null);
  }

  Iterable<Feed> feeds() {
    return feeds.values();
  }

  /** Takes what the file says now. A file that cannot be read changes nothing. */
  void reload() {
    try {
      Map<String, Feed> read = new LinkedHashMap<>();
      for (JsonNode node : Json.MAPPER.readTree(Files.readAllBytes(file)).path("feeds")) {
        Suite suite = Suite.named(node.path("suite").asText());
        if (suite == null) {
          throw new IllegalStateException("register: suite must be intl or gm");
        }
        String feed = node.path("feed").asText();
        read.put(
            feed,
            new Feed(feed, node.path("org").asText(), node.path("name").asText(), suite,
                new Pinned(Base64.getDecoder().decode(node.path("signing").asText())),
                certificates(node.path("tls")), certificates(node.path("pending")),
                node.path("emergency").asBoolean(false),
                node.path("lookupsAtOnce").asInt(LOOKUPS_AT_ONCE)));
      }
      feeds = read;
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalStateException("the register " + file.getFileName() + " cannot be read", e);
    }
  }

  private static List<Pinned> certificates(JsonNode list) {
    List<Pinned> certificates = new ArrayList<>();
    for (JsonNode certificate : list) {
      certificates.add(new Pinned(Base64.getDecoder().decode(certificate.asText())));
    }
    return certificates;
  }

  /** Approves a further signing certificate for {@code feed}, in the file and from now on. */
  synchronized void approve(String feed, byte[] der) {
    approve(file, feed, der);
    reload();
  }

  /** Approves a further signing certificate in a register file; a running city takes it when told to reload. */
  static void approve(Path file, String feed, byte[] der) {
    new Pinned(der);
    try {
      JsonNode root = Json.MAPPER.readTree(Files.readAllBytes(file));
      for (JsonNode node : root.path("feeds")) {
        if (node.path("feed").asText().equals(feed)) {
          ((ArrayNode) ((ObjectNode) node).withArray("pending")).add(Base64.getEncoder().encodeToString(der));
          write(file, root);
          return;
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("the register " + file.getFileName() + " cannot be changed", e);
    }
    throw new IllegalArgumentException("the register does not know this feed");
  }

  /** Adds a feed, or puts it in the place of the one with this name. */
  static void put(Path file, String feed, String org, String name, Suite suite, byte[] signing, byte[] tls) {
    try {
      ObjectNode root =
          Files.exists(file)
              ? (ObjectNode) Json.MAPPER.readTree(Files.readAllBytes(file))
              : Json.MAPPER.createObjectNode();
      ArrayNode feeds = root.withArray("feeds");
      for (int k = feeds.size() - 1; k >= 0; k--) {
        if (feeds.get(k).path("feed").asText().equals(feed)) {
          feeds.remove(k);
        }
      }
      ObjectNode node = feeds.addObject();
      node.put("feed", feed).put("org", org).put("name", name).put("suite", suite.id);
      node.put("signing", Base64.getEncoder().encodeToString(signing));
      node.putArray("tls").add(Base64.getEncoder().encodeToString(tls));
      node.putArray("pending");
      write(file, root);
    } catch (IOException e) {
      throw new IllegalStateException("the register " + file.getFileName() + " cannot be changed", e);
    }
  }

  private static void write(Path file, JsonNode root) throws IOException {
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    Files.write(beside, Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(root));
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
