package io.emrgateway.mappings.records;

import io.emrgateway.mappings.About.Identifier;
import java.time.Instant;
import java.util.List;

/** A patient of more than 5,000 resources, answered for and summarised; prints how many. */
final class LongStay {
  private LongStay() {}

  public static void main(String[] args) {
    Feed feed = Feed.ofThisHospital();
    feed.sends("ADT^A01", Feed.OUYANG.pid(), Feed.pv1("I", "ZY1", "20261001080000", ""));
    for (int report = 0; report < 250; report++) {
      String[] segments = new String[23];
      segments[0] = Feed.OUYANG.pid();
      segments[1] = Feed.pv1("I", "ZY1", "", "");
      segments[2] = "OBR|1|JY" + report + "^HIS|BG" + report + "^LIS|SH^生化全套^LOCAL|||20261101090000||||||||||||||||||F";
      for (int item = 0; item < 20; item++) {
        segments[item + 3] = "OBX|" + (item + 1) + "|NM|I" + item + "^项目" + item + "^LOCAL^6690-2^白细胞计数^LN||" + item
            + ".5|mmol/L|1-20||||F|||20261101" + (100000 + report % 60 * 100);
      }
      feed.sends("ORU^R01", segments);
    }
    Asked asked = Feed.about(Feed.RESIDENT, "2026-11-28");
    Answer answer = feed.answer(asked);
    PatientRecords received = new PatientRecords(feed.hospital);
    answer.bundles().forEach(received::take);
    byte[] summary = PatientSummary.write(new PatientSummary.Head(new Identifier("urn:ietf:rfc:3986", "urn:uuid:" + new java.util.UUID(1, 2)),
        Instant.parse("2026-11-28T00:00:00Z"), new Hospital("H-0001", "北医三院"), new Whom("欧阳锋", null, null), asked, java.util.Set.of()),
        List.of(Source.answered(received)));
    if (summary.length < answer.bundles().get(0).length) {
      throw new IllegalStateException("The summary holds less than the answer.");
    }
    System.out.println("resources " + answer.resources());
  }
}
