package io.emrgateway.crashes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.emrgateway.conformance.FeedVerifier;
import io.emrgateway.conformance.Report;
import io.emrgateway.journeys.City;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The chain from the first batch on, judged by a verifier that uses neither the gateway's nor the city's code. */
final class Proof {
  private static final Pattern RECEIPT = Pattern.compile("\"receipt\":\\[\"([A-Za-z0-9+/=]+)\"");

  private Proof() {}

  /** Exports what the city holds into a new folder and verifies it with the certificates pinned at the start. */
  static Report of(City city, Path target) {
    try {
      city.export(target);
      return FeedVerifier.verify(target, signing(city), receipt(city));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String signing(City city) throws IOException {
    JsonNode register = new ObjectMapper().readTree(city.folder().resolve("city/register.json").toFile());
    String found = register.findValue("signing").asText();
    return pem(found);
  }

  /** The trust file is DER, so its JSON stands in one piece and can be found without opening the envelope. */
  private static String receipt(City city) throws IOException {
    String trust = Files.readString(city.gatewayKeys().resolve("trust.cms"), StandardCharsets.ISO_8859_1);
    Matcher matcher = RECEIPT.matcher(trust);
    if (!matcher.find()) {
      throw new IllegalStateException("the trust file names no receipt certificate");
    }
    return pem(matcher.group(1));
  }

  private static String pem(String base64) {
    return "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n";
  }
}
