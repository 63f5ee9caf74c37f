package io.emrgateway.mappings;

import static io.emrgateway.mappings.Samples.at;
import static io.emrgateway.mappings.Samples.bundle;
import static io.emrgateway.mappings.Samples.own;
import static io.emrgateway.mappings.Samples.resources;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Of a drug")
class PharmacyTest {
  private final Map<String, Object> two = bundle(own("own__RDE_O11_two."));
  private final Map<String, Object> encoded = resources(two, "MedicationRequest").get(0);
  private final Object ordered = at(encoded, "contained", 0);

  @Test
  void one_prescription_is_one_request_as_the_pharmacy_encoded_it() {
    assertThat(resources(two, "MedicationRequest")).as("RX4 and RX5").hasSize(2);
    assertThat(at(encoded, "medicationCodeableConcept", "coding", 0, "code")).isEqualTo("86905");
    assertThat(at(encoded, "intent")).isEqualTo("order");
    assertThat(encoded.get("identifier")).asList().extracting(number -> at(number, "value")).contains("RX4", "PH4");
    assertThat(at(encoded, "note", 0, "text")).isEqualTo("已换为胶囊");
    assertThat(at(encoded, "extension", 0, "extension", 0, "valueCodeableConcept", "text")).isEqualTo("枸橼酸");
    for (String sample : List.of("own__RDE_O11.", "own__RDS_O13.")) {
      assertThat(resources(bundle(own(sample)), "MedicationRequest")).as(sample).hasSize(1);
    }
  }

  /** Some send the encoding with the order message. */
  @Test
  void one_prescription_is_one_request_in_an_order_message_too() {
    Map<String, Object> bundle = bundle(own("own__RDE_O11_two.").replace("RDE^O11^RDE_O11", "ORM^O01"));

    assertThat(Samples.entries(bundle)).extracting(entry -> entry.get("resource")).contains(encoded);
  }

  @Test
  void what_the_doctor_asked_for_is_kept_within_it() {
    assertThat(at(ordered, "resourceType")).isEqualTo("MedicationRequest");
    assertThat(at(ordered, "medicationCodeableConcept", "coding", 0, "code")).isEqualTo("J01");
    assertThat(at(ordered, "intent")).isEqualTo("original-order");
    assertThat(at(ordered, "subject")).isEqualTo(at(encoded, "subject"));
    assertThat(at(encoded, "basedOn", 0, "reference")).isEqualTo("#" + at(ordered, "id"));
    assertThat(at(ordered, "dosageInstruction", 0, "text")).isEqualTo("饭后服");
  }

  @Test
  void words_of_the_doctor_that_the_pharmacy_does_not_repeat_stay_in_sight() {
    Map<String, Object> request = resources(bundle(
        own("own__RDE_O11_two.").replace("|^一次两粒|", "||").replace("NTE|1||已换为胶囊\r", "")), "MedicationRequest").get(0);

    assertThat(at(request, "note", 0, "text")).isEqualTo("饭后服");
  }

  /** An order (OMP) that the pharmacy then encodes (RDE) is that order still. */
  @Test
  void an_order_is_the_same_one_before_and_after_it_was_encoded() {
    String encodes = own("own__RDE_O11_two.");
    String orders = encodes.replace("RDE^O11^RDE_O11", "OMP^O09^OMP_O09").replaceFirst("(?s)RXE\\|.*?(?=ORC\\|CA)", "");

    assertThat(at(resources(bundle(orders), "MedicationRequest").get(0), "medicationCodeableConcept", "coding", 0, "code"))
        .isEqualTo("J01");
    assertThat(addressOf(encodes, "MedicationRequest")).isEqualTo(addressOf(orders, "MedicationRequest"));
  }

  @Test
  void rhythm_route_and_parts_are_those_of_the_order_where_the_pharmacy_says_none() {
    String silent = own("own__RDE_O11_two.").replaceFirst("(?s)TQ1\\|1\\|2\\^CAP.*?(?=ORC\\|CA)", "");
    Map<String, Object> request = resources(bundle(silent), "MedicationRequest").get(0);

    assertThat(at(request, "dosageInstruction", 0, "route", "text")).isEqualTo("口服");
    assertThat(at(request, "dosageInstruction", 0, "timing", "code", "text")).isEqualTo("每日两次");
    assertThat((List<?>) request.get("dosageInstruction")).hasSize(2);
    assertThat(at(request, "dosageInstruction", 0, "doseAndRate", 0, "doseQuantity", "value"))
        .as("of another drug the dose ordered is no dose").isEqualTo("2");
  }

  @Test
  void a_dose_is_the_range_that_was_ordered_or_the_amount_that_is_given() {
    assertThat(at(ordered, "dosageInstruction", 0, "doseAndRate", 0, "doseRange", "low", "value")).isEqualTo("0.5");
    assertThat(at(ordered, "dosageInstruction", 0, "doseAndRate", 0, "doseRange", "high", "value")).isEqualTo("1");
    assertThat(at(ordered, "dosageInstruction", 0, "doseAndRate", 0, "doseRange", "high", "unit")).isEqualTo("克");
    assertThat(at(encoded, "substitution", "allowedCodeableConcept", "coding", 0, "code")).isEqualTo("G");
    assertThat(at(encoded, "dosageInstruction", 0, "doseAndRate", 0, "doseQuantity", "value")).isEqualTo("2");
    assertThat(at(encoded, "dosageInstruction", 0, "maxDosePerPeriod", "numerator", "value")).isEqualTo("4");
    assertThat(at(encoded, "dosageInstruction", 0, "text")).isEqualTo("一次两粒");
  }

  @Test
  void a_dose_that_does_not_vary_is_no_least_dose() {
    Map<String, Object> request = resources(bundle(own("synth__OMP_O09")), "MedicationRequest").get(0);

    assertThat(at(request, "dosageInstruction", 0, "doseAndRate")).asList()
        .anySatisfy(dose -> {
          assertThat(at(dose, "doseRange", "low", "value")).isEqualTo("0.5");
          assertThat(at(dose, "doseRange", "high", "value")).isEqualTo("0.5");
        });
  }

  @Test
  void two_rhythms_stay_two_and_each_keeps_its_days() {
    assertThat((List<?>) at(ordered, "dosageInstruction")).hasSize(2);
    assertThat(at(ordered, "dosageInstruction", 0, "timing", "code", "coding", 0, "system"))
        .isEqualTo("http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation");
    assertThat(at(ordered, "dosageInstruction", 0, "timing", "code", "text")).isEqualTo("每日两次");
    assertThat(at(ordered, "dosageInstruction", 0, "timing", "repeat", "boundsPeriod", "end")).isEqualTo("2024-03-25");
    assertThat(at(ordered, "dosageInstruction", 1, "timing", "repeat", "boundsPeriod", "end"))
        .as("seven days from TQ1-7").isEqualTo("2024-04-02");
    assertThat(at(encoded, "dosageInstruction", 0, "timing", "repeat", "timeOfDay", 1)).isEqualTo("20:00:00");
    assertThat((List<?>) encoded.get("dosageInstruction")).as("the pharmacy's rhythm alone").hasSize(1);
  }

  @Test
  void a_cancelled_order_is_cancelled_and_an_amount_that_is_none_is_not_invented() {
    Map<String, Object> cancelled = resources(two, "MedicationRequest").get(1);

    assertThat(cancelled).containsEntry("status", "cancelled");
    assertThat(at(cancelled, "dosageInstruction", 0).toString()).as("the word that was sent").isEqualTo("{text=x}");
  }

  @Test
  void a_dispense_tells_how_much_when_by_whom_and_on_which_order() {
    Map<String, Object> bundle = bundle(own("own__RDS_O13."));
    Map<String, Object> dispense = resources(bundle, "MedicationDispense").get(0);

    assertThat(dispense).containsEntry("status", "completed").containsEntry("whenHandedOver", "2024-03-18T10:30:00+08:00");
    assertThat(at(dispense, "quantity", "value")).isEqualTo("24");
    assertThat(at(dispense, "quantity", "unit")).isEqualTo("粒");
    assertThat(at(dispense, "identifier", 0, "value")).isEqualTo("PN1");
    assertThat(at(dispense, "performer", 0, "actor", "reference")).isNotNull();
    assertThat(at(dispense, "authorizingPrescription", 0, "reference")).isNotNull();
    assertThat(at(dispense, "context", "reference")).isNotNull();
    assertThat(at(dispense, "dosageInstruction", 0, "route", "text")).isEqualTo("口服");
    assertThat(at(dispense, "note", 1, "text")).isEqualTo("已核对");
  }

  @Test
  void a_refill_is_another_dispense_and_a_repeat_the_same() {
    String text = own("own__RDS_O13.");

    assertThat(addressOf(text, "MedicationDispense")).isEqualTo(addressOf(text, "MedicationDispense"))
        .isNotEqualTo(addressOf(text.replace("RXD|1|", "RXD|2|"), "MedicationDispense"));
  }

  @Test
  void a_dispense_without_its_order_refers_to_it_by_number_and_does_not_write_it_anew() {
    Map<String, Object> bundle = bundle(own("own__RDS_O13_alone."));

    assertThat(resources(bundle, "MedicationRequest")).isEmpty();
    assertThat(at(resources(bundle, "MedicationDispense").get(0), "authorizingPrescription", 0, "identifier", "value"))
        .isEqualTo("RX2");
    assertThat(at(resources(bundle, "MedicationDispense").get(0), "medicationCodeableConcept", "text"))
        .isEqualTo("中药饮片7剂");
  }

  @Test
  void what_was_given_and_what_was_refused_are_told_apart() {
    List<Map<String, Object>> given = resources(bundle(own("own__RAS_O17.")), "MedicationAdministration");

    assertThat(given).hasSize(2);
    assertThat(given.get(0)).containsEntry("status", "completed");
    assertThat(at(given.get(0), "effectivePeriod", "end")).isEqualTo("2024-03-18T14:30:00+08:00");
    assertThat(at(given.get(0), "dosage", "dose", "value")).isEqualTo("2");
    assertThat(at(given.get(0), "dosage", "route", "coding", 0, "code")).isEqualTo("IV");
    assertThat(at(given.get(0), "identifier", 0, "value")).isEqualTo("RX3");
    assertThat(given.get(1)).containsEntry("status", "not-done")
        .containsEntry("effectiveDateTime", "2024-03-18T22:00:00+08:00");
    assertThat(at(given.get(1), "statusReason", 0, "text")).isEqualTo("患者拒绝");
  }

  /** 999 is how v2 says that nobody knows. */
  @Test
  void an_amount_given_that_nobody_knows_is_no_amount() {
    String text = own("own__RAS_O17.").replaceFirst("(RXA\\|[^|]*\\|[^|]*\\|[^|]*\\|[^|]*\\|[^|]*\\|)[^|]*", "$1999");
    Map<String, Object> given = resources(bundle(text), "MedicationAdministration").get(0);

    assertThat(at(given, "dosage", "dose", "value")).isNull();
    assertThat(at(given, "dosage", "route")).isNotNull();
  }

  private static Object addressOf(String text, String type) {
    return at(Samples.entries(bundle(text)).stream().filter(e -> type.equals(at(e, "resource", "resourceType")))
        .findFirst().orElseThrow(), "request", "url");
  }
}
