package io.emrgateway.routes.camel;

import io.emrgateway.mappings.About;
import io.emrgateway.mappings.records.Answer;
import io.emrgateway.mappings.records.Asked;
import io.emrgateway.mappings.records.Hospital;
import io.emrgateway.mappings.records.PatientRecords;
import io.emrgateway.mappings.records.RecordsRefused;
import io.emrgateway.routes.core.lookup.Found;
import io.emrgateway.routes.core.lookup.LookupRequest;
import io.emrgateway.routes.core.lookup.Section;
import io.emrgateway.routes.core.lookup.Window;
import io.emrgateway.routes.core.records.Records;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** What bundles say of a patient, by the mapping's knowledge of them. */
public final class FoundInRecords implements Found {
  private final Hospital own;
  private final Records records;
  private final UnaryOperator<String> nameOf;

  /** @param nameOf a hospital's name by its number, as the directory has it */
  public FoundInRecords(String org, Records records, UnaryOperator<String> nameOf) {
    this.own = new Hospital(org, nameOf.apply(org));
    this.records = records;
    this.nameOf = nameOf;
  }

  @Override
  public List<byte[]> here(LookupRequest.Sought patient, LookupRequest.Scope scope, Window window) {
    List<byte[]> bundles = records.about(patient.identifiers(), 0).stream().map(Records.Record::bundle).toList();
    return cut(own, bundles, patient, scope, window);
  }

  @Override
  public List<byte[]> there(String org, List<byte[]> bundles, LookupRequest.Sought patient, LookupRequest.Scope scope,
      Window window) {
    return cut(new Hospital(org, nameOf.apply(org)), bundles, patient, scope, window);
  }

  private static List<byte[]> cut(Hospital hospital, List<byte[]> bundles, LookupRequest.Sought patient,
      LookupRequest.Scope scope, Window window) {
    PatientRecords known = new PatientRecords(hospital);
    for (byte[] bundle : bundles) {
      try {
        known.take(bundle);
      } catch (RecordsRefused refused) {
        // One bundle that fits no state, as a receiver would have refused it, must not cost the patient all others.
      }
    }
    Answer answer = known.answer(new Asked(
        patient.identifiers().stream().map(one -> new About.Identifier(one.system(), one.value())).toList(),
        new io.emrgateway.mappings.records.Window(window.first(), window.last()),
        scope.sections().stream().map(FoundInRecords::section).collect(Collectors.toSet()), false));
    return answer.bundles();
  }

  private static io.emrgateway.mappings.records.Section section(Section section) {
    return io.emrgateway.mappings.records.Section.of(section.wireName());
  }

  @Override
  public String digest(List<byte[]> bundles) {
    try {
      MessageDigest all = MessageDigest.getInstance("SHA-256");
      MessageDigest each = MessageDigest.getInstance("SHA-256");
      bundles.forEach(bundle -> all.update(each.digest(bundle)));
      return HexFormat.of().formatHex(all.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
