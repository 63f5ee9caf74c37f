package io.emrgateway.mappings;

import io.emrgateway.mappings.rules.ResidentId;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What the mapping has to know about the hospital a message comes from.
 *
 * @param id the hospital's number in the city's register, e.g. {@code H-0104}; part of every identity we derive, so
 *     that two hospitals never share one by accident
 * @param zone the offset written out on times that carry none, in messages whose MSH-7 carries none
 * @param namespace absolute URI without trailing delimiter in which the hospital's own identifier and code systems
 *     are named, e.g. {@code urn:emr-gateway:H-0104}
 * @param patientAuthority assigning authority of a PID-3 that names none
 * @param authorities identifier systems (absolute URIs) of assigning authorities that have a nationally or
 *     city-wide agreed one, by the name the HIS uses in CX-4.1
 */
public record Site(
    String id, ZoneOffset zone, String namespace, String patientAuthority, Map<String, String> authorities) {
  private static final String HEX = "0123456789ABCDEF";

  public Site {
    if (Objects.requireNonNull(id, "id").isBlank()) {
      throw new IllegalArgumentException("A site needs an id, e.g. H-0104.");
    }
    Objects.requireNonNull(zone, "zone");
    if (Objects.requireNonNull(namespace, "namespace").indexOf(':') < 1 || namespace.indexOf(' ') >= 0) {
      throw new IllegalArgumentException("A site's namespace is an absolute URI, e.g. urn:emr-gateway:H-0104.");
    }
    Objects.requireNonNull(patientAuthority, "patientAuthority");
    authorities = Map.copyOf(authorities);
  }

  /** A hospital as we ship it: Beijing time, one namespace, no agreed authorities. */
  public static Site standard(String hospital) {
    return new Site(hospital, ZoneOffset.ofHours(8), "urn:emr-gateway:" + escape(hospital), "", Map.of());
  }

  /** The same hospital where times without an offset have this one. */
  Site at(ZoneOffset offset) {
    return offset.equals(zone) ? this : new Site(id, offset, namespace, patientAuthority, authorities);
  }

  /** The name of a system in this site's namespace, e.g. {@code system("patient", "RMYY")}; parts are URI-escaped. */
  public String system(String kind, String authority) {
    return authority == null || authority.isEmpty()
        ? namespace + ":" + kind
        : namespace + ":" + kind + ":" + escape(authority);
  }

  /**
   * What may be meant by a patient's number that a system of the hospital names as a HIS does, and not by a URI: its own
   * number by that authority, and if it has the form of a resident ID, that one.
   *
   * @param authority as in CX-4.1; null or empty for the hospital's usual one
   */
  public List<About.Identifier> patientNumbers(String authority, String value) {
    boolean unnamed = authority == null || authority.isEmpty();
    String named = unnamed ? patientAuthority : authority;
    About.Identifier own = new About.Identifier(authorities.getOrDefault(named, system("patient", named)), value);
    return unnamed && ResidentId.isSure(value, null, null) ? List.of(own, new About.Identifier(ResidentId.SYSTEM, value)) : List.of(own);
  }

  /** The numbering of resident IDs that contradict their check digit, the birth date or the sex: nobody is matched by one. */
  public String contradictoryIds() {
    return system("resident-id", "contradictory");
  }

  /** Whether a numbering is this hospital's own, and means nothing elsewhere. */
  public boolean isOurs(String system) {
    return system.startsWith("urn:emr-gateway:") || system.startsWith(namespace + ":");
  }

  /** Leaves letters, digits and {@code -._~} and percent-encodes the UTF-8 bytes of everything else. */
  static String escape(String text) {
    StringBuilder out = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain = c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '.'
          || c == '_' || c == '~';
      if (plain) {
        if (out != null) {
          out.append(c);
        }
        continue;
      }
      if (out == null) {
        out = new StringBuilder(text.length() + 16).append(text, 0, i);
      }
      if (c < 0x80) {
        percent(out, c);
        continue;
      }
      int point = text.codePointAt(i);
      for (byte b : Character.toString(point).getBytes(StandardCharsets.UTF_8)) {
        percent(out, b);
      }
      i += Character.charCount(point) - 1;
    }
    return out == null ? text : out.toString();
  }

  private static void percent(StringBuilder out, int octet) {
    out.append('%').append(HEX.charAt(octet >> 4 & 15)).append(HEX.charAt(octet & 15));
  }
}
