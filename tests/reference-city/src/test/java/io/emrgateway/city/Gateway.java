package io.emrgateway.city;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cms.CMSAttributeTableGenerator;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.DefaultSignedAttributeTableGenerator;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.util.CollectionStore;

/**
 * A gateway reduced to what a trial of the city needs: it numbers, seals and posts, and it knows how to do each of
 * these wrongly. Its hashes, tree and envelopes are made by other code than the city's, so that one mistake in both is
 * not taken for agreement.
 */
final class Gateway {
  static final String FEED = "H-0104/main";
  static final String ZEROS = "0".repeat(64);
  static final ObjectMapper JSON = new ObjectMapper();
  private static final BouncyCastleProvider BC = new BouncyCastleProvider();

  final String suite;
  final Path dir;
  final String feed;
  PrivateKey key;
  X509Certificate certificate;
  private final HttpClient client;
  private final int port;

  long epoch = 1;
  long seq;
  long i;
  long n;
  long auditN;
  String prev = ZEROS;
  String auditHead = ZEROS;
  String ch = ZEROS;

  /** @param agent the folder that make-pki made for the gateway */
  Gateway(Path agent, String feed, String suite, int port) throws Exception {
    this.dir = agent;
    this.feed = feed;
    this.suite = suite;
    this.port = port;
    char[] password = Files.readString(agent.resolve("password")).toCharArray();
    use(agent.resolve("signing.p12"));
    client = client(agent.resolve("tls.p12"), password, agent.resolve("city-ca.pem"), "TLSv1.3");
  }

  static HttpClient client(Path keyFile, char[] password, Path caFile, String protocol) throws Exception {
    SSLContext tls = SSLContext.getInstance("TLS");
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    KeyStore own = KeyStore.getInstance("PKCS12");
    if (keyFile == null) {
      own.load(null, null);
    } else {
      try (InputStream in = Files.newInputStream(keyFile)) {
        own.load(in, password);
      }
    }
    keys.init(own, password);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    try (InputStream in = Files.newInputStream(caFile)) {
      trusted.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    tls.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    var parameters = tls.getDefaultSSLParameters();
    parameters.setProtocols(new String[] {protocol});
    return HttpClient.newBuilder()
        .sslContext(tls)
        .sslParameters(parameters)
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(Duration.ofSeconds(10))
        .build();
  }

  /** Signs with the key in {@code file} from now on. */
  void use(Path file) throws Exception {
    char[] password = Files.readString(dir.resolve("password")).toCharArray();
    KeyStore store = KeyStore.getInstance("PKCS12", BC);
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, password);
    }
    String alias = store.aliases().nextElement();
    key = (PrivateKey) store.getKey(alias, password);
    certificate =
        (X509Certificate)
            CertificateFactory.getInstance("X.509", BC)
                .generateCertificate(new ByteArrayInputStream(store.getCertificate(alias).getEncoded()));
  }

  /** A batch that is not yet sealed; everything in it can still be spoiled. */
  static final class Draft {
    final ObjectNode header = JSON.createObjectNode();
    final List<ObjectNode> entries = new ArrayList<>();
    final List<byte[]> bodies = new ArrayList<>();

    /** If not null, sent in place of the entries' lines; the root stays that of the entries. */
    byte[] lines;

    /** If not null, signed in place of the header. */
    byte[] headerBytes;

    /** If not null, the frame of the CMS itself is changed by it. */
    UnaryOperator<byte[]> envelope = cms -> cms;

    long firstI() {
      return header.path("in").path("from").asLong();
    }

    ObjectNode entry(int index) {
      return entries.get(index);
    }

    byte[] block() {
      StringBuilder block = new StringBuilder();
      entries.forEach(entry -> block.append(entry).append('\n'));
      return block.toString().getBytes(StandardCharsets.UTF_8);
    }
  }

  static byte[] bundle(long number) {
    return ("{\"resourceType\":\"Bundle\",\"identifier\":{\"value\":\"b" + number + "\"},\"type\":\"transaction\","
            + "\"entry\":[{\"resource\":{\"resourceType\":\"Basic\",\"code\":{\"text\":\"试验 " + number + "\"}}}]}")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** A resident's identity number means the same at every hospital. */
  static final String RESIDENT = "urn:oid:2.16.156.10011.1.3";

  /** A body about somebody, as a gateway feeds it: a number of the hospital's own first, then the resident's. */
  static byte[] bundleAbout(String resident, long number) {
    return ("{\"resourceType\":\"Bundle\",\"identifier\":{\"value\":\"b" + number + "\"},\"type\":\"transaction\","
            + "\"entry\":[{\"resource\":{\"resourceType\":\"Patient\",\"identifier\":[{\"system\":"
            + "\"urn:emr-gateway:H-0105:patient:MR\",\"value\":\"" + number + "\"},{\"use\":\"official\",\"type\":{\"coding\":"
            + "[{\"system\":\"s\",\"code\":\"NI\"}]},\"system\":\"" + RESIDENT + "\",\"value\":\"" + resident + "\"}]}},"
            + "{\"resource\":{\"resourceType\":\"Basic\",\"code\":{\"text\":\"试验 " + number + "\"}}}]}")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** The next data batch, a body about each of these residents, received at {@code received}. */
  Draft about(Instant received, String... residents) {
    Draft draft = data(residents.length, 0);
    draft.bodies.clear();
    for (int k = 0; k < residents.length; k++) {
      long number = draft.header.get("n").get(0).asLong() + k;
      ObjectNode entry = withBody(draft, draft.firstI() + k, number, bundleAbout(residents[k], number));
      draft.entries.set(k, entry.put("received", time(received)));
    }
    return count(draft);
  }

  static String time(Instant time) {
    return DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSxxx").format(time.atOffset(ZoneOffset.ofHours(8)));
  }

  /** The next data batch: {@code delivered} inputs with bodies, then {@code quarantined} without. */
  Draft data(int delivered, int quarantined) {
    Draft draft = next("data");
    long firstI = i + 1;
    long firstN = n + 1;
    for (int k = 0; k < delivered; k++) {
      draft.entries.add(withBody(draft, firstI + k, firstN + k, bundle(firstN + k)));
    }
    for (int k = 0; k < quarantined; k++) {
      draft.entries.add(JSON.createObjectNode().put("i", firstI + delivered + k).put("why", "quarantined"));
    }
    int inputs = delivered + quarantined;
    ObjectNode in = (ObjectNode) draft.header.get("in");
    in.put("to", firstI + inputs - 1);
    if (inputs > 0) {
      in.withArray("sources").addArray().add("his-adt").add(inputs);
    }
    draft.header.putArray("n").add(firstN).add(firstN + delivered - 1);
    count(draft);
    return draft;
  }

  /** One more entry after the batch's own: an input of an earlier batch, repaired. */
  Draft repair(Draft draft, long repairedI) {
    long newN = draft.header.get("n").get(1).asLong() + 1;
    draft.entries.add(withBody(draft, repairedI, newN, bundle(newN)));
    long first = draft.header.get("n").get(0).asLong();
    draft.header.putArray("n").add(first).add(newN);
    return count(draft);
  }

  ObjectNode withBody(Draft draft, long entryI, long entryN, byte[] body) {
    draft.bodies.add(body);
    ObjectNode entry = JSON.createObjectNode();
    entry.put("i", entryI).put("n", entryN).put("raw", hex(4, ("raw" + entryI).getBytes(StandardCharsets.UTF_8)));
    entry.put("body", hex(3, body)).put("length", body.length).put("charset", "GB18030");
    entry.put("type", "ORU^R01").put("control", "C" + entryI).put("received", "2026-11-22T17:40:03.120+08:00");
    return entry;
  }

  Draft heartbeat() {
    return next("heartbeat");
  }

  Draft rotate(byte[] newCertificate) throws Exception {
    Draft draft = next("rotate");
    draft.header.put("certificate", HexFormat.of().formatHex(digest().digest(newCertificate)));
    return draft;
  }

  Draft resync() {
    Draft draft = next("resync");
    draft.header.put("epoch", epoch + 1);
    ObjectNode restore = draft.header.putObject("restore");
    restore.put("backup", "2026-11-22T03:00:00.000+08:00").put("audit", ZEROS);
    restore.putArray("unknown").add(i + 1).add(i);
    return draft;
  }

  private Draft next(String kind) {
    Draft draft = new Draft();
    ObjectNode header = draft.header;
    header.put("v", 1).put("feed", feed).put("epoch", epoch).put("seq", seq + 1).put("prev", prev);
    header.put("kind", kind).put("suite", suite).put("created", "2026-11-22T17:40:03.120+08:00");
    header.putObject("agent").put("version", "1.4.2").put("config", "ab".repeat(32));
    header.putObject("in").put("from", i + 1).put("to", i).putArray("sources");
    header.putArray("n").add(n + 1).add(n);
    header.put("entries", 0).put("root", HexFormat.of().formatHex(digest().digest()));
    header.putObject("audit").put("n", auditN).put("head", auditHead);
    header.putObject("last").put("seq", seq).put("ch", ch);
    return draft;
  }

  /** Brings count and root in line with the entries. */
  Draft count(Draft draft) {
    draft.header.put("entries", draft.entries.size());
    draft.header.put("root", HexFormat.of().formatHex(root(draft.entries.stream().map(ObjectNode::toString).toList())));
    return draft;
  }

  /** RFC 9162 2.1 bottom-up: pairs from the left, an odd last one climbs unpaired. Other code than the city's. */
  private byte[] root(List<String> lines) {
    if (lines.isEmpty()) {
      return digest().digest();
    }
    List<byte[]> level = new ArrayList<>();
    lines.forEach(line -> level.add(hash(0, line.getBytes(StandardCharsets.UTF_8))));
    while (level.size() > 1) {
      List<byte[]> above = new ArrayList<>();
      for (int k = 0; k < level.size(); k += 2) {
        if (k + 1 == level.size()) {
          above.add(level.get(k));
        } else {
          byte[] both = new byte[64];
          System.arraycopy(level.get(k), 0, both, 0, 32);
          System.arraycopy(level.get(k + 1), 0, both, 32, 32);
          above.add(hash(1, both));
        }
      }
      level.clear();
      level.addAll(above);
    }
    return level.get(0);
  }

  byte[] seal(Draft draft) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    byte[] cms = draft.envelope.apply(cms(headerBytes(draft)));
    out.writeInt(cms.length);
    out.write(cms);
    byte[] block = draft.lines == null ? draft.block() : draft.lines;
    out.writeInt(block.length);
    out.write(block);
    for (byte[] body : draft.bodies) {
      out.write(body);
    }
    return bytes.toByteArray();
  }

  byte[] headerBytes(Draft draft) {
    return draft.headerBytes == null ? draft.header.toString().getBytes(StandardCharsets.UTF_8) : draft.headerBytes;
  }

  /** Bouncy Castle's own generator, which writes the IETF's identifiers for both suites. */
  byte[] cms(byte[] content) throws Exception {
    return cms(content, new DefaultSignedAttributeTableGenerator());
  }

  byte[] cms(byte[] content, CMSAttributeTableGenerator attributes) throws Exception {
    return cms(content, suite.equals("gm") ? "SM3withSM2" : "SHA256withECDSA", attributes);
  }

  byte[] cms(byte[] content, String algorithm, CMSAttributeTableGenerator attributes) throws Exception {
    var signer = new JcaContentSignerBuilder(algorithm).setProvider(BC).build(key);
    CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
    generator.addSignerInfoGenerator(
        new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().setProvider(BC).build())
            .setSignedAttributeGenerator(attributes)
            .build(signer, new JcaX509CertificateHolder(certificate)));
    generator.addCertificates(new CollectionStore<>(List.of(new JcaX509CertificateHolder(certificate))));
    return generator.generate(new CMSProcessableByteArray(content), true).toASN1Structure().getEncoded("DER");
  }

  /** Posts a draft under the key in its header. */
  HttpResponse<byte[]> post(Draft draft) throws Exception {
    return post(draft.header.get("epoch").asLong(), draft.header.get("seq").asLong(), seal(draft), false);
  }

  HttpResponse<byte[]> post(long postEpoch, long postSeq, byte[] batch, boolean gzip) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri("batches/" + postEpoch + "/" + postSeq))
            .timeout(Duration.ofSeconds(20))
            .header("Content-Type", "application/vnd.emr-gateway.batch");
    byte[] body = batch;
    if (gzip) {
      request.header("Content-Encoding", "gzip");
      ByteArrayOutputStream zipped = new ByteArrayOutputStream();
      try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
        out.write(batch);
      }
      body = zipped.toByteArray();
    }
    return client.send(
        request.POST(HttpRequest.BodyPublishers.ofByteArray(body)).build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  /** Posts and, if a receipt comes, moves on to the next batch. */
  HttpResponse<byte[]> deliver(Draft draft) throws Exception {
    HttpResponse<byte[]> response = post(draft);
    if (response.statusCode() == 200) {
      settle(draft, opened(response.body()));
    } else {
      throw new AssertionError(response.statusCode() + " " + new String(response.body(), StandardCharsets.UTF_8));
    }
    return response;
  }

  void settle(Draft draft, ObjectNode receipt) {
    epoch = receipt.get("epoch").asLong();
    seq = receipt.get("seq").asLong();
    prev = hex(2, headerBytes(draft));
    i = draft.header.get("in").get("to").asLong();
    n = draft.header.get("n").get(1).asLong();
    auditN = draft.header.get("audit").get("n").asLong();
    auditHead = draft.header.get("audit").get("head").asText();
    ch = receipt.get("ch").asText();
  }

  HttpResponse<byte[]> get(String path) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(20)).build();
    return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
  }

  ObjectNode head() throws Exception {
    return opened(get("head?nonce=" + "0123456789abcdef".repeat(2)).body());
  }

  HttpResponse<byte[]> getTrust() throws Exception {
    URI uri = URI.create("https://127.0.0.1:" + port + "/v1/trust");
    return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  /**
   * Posts to any address below {@code /v1}.
   *
   * @param waitSeconds what the request prefers to wait, or 0 to say nothing
   */
  HttpResponse<byte[]> post(String path, String type, byte[] body, int waitSeconds) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/v1/" + path))
            .timeout(Duration.ofSeconds(40))
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (waitSeconds > 0) {
      request.header("Prefer", "wait=" + waitSeconds);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  /** Gets any address below {@code /v1}. */
  HttpResponse<byte[]> getAny(String path) throws Exception {
    return getUnless("", path);
  }

  /** @param known tag of what is here already */
  HttpResponse<byte[]> getUnless(String known, String path) throws Exception {
    URI uri = URI.create("https://127.0.0.1:" + port + "/v1/" + path);
    HttpRequest request = HttpRequest.newBuilder(uri).header("If-None-Match", known).build();
    return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
  }

  private URI uri(String path) {
    return URI.create("https://127.0.0.1:" + port + "/v1/feeds/" + feed.replace("/", "%2F") + "/" + path);
  }

  /** What the city signed with the receipt key that the installed trust file names. */
  ObjectNode opened(byte[] cms) throws Exception {
    return opened(cms, "receipt");
  }

  /** What the city signed with its key for {@code role}. */
  ObjectNode opened(byte[] cms, String role) throws Exception {
    ObjectNode trust = (ObjectNode) JSON.readTree(content(Files.readAllBytes(dir.resolve("trust.cms"))));
    byte[] roleKey = trust.get(role).get(0).binaryValue();
    return (ObjectNode) JSON.readTree(verified(cms, new X509CertificateHolder(roleKey)));
  }

  /** What this gateway signed itself, as another one reads it. */
  ObjectNode openedOwn(byte[] cms) throws Exception {
    return (ObjectNode) JSON.readTree(verified(cms, new JcaX509CertificateHolder(certificate)));
  }

  byte[] content(byte[] cms) throws Exception {
    return (byte[]) new CMSSignedData(cms).getSignedContent().getContent();
  }

  /**
   * Verified by Bouncy Castle's CMS for {@code intl}. It cannot read the GM/T identifiers; those are taken apart by the
   * city's own reader, whose SM2 signature check the BC-made envelopes of these tests confirm.
   */
  byte[] verified(byte[] cms, X509CertificateHolder by) throws Exception {
    if (suite.equals("gm")) {
      return Cms.open(Suite.GM, cms, List.of(new Pinned(by.getEncoded()))).content();
    }
    CMSSignedData data = new CMSSignedData(cms);
    var signer = data.getSignerInfos().getSigners().iterator().next();
    if (!signer.verify(new JcaSimpleSignerInfoVerifierBuilder().setProvider(BC).build(by))) {
      throw new AssertionError("the city's signature does not verify");
    }
    return (byte[]) data.getSignedContent().getContent();
  }

  String hex(int tag, byte[] data) {
    return HexFormat.of().formatHex(hash(tag, data));
  }

  byte[] hash(int tag, byte[] data) {
    MessageDigest digest = digest();
    digest.update((byte) tag);
    return digest.digest(data);
  }

  private MessageDigest digest() {
    try {
      return suite.equals("gm") ? MessageDigest.getInstance("SM3", BC) : MessageDigest.getInstance("SHA-256");
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Attributes without those in {@code left out}, for envelopes that break the profile. */
  static CMSAttributeTableGenerator without(org.bouncycastle.asn1.ASN1ObjectIdentifier leftOut) {
    DefaultSignedAttributeTableGenerator usual = new DefaultSignedAttributeTableGenerator();
    return parameters -> {
      AttributeTable table = usual.getAttributes(parameters);
      return table.remove(leftOut);
    };
  }
}
