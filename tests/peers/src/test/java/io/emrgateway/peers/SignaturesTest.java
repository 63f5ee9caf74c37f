package io.emrgateway.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How: a real feed of the packaged gateway, as the city got it; the judge is OpenSSL, with the gateway's certificate alone. */
@DisplayName("A batch that the gateway sent")
@Timeout(120)
class SignaturesTest {
  private static final int MESSAGES = 5;

  @TempDir Path folder;

  @Test
  void of_intl_is_verified_by_openssl_cms_and_a_changed_one_is_not() throws Exception {
    Programs.assumeInstalled("openssl");
    Path certificate = certificate(sentFeed("intl"));
    List<byte[]> headers = headers();

    for (byte[] cms : headers) {
      Path content = folder.resolve("content");
      assertThat(verified(cms, certificate, content)).isTrue();
      assertThat(Files.readString(content)).startsWith("{\"v\":1,\"feed\":\"H-0104/main\"");
      byte[] changed = changed(cms, "\"seq\":");
      assertThat(verified(changed, certificate, content)).isFalse();
    }
  }

  /** OpenSSL's own CMS command takes another SM2 user id, so the CMS is taken to pieces and pkeyutl judges. */
  @Test
  void of_gm_is_verified_by_openssl_with_the_standard_user_id_and_by_its_sm3() throws Exception {
    Programs.assumeInstalled("openssl");
    Path certificate = certificate(sentFeed("gm"));
    Path key = folder.resolve("key.pem");
    Files.write(key, openssl("x509", "-in", certificate.toString(), "-noout", "-pubkey").output());

    for (byte[] cms : headers()) {
      Der signedData = Der.of(cms).at(1, 0);
      byte[] content = signedData.at(2, 1, 0).value();
      Der signer = signedData.at(signedData.parts().size() - 1, 0);
      byte[] attributes = signer.at(3).whole().clone();
      // Signed as a SET OF, written as [0] (RFC 5652 section 5.4).
      attributes[0] = 0x31;

      assertThat(content).startsWith("{\"v\":1,\"feed\":\"H-0104/main\"".getBytes(StandardCharsets.UTF_8));
      assertThat(sm2(attributes, signer.at(5).value(), key)).isTrue();
      assertThat(contains(attributes, sm3(content))).as("messageDigest is the SM3 of the content").isTrue();
      attributes[attributes.length - 1] ^= 1;
      assertThat(sm2(attributes, signer.at(5).value(), key)).isFalse();
    }
  }

  /** Sends a few messages through a whole hospital and exports what the city holds; its keys' folder. */
  private Path sentFeed(String suite) throws IOException {
    try (Hospital hospital = new Hospital(folder, suite)) {
      for (int k = 0; k < MESSAGES; k++) {
        Admission admission = Admission.from("signed");
        try (Socket socket = new Socket("127.0.0.1", hospital.agent.mllpPort())) {
          socket.setSoTimeout(8_000);
          socket.getOutputStream().write(("\u000b" + admission.text() + "\u001c\r").getBytes(StandardCharsets.UTF_8));
          assertThat(socket.getInputStream().read()).isEqualTo(0x0B);
        }
        hospital.bundleOf(admission.control());
      }
      hospital.agent.awaitSettled(Duration.ofSeconds(20));
      hospital.city.export(folder.resolve("export"));
      return hospital.city.gatewayKeys();
    }
  }

  /** What the city pinned for this feed. */
  private Path certificate(Path keys) throws IOException {
    JsonNode register = new ObjectMapper().readTree(keys.resolveSibling("city").resolve("register.json").toFile());
    String certificate = register.findValue("signing").asText();
    return Files.writeString(folder.resolve("signing.pem"), "-----BEGIN CERTIFICATE-----\n"
        + certificate.replaceAll("(.{64})", "$1\n") + "\n-----END CERTIFICATE-----\n");
  }

  private List<byte[]> headers() throws IOException {
    List<byte[]> headers = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.resolve("export"))) {
      for (Path file : files.filter(one -> one.toString().endsWith(".batch")).sorted().toList()) {
        ByteBuffer batch = ByteBuffer.wrap(Files.readAllBytes(file));
        byte[] header = new byte[batch.getInt()];
        batch.get(header);
        headers.add(header);
      }
    }
    assertThat(headers).isNotEmpty();
    return headers;
  }

  /** Trusts this certificate and no other, whatever the CMS brings along. */
  private boolean verified(byte[] cms, Path certificate, Path content) throws Exception {
    Path file = Files.write(folder.resolve("header.cms"), cms);
    return openssl("cms", "-verify", "-inform", "DER", "-binary", "-noverify", "-nointern",
        "-certfile", certificate.toString(), "-in", file.toString(), "-out", content.toString()).ok();
  }

  private boolean sm2(byte[] data, byte[] signature, Path key) throws Exception {
    Path signed = Files.write(folder.resolve("signed"), data);
    Path file = Files.write(folder.resolve("signature"), signature);
    return openssl("pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678",
        "-pubin", "-inkey", key.toString(), "-in", signed.toString(), "-sigfile", file.toString()).ok();
  }

  private byte[] sm3(byte[] content) throws Exception {
    Path file = Files.write(folder.resolve("content"), content);
    return openssl("dgst", "-sm3", "-binary", file.toString()).output();
  }

  private static Programs.Answer openssl(String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(words));
    return Programs.run(new byte[0], command.toArray(String[]::new));
  }

  /** Adds one to the digit that follows the key, in the signed content. */
  private static byte[] changed(byte[] cms, String key) {
    byte[] changed = cms.clone();
    int at = new String(cms, StandardCharsets.ISO_8859_1).indexOf(key) + key.length();
    changed[at] = (byte) (changed[at] == '9' ? '8' : changed[at] + 1);
    return changed;
  }

  private static boolean contains(byte[] whole, byte[] part) {
    return part.length == 32
        && new String(whole, StandardCharsets.ISO_8859_1).contains(new String(part, StandardCharsets.ISO_8859_1));
  }
}
