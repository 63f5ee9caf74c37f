package io.emrgateway.city;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Throw-away keys and certificates for trials. Nothing here is how a real city would keep its keys: every private key
 * lies in a file, and one password opens a folder.
 *
 * <p>TLS keys are on P-256 whatever the suite, because the JDK's TLS 1.3 knows nothing else; signing, receipt, lookup
 * and root keys are the suite's.
 */
final class Pki {
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Trial machines' clocks differ; an hour back forgives them. */
  private static final Duration BACKDATED = Duration.ofHours(1);

  private final Path dir;
  private final Instant now;
  private final Duration lifetime;

  /** A key pair with its certificate. */
  record Issued(KeyPair pair, byte[] der, X500Name name) {
    Keys keys() {
      return new Keys(pair.getPrivate(), new Pinned(der));
    }
  }

  Pki(Path dir, Instant now, Duration lifetime) {
    this.dir = dir;
    this.now = now;
    this.lifetime = lifetime;
  }

  /**
   * Makes the files of a city and of one gateway: see README.md for which file is what.
   *
   * @throws IllegalStateException if the folder already holds a city
   */
  void make(String feed, Suite suite) {
    Path city = dir.resolve("city");
    if (Files.exists(city.resolve("register.json"))) {
      throw new IllegalStateException("this folder already holds a city; choose an empty one");
    }
    try {
      Files.createDirectories(city);
      char[] cityPassword = password(city.resolve("password"));

      Issued cityCa = authority("CN=Trial City TLS CA", Suite.INTL);
      Issued server =
          issue(cityCa, Suite.INTL, "CN=localhost", Suite.INTL,
              new GeneralNames(
                  new GeneralName[] {
                    new GeneralName(GeneralName.dNSName, "localhost"),
                    new GeneralName(GeneralName.iPAddress, "127.0.0.1")
                  }),
              KeyPurposeId.id_kp_serverAuth);
      Keys.write(city.resolve("tls.p12"), cityPassword, "tls", server.pair().getPrivate(), true, server.der(),
          cityCa.der());
      Files.writeString(city.resolve("city-ca.pem"), pem(cityCa.der()));

      Issued clientCa = authority("CN=Trial Hospital TLS CA", Suite.INTL);
      Keys.write(city.resolve("client-ca.p12"), cityPassword, "ca", clientCa.pair().getPrivate(), false,
          clientCa.der());
      Files.writeString(city.resolve("client-ca.pem"), pem(clientCa.der()));

      makeGateway(dir.resolve("agent"), feed, suite);
    } catch (IOException e) {
      throw new UncheckedIOException("the trial's files cannot be written", e);
    }
  }

  /**
   * Adds a further gateway to an existing city, with its own folder.
   *
   * @param agent where its keys go, for example {@code dir/agent-2}
   */
  void makeGateway(Path agent, String feed, Suite suite) throws IOException {
    Path city = dir.resolve("city");
    char[] cityPassword = readPassword(city.resolve("password"));
    Files.createDirectories(agent);
    char[] password = password(agent.resolve("password"));
    ensureSuite(city, cityPassword, suite);

    Issued tls = tlsClient(feed);
    Keys.write(agent.resolve("tls.p12"), password, "tls", tls.pair().getPrivate(), true, tls.der(),
        Keys.read(city.resolve("client-ca.p12"), cityPassword).certificate().der);
    Issued signing = signing(feed, suite);
    Keys.write(agent.resolve("signing.p12"), password, "signing", signing.pair().getPrivate(), false, signing.der());

    String org = feed.split("/")[0];
    Register.put(city.resolve("register.json"), feed, org, "Trial hospital " + org, suite, signing.der(), tls.der());
    for (Suite other : Suite.values()) {
      // Every hospital learns of the new one, whatever its suite: lookups go across suites.
      if (Files.exists(city.resolve("root-" + other.id + ".p12"))) {
        makeTrust(city, cityPassword, other);
      }
    }
    Files.copy(city.resolve("trust-" + suite.id + ".cms"), agent.resolve("trust.cms"),
        StandardCopyOption.REPLACE_EXISTING);
    Files.copy(city.resolve("city-ca.pem"), agent.resolve("city-ca.pem"),
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** Root, receipt and lookup key of a suite, made once. */
  private void ensureSuite(Path city, char[] password, Suite suite) {
    if (Files.exists(city.resolve("root-" + suite.id + ".p12"))) {
      return;
    }
    Issued root = authority("CN=Trial City Trust Root " + suite.id, suite);
    for (String role : new String[] {"receipt", "lookup"}) {
      Issued issued = issue(root, suite, "CN=Trial City " + role + " " + suite.id, suite, null, null);
      Path file = city.resolve(role + "-" + suite.id + ".p12");
      Keys.write(file, password, role, issued.pair().getPrivate(), false, issued.der());
    }
    Path file = city.resolve("root-" + suite.id + ".p12");
    Keys.write(file, password, "root", root.pair().getPrivate(), false, root.der());
  }

  /** Signs a trust file with the next version: who may sign receipts and lookups, and every hospital's certificates. */
  private void makeTrust(Path city, char[] password, Suite suite) throws IOException {
    Keys root = Keys.read(city.resolve("root-" + suite.id + ".p12"), password);
    Path file = city.resolve("trust-" + suite.id + ".cms");
    long version = 1;
    if (Files.exists(file)) {
      byte[] before = Cms.open(suite, Files.readAllBytes(file), List.of(root.certificate())).content();
      version = Json.object(before, Rule.INTERNAL).path("version").asLong() + 1;
    }
    ObjectNode trust = Json.MAPPER.createObjectNode();
    trust.put("v", 1).put("version", version);
    trust.put("issued", Times.text(now)).put("expires", Times.text(now.plus(lifetime))).put("suite", suite.id);
    trust.putArray("roots").add(base64(root.certificate().der));
    for (String role : new String[] {"receipt", "lookup"}) {
      Keys keys = Keys.read(city.resolve(role + "-" + suite.id + ".p12"), password);
      trust.putArray(role).add(base64(keys.certificate().der));
    }
    var hospitals = trust.putArray("hospitals");
    for (Register.Feed feed : new Register(city.resolve("register.json")).feeds()) {
      ObjectNode hospital = hospitals.addObject();
      hospital.put("feed", feed.feed()).put("org", feed.org()).put("name", feed.name());
      var certificates = hospital.putArray("certificates").add(base64(feed.signing().der));
      feed.pending().forEach(pending -> certificates.add(base64(pending.der)));
    }
    Files.write(file, Cms.sign(suite, root.key(), root.certificate(), Json.bytes(trust), now));
  }

  /** Issues the trust file anew, with the next version and what the register says now. */
  void makeTrust(Suite suite) throws IOException {
    Path city = dir.resolve("city");
    makeTrust(city, readPassword(city.resolve("password")), suite);
  }

  /**
   * A further signing certificate for {@code feed} under the city's root, in {@code out} with the gateway's password.
   *
   * @param approve true to enter it in the register as pending, so that a rotation may name it
   * @return its DER
   */
  byte[] makeSigning(String feed, Suite suite, Path out, char[] password, boolean approve) {
    Issued issued = signing(feed, suite);
    Keys.write(out, password, "signing", issued.pair().getPrivate(), false, issued.der());
    if (approve) {
      Register.approve(dir.resolve("city/register.json"), feed, issued.der());
    }
    return issued.der();
  }

  private Issued signing(String feed, Suite suite) {
    Keys root = Keys.read(dir.resolve("city/root-" + suite.id + ".p12"), readPassword(dir.resolve("city/password")));
    return issue(authority(root), suite, "CN=EMR Gateway signing,O=" + feed.split("/")[0], suite, urn(feed), null);
  }

  /** A TLS client certificate under the hospitals' CA; pinned only once it stands in the register. */
  Issued tlsClient(String feed) {
    Keys ca = Keys.read(dir.resolve("city/client-ca.p12"), readPassword(dir.resolve("city/password")));
    return issue(authority(ca), Suite.INTL, "CN=EMR Gateway TLS,O=" + feed.split("/")[0], Suite.INTL, urn(feed),
        KeyPurposeId.id_kp_clientAuth);
  }

  private static Issued authority(Keys keys) {
    Pinned certificate = keys.certificate();
    return new Issued(new KeyPair(certificate.key, keys.key()), certificate.der, certificate.holder.getSubject());
  }

  private static GeneralNames urn(String feed) {
    return new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, "urn:emr-gateway:feed:" + feed));
  }

  private Issued authority(String name, Suite suite) {
    return issue(null, suite, name, suite, null, null);
  }

  /**
   * @param issuer null for a self-signed authority
   * @param issuerSuite whose algorithm signs
   */
  private Issued issue(
      Issued issuer, Suite issuerSuite, String name, Suite suite, GeneralNames names, KeyPurposeId purpose) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", Suite.BC);
      generator.initialize(new ECGenParameterSpec(suite.curve), RANDOM);
      KeyPair pair = generator.generateKeyPair();
      X500Name subject = new X500Name(name);
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              issuer == null ? subject : issuer.name(),
              new BigInteger(120, RANDOM).setBit(119),
              Date.from(now.minus(BACKDATED)),
              Date.from(now.plus(lifetime)),
              subject,
              pair.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(issuer == null));
      builder.addExtension(Extension.keyUsage, true,
          new KeyUsage(KeyUsage.digitalSignature | (issuer == null ? KeyUsage.keyCertSign | KeyUsage.cRLSign : 0)));
      if (names != null) {
        builder.addExtension(Extension.subjectAlternativeName, false, names);
      }
      if (purpose != null) {
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
      }
      var signer =
          new JcaContentSignerBuilder(issuerSuite.signatureName)
              .setProvider(Suite.BC)
              .build(issuer == null ? pair.getPrivate() : issuer.pair().getPrivate());
      return new Issued(pair, builder.build(signer).getEncoded(), subject);
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("a trial certificate cannot be made", e);
    }
  }

  /** Writes a new random password that only the owner may read. */
  private static char[] password(Path file) throws IOException {
    byte[] random = new byte[24];
    RANDOM.nextBytes(random);
    String password = HexFormat.of().formatHex(random);
    try (OutputStream out = Keys.ownersOnly(file)) {
      out.write(password.getBytes(StandardCharsets.US_ASCII));
    }
    return password.toCharArray();
  }

  static char[] readPassword(Path file) {
    try {
      return Files.readString(file, StandardCharsets.US_ASCII).strip().toCharArray();
    } catch (IOException e) {
      throw new UncheckedIOException("no password file " + file.getFileName(), e);
    }
  }

  private static String pem(byte[] der) {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END CERTIFICATE-----\n";
  }

  private static String base64(byte[] der) {
    return Base64.getEncoder().encodeToString(der);
  }
}
