package io.emrgateway.city;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.emrgateway.city.Gateway.Draft;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cms.CMSAttributeTableGenerator;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.DefaultSignedAttributeTableGenerator;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.SignerInformationStore;
import org.bouncycastle.util.CollectionStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** How: one city that already holds a batch; every case spoils the next one in one place. Nothing may be stored. */
@DisplayName("A batch that breaks a rule")
class BrokenRuleTest {
  @TempDir static Path dir;
  static Trial trial;
  static Gateway gateway;

  interface Spoil {
    Draft make() throws Exception;
  }

  @BeforeAll
  static void start() throws Exception {
    trial = new Trial(dir, "intl");
    gateway = trial.gateway;
    gateway.auditN = 5;
    gateway.auditHead = "cd".repeat(32);
    gateway.deliver(gateway.data(2, 2));
  }

  @AfterAll
  static void stop() {
    trial.close();
  }

  private static final Map<String, Spoil> CASES = new LinkedHashMap<>();

  private static void put(String name, Spoil spoil) {
    CASES.put(name, spoil);
  }

  /** A next batch with bodies, whose header is changed and then signed. */
  private static Spoil header(java.util.function.Consumer<ObjectNode> change) {
    return () -> {
      Draft draft = gateway.data(2, 1);
      change.accept(draft.header);
      return draft;
    };
  }

  /** A next batch whose entries are changed and then counted and signed. */
  private static Spoil entries(java.util.function.Consumer<Draft> change) {
    return () -> {
      Draft draft = gateway.data(2, 1);
      change.accept(draft);
      return gateway.count(draft);
    };
  }

  private static Spoil envelope(java.util.function.UnaryOperator<byte[]> change) {
    return () -> {
      Draft draft = gateway.data(1, 0);
      draft.envelope = change;
      return draft;
    };
  }

  /** A next batch with one body, whose own bytes are these, correctly hashed and signed. */
  private static Spoil body(String text) {
    return () -> {
      Draft draft = gateway.data(1, 0);
      draft.bodies.clear();
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      draft.entries.set(0, gateway.withBody(draft, draft.firstI(), draft.header.get("n").get(0).asLong(), bytes));
      return gateway.count(draft);
    };
  }

  private static Spoil replaced(String from, String to) {
    return () -> {
      Draft draft = gateway.data(1, 0);
      String text = draft.header.toString();
      assertThat(text).contains(from);
      draft.headerBytes = text.replace(from, to).getBytes(StandardCharsets.UTF_8);
      return draft;
    };
  }

  /** Entries' lines replaced as text and counted anew: for what no JSON library would write. */
  private static Spoil line(String from, String to) {
    return () -> {
      Draft draft = gateway.data(1, 0);
      String text = draft.entry(0).toString();
      assertThat(text).contains(from);
      byte[] changed = text.replace(from, to).getBytes(StandardCharsets.UTF_8);
      draft.header.put("root", java.util.HexFormat.of().formatHex(Suite.INTL.hash((byte) 0, changed)));
      draft.lines = Arrays.copyOf(changed, changed.length + 1);
      draft.lines[changed.length] = '\n';
      return draft;
    };
  }

  static {
    // The envelope.
    put("cms.der trailing byte", envelope(cms -> Arrays.copyOf(cms, cms.length + 1)));
    put("cms.der indefinite length", envelope(BrokenRuleTest::ber));
    put("cms.der no ASN.1 at all", envelope(cms -> "hello".getBytes(StandardCharsets.UTF_8)));
    put("cms.der empty", envelope(cms -> new byte[0]));
    put("cms.content-type foreign outer type", envelope(BrokenRuleTest::foreignType));
    put("cms.signers nobody", envelope(cms -> signers(cms, 0)));
    put("cms.signers two", envelope(cms -> signers(cms, 2)));
    put("cms.unsigned-attributes one added", envelope(BrokenRuleTest::unsignedAttribute));
    put("cms.signed-attributes none", () -> envelopeWith(null));
    put("cms.signed-attributes no contentType", () -> envelopeWith(Gateway.without(CMSAttributes.contentType)));
    put("cms.signed-attributes no messageDigest", () -> envelopeWith(Gateway.without(CMSAttributes.messageDigest)));
    put("cms.message-digest of other content", () -> envelopeWith(otherDigest()));
    put("cms.crls one inside", envelope(BrokenRuleTest::withCrl));
    put("cms.certificates a second one", envelope(BrokenRuleTest::withSecondCertificate));
    put("cms.shape version 4", envelope(cms -> patched(cms, 0, 4)));
    put("cms.algorithm not of the suite", () -> otherAlgorithm());
    put("cms.signer another certificate of the same feed", () -> signedBy(Gateway.FEED));
    put("cms.signer another hospital", () -> signedBy("H-0999/main"));
    put("cms.signature last bit", envelope(cms -> patched(cms, 1, -1)));

    // The header.
    put("header.json duplicate key", replaced("\"v\":1,", "\"v\":1,\"v\":1,"));
    put("header.json duplicate key deep inside", replaced("\"version\":", "\"version\":\"x\",\"version\":"));
    put("header.json trailing text", trailing());
    put("header.json byte order mark", prefixed("\ufeff"));
    put("header.keys unknown", header(header -> header.put("patient", 1)));
    put("header.keys missing", header(header -> header.remove("audit")));
    put("header.keys unknown inside agent", header(header -> ((ObjectNode) header.get("agent")).put("x", 1)));
    put("header.keys certificate outside a rotation", header(header -> header.put("certificate", "ab".repeat(32))));
    put("header.value version of the contract", header(header -> header.put("v", 2)));
    put("header.value integer as text", header(header -> header.put("entries", "3")));
    put("header.value integer with fraction", replaced("\"v\":1,", "\"v\":1.0,"));
    put("header.value integer of 2^53", header(header -> ((ObjectNode) header.get("audit")).put("n", 1L << 53)));
    put("header.value hash in upper case", header(header -> header.put("root", "AB".repeat(32))));
    put("header.value time without offset", header(header -> header.put("created", "2026-11-22T17:40:03.120Z")));
    put("header.value unknown kind", header(header -> header.put("kind", "other")));
    put("header.value range backwards", header(header -> ((ObjectNode) header.get("in")).put("to", 1)));
    put("header.path other feed", header(header -> header.put("feed", "H-0105/main")));
    put("header.suite", header(header -> header.put("suite", "gm")));
    put("header.in hole", entries(draft -> shiftInputs(draft, 1)));
    put("header.sources too few", header(header -> ((ObjectNode) header.get("in")).putArray("sources")));
    put("header.n hole", entries(draft -> shiftBodies(draft, 1)));
    put("header.last other chain", header(header -> ((ObjectNode) header.get("last")).put("ch", "ab".repeat(32))));
    put("header.last never given", header(header -> ((ObjectNode) header.get("last")).put("seq", 7)));
    put("header.audit went back", header(header -> ((ObjectNode) header.get("audit")).put("n", 4)));
    put("header.audit changed", header(header -> ((ObjectNode) header.get("audit")).put("head", "ef".repeat(32))));
    put("epoch.without-resync", header(header -> header.put("epoch", 2)));

    // The entries.
    put("entries.lines no last line feed", () -> {
      Draft draft = gateway.data(1, 0);
      draft.lines = draft.entry(0).toString().getBytes(StandardCharsets.UTF_8);
      return draft;
    });
    put("entries.lines empty line", () -> {
      Draft draft = gateway.data(1, 0);
      draft.lines = (draft.entry(0) + "\n\n").getBytes(StandardCharsets.UTF_8);
      return draft;
    });
    put("entries.count", header(header -> header.put("entries", 4)));
    put("entries.root", header(header -> header.put("root", "ab".repeat(32))));
    put("entries.root order changed", () -> {
      Draft draft = gateway.data(2, 0);
      draft.lines = (draft.entry(1) + "\n" + draft.entry(0) + "\n").getBytes(StandardCharsets.UTF_8);
      return draft;
    });
    put("entry.json duplicate key", line("{\"i\":", "{\"i\":1,\"i\":"));
    put("entry.json two values", line("+08:00\"}", "+08:00\"}{}"));
    put("entry.json not ended", line("+08:00\"}", "+08:00\""));
    put("entry.keys unknown", entries(draft -> draft.entry(0).put("name", "x")));
    put("entry.keys missing", entries(draft -> draft.entry(0).remove("raw")));
    put("entry.keys body and why", entries(draft -> draft.entry(0).put("why", "quarantined")));
    put("entry.value reason", entries(draft -> draft.entry(2).put("why", "lost")));
    put("entry.value duplicate of itself", entries(draft -> draft.entry(2).put("why", "duplicate-of:" + draft.entry(2).get("i").asLong())));
    put("entry.value hash too short", entries(draft -> draft.entry(0).put("raw", "ab")));
    put("entry.value time", entries(draft -> draft.entry(0).put("received", "yesterday")));
    put("entry.value fraction", line("\"n\":3", "\"n\":3.0"));
    put("entry.i missing input", entries(draft -> draft.entry(1).put("i", draft.firstI() + 5)));
    put("entry.i twice", entries(draft -> draft.entry(1).put("i", draft.firstI())));
    put("entry.i fewer than the range", entries(draft -> draft.entries.remove(2)));
    put("entry.i repaired one first", () -> {
      Draft draft = gateway.repair(gateway.data(1, 0), 3);
      draft.entries.add(0, draft.entries.remove(1));
      draft.bodies.add(0, draft.bodies.remove(1));
      return gateway.count(draft);
    });
    put("entry.i explained twice", () -> {
      Draft draft = gateway.data(1, 0);
      draft.entries.add(Gateway.JSON.createObjectNode().put("i", 3).put("why", "quarantined"));
      return gateway.count(draft);
    });
    put("entry.n hole", entries(draft -> draft.entry(1).put("n", 9)));
    put("entry.n range too wide", header(header -> header.putArray("n").add(3).add(9)));
    put("entry.repair never quarantined", () -> gateway.repair(gateway.data(1, 0), 1));
    put("entry.i repaired twice", () -> gateway.repair(gateway.repair(gateway.data(1, 0), 3), 3));

    // The bodies.
    put("bodies.short", () -> {
      Draft draft = gateway.data(2, 0);
      draft.bodies.set(1, Arrays.copyOf(draft.bodies.get(1), 20));
      return draft;
    });
    put("bodies.trailing", () -> {
      Draft draft = gateway.data(2, 0);
      draft.bodies.add(new byte[1]);
      return draft;
    });
    put("body.hash", () -> {
      Draft draft = gateway.data(2, 0);
      draft.bodies.get(1)[30] ^= 1;
      return draft;
    });
    put("body.hash exchanged", () -> {
      Draft draft = gateway.data(2, 0);
      draft.bodies.add(draft.bodies.remove(0));
      return draft;
    });
    put("body.json duplicate key", body("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"type\":\"transaction\"}"));
    put("body.json trailing", body("{\"resourceType\":\"Bundle\",\"type\":\"transaction\"} x"));
    put("body.json cut", body("{\"resourceType\":\"Bundle\",\"type\":\"transaction\""));
    put("body.json array", body("[{\"resourceType\":\"Bundle\",\"type\":\"transaction\"}]"));
    put("body.bundle other resource", body("{\"resourceType\":\"Patient\",\"type\":\"transaction\"}"));
    put("body.bundle other type", body("{\"resourceType\":\"Bundle\",\"type\":\"message\"}"));
    put("body.bundle only inside", body("{\"x\":{\"resourceType\":\"Bundle\",\"type\":\"transaction\"}}"));

    // Kinds.
    put("data.empty", () -> gateway.data(0, 0));
    put("kind.not-empty heartbeat with an entry", header(header -> header.put("kind", "heartbeat")));
    put("rotate.certificate-unknown", () -> gateway.rotate("nobody knows it".getBytes(StandardCharsets.UTF_8)));
    put("resync.epoch same epoch", () -> {
      Draft draft = gateway.resync();
      draft.header.put("epoch", gateway.epoch);
      return draft;
    });
    put("resync.restore unknown inputs the city does not count", () -> {
      Draft draft = gateway.resync();
      ((ObjectNode) draft.header.get("restore")).putArray("unknown").add(1).add(99);
      return draft;
    });
    put("header.keys resync without restore", () -> {
      Draft draft = gateway.resync();
      draft.header.remove("restore");
      return draft;
    });
  }

  @TestFactory
  Stream<DynamicTest> is_refused_with_the_rules_id() {
    return CASES.entrySet().stream()
        .map(
            each ->
                DynamicTest.dynamicTest(
                    each.getKey(),
                    () -> {
                      Draft draft = each.getValue().make();
                      boolean pathDiffers = each.getKey().startsWith("header.path");
                      var response =
                          gateway.post(
                              draft.header.path("epoch").asLong(1),
                              pathDiffers ? 2 : draft.header.path("seq").asLong(2),
                              gateway.seal(draft),
                              false);
                      String text = new String(response.body(), StandardCharsets.UTF_8);
                      assertThat(response.statusCode()).as(text).isEqualTo(422);
                      JsonNode answer = Gateway.JSON.readTree(text);
                      assertThat(answer.get("rule").asText()).as(text).isEqualTo(each.getKey().split(" ")[0]);
                      assertThat(answer.get("text").asText()).isNotBlank();
                      assertThat(answer.get("textZh").asText()).isNotBlank();
                      assertThat(trial.status().get("seq").asLong()).isEqualTo(1);
                    }));
  }

  /** Those of the list that need a whole other city or request are proven elsewhere: {@link DoorTest}, {@link InvalidAnswerTest}. */
  @Test
  void is_tried_here_for_every_rule_of_the_list() {
    Set<String> elsewhere =
        Set.of("batch.encoding", "batch.framing", "certificate.feed", "certificate.validity", "answer.invalid");
    Set<String> tried =
        CASES.keySet().stream().map(name -> name.split(" ")[0]).collect(Collectors.toCollection(TreeSet::new));
    Set<String> listed =
        Arrays.stream(Rule.values())
            .filter(rule -> rule.status == 422 && !elsewhere.contains(rule.id))
            .map(rule -> rule.id)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(tried).isEqualTo(listed);
  }

  private static Spoil trailing() {
    return () -> {
      Draft draft = gateway.data(1, 0);
      draft.headerBytes = (draft.header + " 1").getBytes(StandardCharsets.UTF_8);
      return draft;
    };
  }

  private static Spoil prefixed(String prefix) {
    return () -> {
      Draft draft = gateway.data(1, 0);
      draft.headerBytes = (prefix + draft.header).getBytes(StandardCharsets.UTF_8);
      return draft;
    };
  }

  private static void shiftInputs(Draft draft, long by) {
    ObjectNode in = (ObjectNode) draft.header.get("in");
    in.put("from", in.get("from").asLong() + by).put("to", in.get("to").asLong() + by);
    draft.entries.forEach(entry -> entry.put("i", entry.get("i").asLong() + by));
  }

  private static void shiftBodies(Draft draft, long by) {
    JsonNode n = draft.header.get("n");
    draft.header.putArray("n").add(n.get(0).asLong() + by).add(n.get(1).asLong() + by);
    for (ObjectNode entry : draft.entries) {
      if (entry.has("n")) {
        entry.put("n", entry.get("n").asLong() + by);
      }
    }
  }

  private static Draft envelopeWith(CMSAttributeTableGenerator attributes) throws Exception {
    Draft draft = gateway.data(1, 0);
    byte[] content = gateway.headerBytes(draft);
    byte[] cms;
    if (attributes == null) {
      var signer =
          new org.bouncycastle.operator.jcajce.JcaContentSignerBuilder("SHA256withECDSA")
              .setProvider(Suite.BC)
              .build(gateway.key);
      var generator = new org.bouncycastle.cms.CMSSignedDataGenerator();
      generator.addSignerInfoGenerator(
          new org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder(
                  new org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder().setProvider(Suite.BC).build())
              .setDirectSignature(true)
              .build(signer, new JcaX509CertificateHolder(gateway.certificate)));
      cms =
          generator
              .generate(new org.bouncycastle.cms.CMSProcessableByteArray(content), true)
              .toASN1Structure()
              .getEncoded("DER");
    } else {
      cms = gateway.cms(content, attributes);
    }
    draft.envelope = ignored -> cms;
    return draft;
  }

  private static CMSAttributeTableGenerator otherDigest() {
    return parameters -> {
      AttributeTable usual = new DefaultSignedAttributeTableGenerator().getAttributes(parameters);
      return usual
          .remove(CMSAttributes.messageDigest)
          .add(CMSAttributes.messageDigest, new DEROctetString(new byte[32]));
    };
  }

  /** The pinned key, but with SHA-384: a good signature, only not the suite's. */
  private static Draft otherAlgorithm() throws Exception {
    Draft draft = gateway.data(1, 0);
    byte[] cms = gateway.cms(gateway.headerBytes(draft), "SHA384withECDSA", new DefaultSignedAttributeTableGenerator());
    draft.envelope = ignored -> cms;
    return draft;
  }

  private static Draft signedBy(String feed) throws Exception {
    Path file = dir.resolve("stranger-" + feed.replace('/', '-') + ".p12");
    char[] password = Pki.readPassword(dir.resolve("agent/password"));
    trial.pki.makeSigning(feed, Suite.INTL, file, password, false);
    var key = gateway.key;
    var certificate = gateway.certificate;
    try {
      Draft draft = gateway.data(1, 0);
      gateway.use(file);
      byte[] cms = gateway.cms(gateway.headerBytes(draft));
      draft.envelope = ignored -> cms;
      return draft;
    } finally {
      gateway.key = key;
      gateway.certificate = certificate;
    }
  }

  private static byte[] ber(byte[] cms) {
    // The outermost SEQUENCE with indefinite length: same values, not DER.
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0x30);
    out.write(0x80);
    out.write(cms, 4, cms.length - 4);
    out.write(0);
    out.write(0);
    assertThat(cms[1]).isEqualTo((byte) 0x82);
    return out.toByteArray();
  }

  private static byte[] patched(byte[] cms, int value, int place) {
    byte[] patched = cms.clone();
    if (place < 0) {
      patched[patched.length + place] ^= (byte) value;
    } else {
        // SEQUENCE(4) OID(11) [0](4) SEQUENCE(4) INTEGER(3): the version's octet.
      assertThat(patched[25]).isEqualTo((byte) 1);
      patched[25] = (byte) place;
    }
    return patched;
  }

  private static byte[] foreignType(byte[] cms) {
    try {
      ContentInfo info = ContentInfo.getInstance(ASN1Primitive.fromByteArray(cms));
      return new ContentInfo(new ASN1ObjectIdentifier("1.2.3.4"), info.getContent()).getEncoded("DER");
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static byte[] signers(byte[] cms, int count) {
    try {
      CMSSignedData data = new CMSSignedData(cms);
      SignerInformation one = data.getSignerInfos().getSigners().iterator().next();
      byte[] content = (byte[]) data.getSignedContent().getContent();
      SignerInformation other =
          new CMSSignedData(gateway.cms(content)).getSignerInfos().getSigners().iterator().next();
      var store = new SignerInformationStore(count == 0 ? java.util.List.of() : java.util.List.of(one, other));
      return CMSSignedData.replaceSigners(data, store).toASN1Structure().getEncoded("DER");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] unsignedAttribute(byte[] cms) {
    try {
      CMSSignedData data = new CMSSignedData(cms);
      SignerInformation one = data.getSignerInfos().getSigners().iterator().next();
      ASN1EncodableVector attributes = new ASN1EncodableVector();
      attributes.add(new Attribute(new ASN1ObjectIdentifier("1.2.3.4"), new DERSet(new DERUTF8String("x"))));
      SignerInformation changed = SignerInformation.replaceUnsignedAttributes(one, new AttributeTable(attributes));
      return CMSSignedData.replaceSigners(data, new SignerInformationStore(changed))
          .toASN1Structure()
          .getEncoded("DER");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] withCrl(byte[] cms) {
    try {
      var name = new org.bouncycastle.asn1.x500.X500Name("CN=x");
      var crl =
          new org.bouncycastle.cert.X509v2CRLBuilder(name, new java.util.Date())
              .build(
                  new org.bouncycastle.operator.jcajce.JcaContentSignerBuilder("SHA256withECDSA")
                      .setProvider(Suite.BC)
                      .build(gateway.key));
      CMSSignedData data = new CMSSignedData(cms);
      return CMSSignedData.replaceCertificatesAndCRLs(
              data, data.getCertificates(), null, new CollectionStore<>(java.util.List.of(crl)))
          .toASN1Structure()
          .getEncoded("DER");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] withSecondCertificate(byte[] cms) {
    try {
      CMSSignedData data = new CMSSignedData(cms);
      var second = new org.bouncycastle.cert.X509CertificateHolder(trial.pki.tlsClient("H-0999/main").der());
      var store =
          new CollectionStore<>(java.util.List.of(new JcaX509CertificateHolder(gateway.certificate), second));
      return CMSSignedData.replaceCertificatesAndCRLs(data, store, null, null).toASN1Structure().getEncoded("DER");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
