package io.emrgateway.benchmarks.mapping;

import ca.uhn.hl7v2.DefaultHapiContext;
import ca.uhn.hl7v2.HL7Exception;
import ca.uhn.hl7v2.parser.CanonicalModelClassFactory;
import ca.uhn.hl7v2.parser.PipeParser;
import ca.uhn.hl7v2.validation.impl.ValidationContextFactory;
import io.emrgateway.mappings.Mapping;
import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.hl7.CharsetPolicy;
import io.emrgateway.mappings.hl7.Decoded;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The messages that are measured: such as both sides can read, so that both do the same work's beginning. */
final class Messages {
  static final Site SITE = Site.standard("H-0104");
  static final CharsetPolicy CHARSET = CharsetPolicy.of("detect");
  private static final Charset GB18030 = Charset.forName("GB18030");

  private Messages() {}

  /**
   * All ADT of a folder that the mapping converts and HAPI parses.
   *
   * @param folder holds {@code *.hl7}, one message each
   */
  static List<byte[]> adt(Path folder, Mapping mapping) {
    PipeParser hapi = hapi();
    List<byte[]> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(one -> one.toString().endsWith(".hl7")).sorted().toList()) {
        byte[] bytes = Files.readAllBytes(file);
        if (CHARSET.decode(bytes) instanceof Decoded decoded) {
          var mapped = mapping.map(decoded.text(), SITE, "b");
          if (mapped.messageType().startsWith("ADT") && mapped.converted() && parses(hapi, decoded.text())) {
            found.add(bytes);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (found.isEmpty()) {
      throw new IllegalStateException("no ADT message in " + folder);
    }
    return found;
  }

  /** A laboratory report with 30 results in GB 18030, some 4.5 KB, as a Chinese laboratory system sends it. */
  static byte[] oruOf30() {
    StringBuilder text = new StringBuilder("MSH|^~\\&|LIS|RMYY|EMR|CITY|20240318093015+0800||ORU^R01|CN0006|P|2.4||||||GB 18030-2000\r"
        + "PID|1||0001234567^^^RMYY^PI~11010119850307002X^^^NHSA^NI||张伟||19850307|M\r"
        + "PV1|1|I|N03^301^02||||D1001^李医生||||||||||||ZY1^^^RMYY^VN\rORC|RE|JY1^HIS|BG1^LIS\r"
        + "OBR|1|JY1^HIS|BG1^LIS|XCG^血常规^LOCAL|R||20240318090000|||||||||||||||20240318100000||HM|F\r");
    for (int i = 1; i <= 30; i++) {
      text.append("OBX|").append(i).append("|NM|T").append(i).append("^白细胞计数").append(i)
          .append("^LOCAL^6690-2^WBC^LN||12.").append(i)
          .append("|10*9/L|3.5-9.5|H|||F|||20240318095500+0800|检验科|D4001^陈检验||XN-1000\r");
    }
    return text.toString().getBytes(GB18030);
  }

  /** A typed parse without validation, of 2.4 whatever the header says: the structures' cost, not the version's. */
  static PipeParser hapi() {
    DefaultHapiContext context = new DefaultHapiContext();
    context.setModelClassFactory(new CanonicalModelClassFactory("2.4"));
    context.setValidationContext(ValidationContextFactory.noValidation());
    return context.getPipeParser();
  }

  static String text(byte[] bytes) {
    return CHARSET.decode(bytes) instanceof Decoded decoded ? decoded.text() : new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static boolean parses(PipeParser hapi, String text) {
    try {
      return hapi.parse(text) != null;
    } catch (HL7Exception e) {
      return false;
    }
  }
}
