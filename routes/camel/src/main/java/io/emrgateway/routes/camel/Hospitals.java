package io.emrgateway.routes.camel;

import io.emrgateway.mappings.records.Hospital;
import io.emrgateway.mappings.records.PatientRecords;
import io.emrgateway.mappings.records.RecordsRefused;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/** The hospitals by their numbers, and what their bundles come to. */
public final class Hospitals {
  private final UnaryOperator<String> nameOf;
  private final BiConsumer<String, String> passedOver;

  /**
   * @param nameOf a hospital's name by its number, as the directory has it
   * @param passedOver told the hospital and code and place of a bundle that fits no state; never what it holds
   */
  public Hospitals(UnaryOperator<String> nameOf, BiConsumer<String, String> passedOver) {
    this.nameOf = nameOf;
    this.passedOver = passedOver;
  }

  Hospital named(String org) {
    return new Hospital(org, nameOf.apply(org));
  }

  /** The state that a hospital's bundles lead to; what {@link #take} passes over is not in it. */
  PatientRecords records(String org, List<byte[]> bundles) {
    PatientRecords known = new PatientRecords(named(org));
    bundles.forEach(bundle -> take(known, bundle));
    return known;
  }

  /** One more bundle; one that fits no state, as a receiver would refuse it, is told and passed over. */
  void take(PatientRecords known, byte[] bundle) {
    try {
      known.take(bundle);
    } catch (RecordsRefused refused) {
      passedOver.accept(known.hospital().id(), refused.reason().code() + " " + refused.place());
    }
  }
}
