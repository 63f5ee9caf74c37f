package io.emrgateway.agent.seal;

import io.emrgateway.agent.files.DurableFile;
import io.emrgateway.agent.seal.SealRefused.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whom the gateway believes: the city's receipt and lookup certificates, and the other hospitals'.
 *
 * <p>The first one is installed by a person and trusted because it stands where it stands; every later one
 * has to be signed by a root of the one before and carry a greater version, so no old one comes back.
 *
 * @param roots who may sign the next trust file
 * @param receiptCertificates who may sign receipts and heads
 * @param lookupCertificates who may sign lookups
 */
public record TrustFile(
    byte[] cms,
    Suite suite,
    long version,
    Instant issued,
    Instant expires,
    List<Certificate> roots,
    List<Certificate> receiptCertificates,
    List<Certificate> lookupCertificates,
    List<Hospital> hospitals) {

  private static final long FILE_BYTES_MAX = 16L << 20;

  /** A hospital's feed, who it is, and the certificates its records are signed with. */
  public record Hospital(String feed, String org, String name, List<Certificate> certificates) {
    /** The suite of its feed, which its certificates tell. */
    public Suite suite() {
      if (certificates.isEmpty()) {
        throw new SealRefused(Reason.SIGNER_NOT_PINNED, "trust.hospitals");
      }
      return certificates.get(0).suite();
    }
  }

  /**
   * Loads the installed file. Its signature is checked against the certificate inside, which shows that
   * the file is whole; an expired one loads, because only its user can say what still goes on without it.
   *
   * @throws SealRefused {@code seal.key-file-unreadable}, {@code seal.*}, {@code trust.incomplete}
   */
  public static TrustFile load(Path file, Suite suite) {
    byte[] cms;
    try {
      if (Files.size(file) > FILE_BYTES_MAX) {
        throw new SealRefused(Reason.KEY_FILE_CONTENT, SecretFile.place(file));
      }
      cms = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new SealRefused(Reason.KEY_FILE_UNREADABLE, SecretFile.place(file));
    }
    return installed(cms, suite);
  }

  /** The same from bytes. */
  public static TrustFile installed(byte[] cms, Suite suite) {
    return read(cms, suite, StrictCms.openByOwnCertificate(cms, suite));
  }

  /**
   * The newer file, if this one vouches for it.
   *
   * @throws SealRefused {@code seal.signer-not-pinned} when no root of this file signed it,
   *     {@code trust.version-not-greater}, {@code trust.expired}, {@code trust.incomplete}
   */
  public TrustFile accept(byte[] newer, Instant now) {
    TrustFile next = read(newer, suite, StrictCms.open(newer, suite, roots));
    if (next.version <= version) {
      throw new SealRefused(Reason.TRUST_VERSION, "trust.version");
    }
    if (next.isExpired(now)) {
      throw new SealRefused(Reason.TRUST_EXPIRED, "trust.expires");
    }
    return next;
  }

  public boolean isExpired(Instant now) {
    return !now.isBefore(expires);
  }

  public Optional<Hospital> hospital(String feed) {
    return hospitals.stream().filter(hospital -> hospital.feed().equals(feed)).findFirst();
  }

  /** Replaces the installed file: after a power cut either the old one stands there or this one, whole. */
  public void install(Path file) {
    try {
      DurableFile.replace(file, cms);
    } catch (IOException e) {
      throw new SealRefused(Reason.KEY_FILE_UNREADABLE, SecretFile.place(file));
    }
    SecretFile.syncFolder(file);
  }

  private static TrustFile read(byte[] cms, Suite suite, byte[] content) {
    Json.Fields json = Json.read(content, "trust");
    json.version1();
    if (!json.text("suite").equals(suite.wireName())) {
      throw new SealRefused(Reason.SUITE_MISMATCH, "trust.suite");
    }
    TrustFile file = new TrustFile(
        cms.clone(), suite, json.number("version"), json.time("issued").toInstant(), json.time("expires").toInstant(),
        certificates(json, "roots"), certificates(json, "receipt"), certificates(json, "lookup"),
        json.objects("hospitals", hospital -> new Hospital(
            hospital.text("feed"), hospital.text("org"), hospital.text("name"),
            certificates(hospital, "certificates"))));
    json.end();
    if (file.roots.isEmpty() || file.receiptCertificates.isEmpty()) {
      throw new SealRefused(Reason.TRUST_INCOMPLETE, file.roots.isEmpty() ? "trust.roots" : "trust.receipt");
    }
    return file;
  }

  private static List<Certificate> certificates(Json.Fields json, String key) {
    List<Certificate> certificates = new ArrayList<>();
    for (String base64 : json.texts(key)) {
      certificates.add(Certificate.ofDer(json.decoded(key, base64)));
    }
    return List.copyOf(certificates);
  }

  /** Version and expiry. */
  @Override
  public String toString() {
    return "TrustFile[version=" + version + ", expires=" + expires + "]";
  }
}
