package io.emrgateway.agent.consent;

import io.emrgateway.agent.seal.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;

/**
 * The evidence of a consent that was signed at the gateway's page: one JSON file of the text as it was shown, the strokes,
 * the image, the times, the ticket and the device. Whoever changes any of it changes the file's hash, which stands in the
 * consent, in the audit and in every request that rests on it.
 *
 * @see "agent/decisions/0023-consents.md, Evidence"
 */
final class SignedText {
  private SignedText() {}

  /**
   * @param ticket that was used; spent, it opens nothing
   * @param agent how the browser calls itself
   * @param suite e.g. {@code intl}: which hash {@code hash} is
   */
  static byte[] write(Signing.Shown shown, Signature signature, String ticket, Instant signedAt, String address, String agent, String suite,
      Function<byte[], String> hash) {
    StringBuilder out = new StringBuilder(4_096 + signature.image().length * 4 / 3);
    text(out, "{\"v\":1,\"reference\":", shown.offer().reference());
    text(out, ",\"ticket\":", ticket);
    text(out, ",\"suite\":", suite);
    text(out, ",\"version\":", shown.version());
    text(out, ",\"text\":", shown.text());
    text(out, ",\"textHash\":", hash.apply(shown.text().getBytes(StandardCharsets.UTF_8)));
    time(out, ",\"shownAt\":", shown.at());
    time(out, ",\"signedAt\":", signedAt);
    out.append(",\"width\":").append(signature.width()).append(",\"height\":").append(signature.height());
    texts(out, ",\"strokes\":", signature.strokes());
    text(out, ",\"image\":", Base64.getEncoder().encodeToString(signature.image()));
    text(out, ",\"imageHash\":", hash.apply(signature.image()));
    text(out, ",\"device\":{\"address\":", address);
    text(out, ",\"agent\":", agent);
    text(out, ",\"pointer\":", signature.pointer());
    return out.append("}}").toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void text(StringBuilder out, String before, String text) {
    Json.quote(out.append(before), text);
  }

  private static void time(StringBuilder out, String before, Instant time) {
    text(out, before, Json.time(time.atOffset(ZoneOffset.UTC)));
  }

  private static void texts(StringBuilder out, String before, List<String> texts) {
    out.append(before).append('[');
    String comma = "";
    for (String one : texts) {
      Json.quote(out.append(comma), one);
      comma = ",";
    }
    out.append(']');
  }
}
