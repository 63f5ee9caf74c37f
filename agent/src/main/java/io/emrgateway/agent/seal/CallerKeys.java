package io.emrgateway.agent.seal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.emrgateway.agent.seal.SealRefused.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The public keys of one system that signs its calls (JWS, RFC 7515), out of a file that the hospital has put there: PEM
 * (public keys or certificates), a JWK or a set of them (RFC 7517). Nothing is ever fetched for a token's asking.
 */
public final class CallerKeys {
  private static final int FILE_BYTES_MAX = 256 << 10;
  private static final int RSA_BITS_MIN = 2048;
  private static final Pattern PEM = Pattern.compile("-----BEGIN (PUBLIC KEY|CERTIFICATE)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");
  private static final JsonFactory JSON = new JsonFactory();

  /** @param kid empty if the file gives none */
  private record Key(String kid, PublicKey key) {}

  private final List<Key> keys;

  private CallerKeys(List<Key> keys) {
    this.keys = List.copyOf(keys);
  }

  /**
   * Reads them.
   *
   * @throws SealRefused {@code seal.key-file-unreadable}, {@code seal.caller-key} if there is none of P-256, P-384 or RSA with
   *     at least 2048 bits in it; names the file
   */
  public static CallerKeys open(Path file) {
    String place = SecretFile.place(file);
    try {
      if (Files.size(file) > FILE_BYTES_MAX) {
        throw new SealRefused(Reason.CALLER_KEY, place);
      }
      String text = Files.readString(file);
      CallerKeys keys = new CallerKeys(text.stripLeading().startsWith("{") ? jwks(text) : pem(text));
      if (keys.keys.isEmpty() || keys.keys.stream().anyMatch(one -> algorithms(one.key()).isEmpty())) {
        throw new SealRefused(Reason.CALLER_KEY, place);
      }
      return keys;
    } catch (IOException e) {
      throw new SealRefused(e instanceof com.fasterxml.jackson.core.JacksonException ? Reason.CALLER_KEY : Reason.KEY_FILE_UNREADABLE, place);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new SealRefused(Reason.CALLER_KEY, place);
    }
  }

  private static List<Key> pem(String text) throws GeneralSecurityException {
    List<Key> keys = new ArrayList<>();
    Matcher block = PEM.matcher(text);
    while (block.find()) {
      byte[] der = Base64.getMimeDecoder().decode(block.group(2));
      keys.add(new Key("", block.group(1).equals("CERTIFICATE")
          ? CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der)).getPublicKey() : publicKey(der)));
    }
    return keys;
  }

  private static PublicKey publicKey(byte[] der) throws GeneralSecurityException {
    try {
      return KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(der));
    } catch (GeneralSecurityException notOfACurve) {
      return KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(der));
    }
  }

  private static List<Key> jwks(String text) throws IOException, GeneralSecurityException {
    List<Map<String, String>> objects = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(text)) {
      List<Map<String, String>> open = new ArrayList<>();
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.START_OBJECT) {
          open.add(new HashMap<>());
        } else if (token == JsonToken.END_OBJECT) {
          objects.add(open.remove(open.size() - 1));
        } else if (token == JsonToken.VALUE_STRING && parser.currentName() != null) {
          open.get(open.size() - 1).put(parser.currentName(), parser.getText());
        }
      }
    }
    List<Key> keys = new ArrayList<>();
    for (Map<String, String> one : objects) {
      if (one.containsKey("kty") && !"enc".equals(one.get("use"))) {
        keys.add(new Key(one.getOrDefault("kid", ""), jwk(one)));
      }
    }
    return keys;
  }

  private static PublicKey jwk(Map<String, String> jwk) throws GeneralSecurityException {
    if ("RSA".equals(jwk.get("kty"))) {
      return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(number(jwk, "n"), number(jwk, "e")));
    }
    String curve = "P-256".equals(jwk.get("crv")) ? "secp256r1" : "P-384".equals(jwk.get("crv")) ? "secp384r1" : "none";
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec(curve));
    return KeyFactory.getInstance("EC").generatePublic(
        new ECPublicKeySpec(new ECPoint(number(jwk, "x"), number(jwk, "y")), parameters.getParameterSpec(ECParameterSpec.class)));
  }

  private static BigInteger number(Map<String, String> jwk, String name) {
    return new BigInteger(1, Base64.getUrlDecoder().decode(jwk.getOrDefault(name, "")));
  }

  /** By its JWS name, the JDK's name of what a key may sign with: the key decides, never the token alone. */
  private static Map<String, String> algorithms(PublicKey key) {
    if (key instanceof RSAPublicKey rsa) {
      return rsa.getModulus().bitLength() < RSA_BITS_MIN ? Map.of() : Map.of("RS256", "SHA256withRSA", "RS384", "SHA384withRSA");
    }
    int bits = key instanceof ECPublicKey ec ? ec.getParams().getOrder().bitLength() : 0;
    return bits == 256 ? Map.of("ES256", "SHA256withECDSAinP1363Format") : bits == 384 ? Map.of("ES384", "SHA384withECDSAinP1363Format") : Map.of();
  }

  /**
   * Whether one of the keys has signed it.
   *
   * @param algorithm as the token's head says: ES256, ES384, RS256 or RS384
   * @param kid as the token's head says, or null
   * @param signed what was signed, as it was sent
   */
  public boolean signed(String algorithm, String kid, String signed, byte[] signature) {
    for (Key one : keys) {
      String named = algorithms(one.key()).get(String.valueOf(algorithm));
      if (named == null || kid != null && !one.kid().isEmpty() && !one.kid().equals(kid)) {
        continue;
      }
      try {
        Signature verifier = Signature.getInstance(named);
        verifier.initVerify(one.key());
        verifier.update(signed.getBytes(StandardCharsets.US_ASCII));
        if (verifier.verify(signature)) {
          return true;
        }
      } catch (GeneralSecurityException e) {
        continue; // A signature of another form is none of this key's.
      }
    }
    return false;
  }
}
