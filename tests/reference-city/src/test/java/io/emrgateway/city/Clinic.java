package io.emrgateway.city;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/** A hospital that looks patients up and is asked about them, both by the book and wrongly. */
final class Clinic {
  static final String LOOKUP = "application/vnd.emr-gateway.lookup";
  static final String ANSWER = "application/vnd.emr-gateway.lookup-answer";
  static final String SIGNED = "application/vnd.emr-gateway.signed";

  final Gateway gateway;
  final String org;

  Clinic(Gateway gateway) {
    this.gateway = gateway;
    this.org = gateway.feed.split("/")[0];
  }

  /** What came back to whoever asked, taken apart. */
  record Told(JsonNode words, List<byte[]> frames) {
    JsonNode source(int k) {
      return words.get("sources").get(k);
    }

    String status(int k) {
      return source(k).get("status").asText() + " " + source(k).get("count") + " by " + source(k).get("by").asText();
    }
  }

  /** What a hospital was handed: the city's words, and the asking hospital's request as it was signed. */
  record Asked(byte[] cms, JsonNode words, byte[] request) {
    String rid() {
      return words.get("rid").asText();
    }
  }

  /** A request for {@code resident} that breaks no rule. */
  ObjectNode request(String resident) {
    Instant now = Instant.now();
    ObjectNode request = Gateway.JSON.createObjectNode();
    request.put("v", 1).put("rid", UUID.randomUUID().toString()).put("feed", gateway.feed).put("nonce", nonce());
    at(request, now);
    ObjectNode requester = request.putObject("requester").put("org", org).put("department", "心内科");
    requester.putObject("practitioner").put("id", "D3002").put("name", "李医生");
    requester.put("encounter", "V-17");
    ObjectNode patient = request.putObject("patient");
    patient.putArray("identifiers").addObject().put("system", Gateway.RESIDENT).put("value", resident);
    patient.put("name", "张三").put("birthDate", "1949-12-31");
    ObjectNode scope = request.putObject("scope");
    scope.putArray("sections").add("visits").add("results");
    scope.put("since", "2026-01-01").put("until", "2099-12-31");
    request.put("purpose", "treatment");
    ObjectNode doctor = request.putObject("doctorAuthorization");
    doctor.put("practitioner", "D3002").put("department", "心内科").put("encounter", "V-17");
    doctor.put("at", Gateway.time(now.minusSeconds(30))).putNull("emergency");
    ObjectNode consent = request.putObject("patientAuthorization");
    consent.put("kind", "paper").put("reference", "知情同意书 2026-118").put("evidence", nonce() + nonce());
    consent.put("grantedAt", Gateway.time(now.minusSeconds(3600))).put("expiresAt", Gateway.time(now.plusSeconds(3600)));
    consent.put("grantee", org);
    consent.putArray("scope").add("visits").add("results").add("allergies");
    consent.putNull("guardian");
    return request;
  }

  /** A request that nobody has authorised, for an emergency. */
  ObjectNode emergency(String resident) {
    ObjectNode request = request(resident);
    request.put("purpose", "emergency");
    ObjectNode emergency = ((ObjectNode) request.get("doctorAuthorization")).putObject("emergency");
    emergency.put("reason", "昏迷").putObject("second").put("id", "D3003").put("name", "王医生");
    ObjectNode consent = (ObjectNode) request.get("patientAuthorization");
    consent.put("kind", "none");
    for (String key : List.of("reference", "evidence", "grantedAt", "expiresAt", "grantee", "guardian")) {
      consent.putNull(key);
    }
    consent.set("scope", request.get("scope").get("sections"));
    return request;
  }

  /** Signs the request for another moment. */
  static ObjectNode at(ObjectNode request, Instant iat) {
    return request.put("iat", Gateway.time(iat)).put("exp", Gateway.time(iat.plusSeconds(60)));
  }

  static String nonce() {
    byte[] random = new byte[16];
    ThreadLocalRandom.current().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  static byte[] bytes(JsonNode json) {
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  HttpResponse<byte[]> post(ObjectNode request, int waitSeconds) throws Exception {
    return gateway.post("lookups", LOOKUP, gateway.cms(bytes(request)), waitSeconds);
  }

  /** Asks, and does something else meanwhile. */
  CompletableFuture<Told> asks(ObjectNode request, int waitSeconds) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return told(post(request, waitSeconds));
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        },
        task -> new Thread(task, "asking").start());
  }

  Told fetches(String rid) throws Exception {
    return told(gateway.getAny("lookups/" + rid));
  }

  /** Verified by the lookup key that the installed trust file names. */
  Told told(HttpResponse<byte[]> response) throws Exception {
    if (response.statusCode() != 200) {
      throw new AssertionError(response.statusCode() + " " + new String(response.body(), StandardCharsets.UTF_8));
    }
    if (!response.headers().firstValue("content-type").orElse("").equals(ANSWER)) {
      throw new AssertionError(response.headers().toString());
    }
    List<byte[]> frames = frames(response.body());
    return new Told(gateway.opened(frames.get(0), "lookup"), frames.subList(1, frames.size()));
  }

  static List<byte[]> frames(byte[] body) throws Exception {
    List<byte[]> frames = new ArrayList<>();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(body))) {
      while (in.available() > 0) {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        frames.add(frame);
      }
    }
    return frames;
  }

  static byte[] framed(byte[]... frames) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    for (byte[] frame : frames) {
      out.writeInt(frame.length);
      out.write(frame);
    }
    return bytes.toByteArray();
  }

  HttpResponse<byte[]> polls(int waitSeconds) throws Exception {
    String feed = gateway.feed.replace("/", "%2F");
    return gateway.post("feeds/" + feed + "/lookups:next", SIGNED, new byte[0], waitSeconds);
  }

  /** The next inquiry, verified by the city's lookup key; null if none comes in time. */
  Asked isAsked(int waitSeconds) throws Exception {
    HttpResponse<byte[]> response = polls(waitSeconds);
    if (response.statusCode() == 204) {
      return null;
    }
    JsonNode words = gateway.opened(response.body(), "lookup");
    return new Asked(response.body(), words, words.get("request").binaryValue());
  }

  /** An answer over {@code asked} that breaks no rule, before it is signed. */
  ObjectNode answer(Asked asked, String asking, String result, byte[]... bodies) throws Exception {
    ObjectNode answer = Gateway.JSON.createObjectNode();
    answer.put("v", 1).put("rid", asked.rid()).put("feed", gateway.feed).put("org", org);
    answer.put("requestHash", requestHash(asked, asking)).put("t", Gateway.time(Instant.now())).put("result", result);
    answer.put("count", bodies.length);
    Arrays.stream(bodies).map(body -> gateway.hex(8, body)).forEach(answer.putArray("bodies")::add);
    answer.putObject("audit").put("n", 17).put("head", "ab".repeat(32));
    return answer;
  }

  /** Over the content, in the suite of whoever asks. */
  String requestHash(Asked asked, String askingSuite) throws Exception {
    byte[] tagged = prefixed((byte) 7, gateway.content(asked.request()));
    return HexFormat.of()
        .formatHex(
            askingSuite.equals("gm")
                ? MessageDigest.getInstance("SM3", Suite.BC).digest(tagged)
                : MessageDigest.getInstance("SHA-256").digest(tagged));
  }

  private static byte[] prefixed(byte tag, byte[] content) {
    byte[] tagged = new byte[content.length + 1];
    tagged[0] = tag;
    System.arraycopy(content, 0, tagged, 1, content.length);
    return tagged;
  }

  /** Signs and sends an answer. */
  HttpResponse<byte[]> sends(String rid, ObjectNode answer, byte[]... bodies) throws Exception {
    List<byte[]> frames = new ArrayList<>();
    frames.add(gateway.cms(bytes(answer)));
    frames.addAll(List.of(bodies));
    return gateway.post("lookups/" + rid + "/answers", ANSWER, framed(frames.toArray(byte[][]::new)), 0);
  }

  HttpResponse<byte[]> answers(Asked asked, String result, byte[]... bodies) throws Exception {
    return sends(asked.rid(), answer(asked, gateway.suite, result, bodies), bodies);
  }

  HttpResponse<byte[]> withdraws(String evidence) throws Exception {
    ObjectNode withdrawal = Gateway.JSON.createObjectNode();
    withdrawal.put("v", 1).put("feed", gateway.feed).put("reference", "知情同意书").put("evidence", evidence);
    withdrawal.put("t", Gateway.time(Instant.now()));
    return gateway.post("lookups/withdrawals", SIGNED, gateway.cms(bytes(withdrawal)), 0);
  }

  /** @param residents none: the objection is lifted */
  HttpResponse<byte[]> objects(String objection, String... residents) throws Exception {
    ObjectNode objecting = Gateway.JSON.createObjectNode();
    objecting.put("v", 1).put("feed", gateway.feed).put("objection", objection).put("t", Gateway.time(Instant.now()));
    ArrayNode identifiers = objecting.putArray("identifiers");
    for (String resident : residents) {
      identifiers.addObject().put("system", Gateway.RESIDENT).put("value", resident);
    }
    return gateway.post("lookups/objections", SIGNED, gateway.cms(bytes(objecting)), 0);
  }

  static String rule(HttpResponse<byte[]> response) throws Exception {
    return response.statusCode() + " " + Gateway.JSON.readTree(response.body()).get("rule").asText();
  }

  /** What a hospital shows of a patient. */
  static byte[] record(int number) {
    return ("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":{\"resourceType\":\"Basic\","
            + "\"code\":{\"text\":\"检验 " + number + "\"}}}]}")
        .getBytes(StandardCharsets.UTF_8);
  }
}
