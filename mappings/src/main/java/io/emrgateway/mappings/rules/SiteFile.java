package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.hl7.CharsetPolicy;
import java.time.DateTimeException;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What {@code site.yaml} says.
 *
 * @param charset for its examples and recorded messages in files; a running source has its own
 */
public record SiteFile(Site site, CharsetPolicy charset) {

  /**
   * @throws RuleError for an unknown key or a value that cannot be, with line and remedy
   */
  public static SiteFile parse(String file, String text) {
    Yaml yaml = YamlFile.parse(file, text)
        .only(Set.of("site", "zone", "namespace", "patient-authority", "authorities", "charset", "note"));
    Site standard;
    try {
      standard = Site.standard(yaml.need("site").text());
    } catch (IllegalArgumentException e) {
      throw yaml.need("site").error("缺少医院编号 / A site needs an id.", "写医院编号，如 H-0104 / Write the hospital's number, e.g. H-0104.");
    }
    ZoneOffset zone = standard.zone();
    if (yaml.get("zone") != null) {
      try {
        zone = ZoneOffset.of(yaml.text("zone"));
      } catch (DateTimeException e) {
        throw yaml.get("zone").error("\"" + yaml.text("zone") + "\" 不是时区偏移 / is no offset.",
            "写 \"+08:00\"（带引号） / Write +08:00 in quotes.");
      }
    }
    Map<String, String> authorities = new LinkedHashMap<>();
    if (yaml.get("authorities") != null) {
      yaml.get("authorities").map().forEach((name, system) -> authorities.put(name, system.text()));
    }
    String patients = yaml.text("patient-authority") == null ? standard.patientAuthority() : yaml.text("patient-authority");
    String namespace = yaml.text("namespace") == null ? standard.namespace() : yaml.text("namespace");
    try {
      return new SiteFile(new Site(standard.id(), zone, namespace, patients, authorities),
          CharsetPolicy.of(yaml.text("charset") == null ? "detect" : yaml.text("charset")));
    } catch (IllegalArgumentException e) {
      Yaml place = yaml.get("charset") == null ? yaml.need("site") : yaml.get("charset");
      throw place.error("namespace 或 charset 不可用 / The namespace or the charset cannot be used.",
          "namespace 为 URI，charset 为 detect、GB18030、UTF-8 等 / "
              + "A namespace is a URI such as urn:emr-gateway:H-0104, a charset detect, msh-18, GB18030, UTF-8 …");
    }
  }
}
