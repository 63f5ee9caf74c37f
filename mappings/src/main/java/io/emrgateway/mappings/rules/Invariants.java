package io.emrgateway.mappings.rules;

import io.emrgateway.mappings.fhir.Element;
import java.util.List;

/**
 * What R4 forbids in combination and no single row can see: the part that does not fit is taken back, so that the rest
 * may stand.
 *
 * @see "hl7.org/fhir/R4: org-2, org-3, pat-1, mad-1, prr-1"
 */
final class Invariants {
  private Invariants() {}

  /** Makes a settled resource hold; what a period must not do is seen to where its end is written. */
  static void uphold(Element resource) {
    switch (resource.type().name()) {
      case "Organization" -> {
        nobodysHome(resource.list("address"));
        nobodysHome(resource.list("telecom"));
      }
      case "Patient" -> contacts(resource);
      case "MedicationAdministration" -> dosage(resource);
      case "ServiceRequest" -> details(resource);
      default -> { }
    }
  }

  /** An organization lives nowhere (org-2, org-3): the address is right, the word for it is not. */
  private static void nobodysHome(List<Element> addresses) {
    for (Element address : addresses) {
      if ("home".equals(address.text("use"))) {
        address.clear("use");
      }
    }
  }

  /** A contact whom nobody can name or reach is none (pat-1). */
  private static void contacts(Element patient) {
    List<Element> contacts = patient.list("contact");
    if (!contacts.isEmpty()) {
      contacts.removeIf(one -> !one.has("name") && !one.has("telecom") && !one.has("address")
          && !one.has("organization"));
      if (contacts.isEmpty()) {
        patient.clear("contact");
      }
    }
  }

  /** A route without an amount is still a route (mad-1): the amount says that it is unknown. */
  private static void dosage(Element administration) {
    if (administration.get("dosage") instanceof Element dosage && !dosage.has("dose") && !dosage.has("rateQuantity")) {
      dosage.with("dose", Element.of("Quantity").with("extension", Concepts.unknown()));
    }
  }

  /** Details of an order that does not say what is ordered (prr-1): then that is unknown. */
  private static void details(Element request) {
    if (request.has("orderDetail") && !request.has("code")) {
      request.with("code", Functions.concept(
          "http://terminology.hl7.org/CodeSystem/data-absent-reason", "unknown", "Unknown"));
    }
  }
}
