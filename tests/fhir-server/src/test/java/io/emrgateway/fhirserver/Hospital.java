package io.emrgateway.fhirserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.emrgateway.fhirserver.FhirServer.Answer;
import io.emrgateway.mappings.Mapped;
import io.emrgateway.mappings.Mapping;
import io.emrgateway.mappings.Site;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Location;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;

/**
 * A hospital whose messages pass our mapping and arrive at the FHIR server.
 *
 * <p>Each message arrives twice, as from a sender that missed our acknowledgement, and may change nothing the second
 * time. Every hospital has a number of its own, so that the tests share one server without meeting.
 */
final class Hospital {
  private static final Mapping MAPPING = Mapping.shipped();
  private static final FhirServer SERVER = FhirServer.running();
  private static final AtomicInteger HOSPITALS = new AtomicInteger();

  private final Site site = Site.standard("H-9" + HOSPITALS.incrementAndGet());
  private final Set<String> written = new LinkedHashSet<>();
  private int messages;

  /**
   * Sends one message.
   *
   * @param type MSH-9, e.g. {@code ADT^A01}
   * @param segments those after MSH
   * @return the message, so that it can be sent {@link #again} later
   */
  String sends(String type, String... segments) {
    String message = message(type, segments);
    again(message);
    return message;
  }

  private String message(String type, String... segments) {
    return "MSH|^~\\&|HIS|RMYY|GW|CITY|20260320101500+0800||" + type + "|M" + ++messages + "|P|2.5.1\r"
        + String.join("\r", segments) + "\r";
  }

  /** Sends a message as it was, some time after it was sent first. */
  void again(String message) {
    Mapped mapped = MAPPING.map(message, site, "b-" + messages);
    assertThat(mapped.converted()).as("converted").isTrue();
    taken(mapped.bundle());
    int versions = SERVER.versions();
    taken(mapped.bundle());
    assertThat(SERVER.versions()).as("versions after the same message twice").isEqualTo(versions);
  }

  /** Sends a message that the server does not take; nothing of it is written. */
  boolean isRefused(String type, String... segments) {
    Mapped mapped = MAPPING.map(message(type, segments), site, "b-" + messages);
    assertThat(mapped.converted()).as("converted").isTrue();
    int versions = SERVER.versions();
    boolean refused = SERVER.post(mapped.bundle()).status() >= 400;
    assertThat(SERVER.versions()).as("versions after a message that was refused").isEqualTo(versions);
    return refused;
  }

  private void taken(byte[] bundle) {
    Answer answer = SERVER.post(bundle);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    for (Bundle.BundleEntryComponent entry : answer.bundle().getEntry()) {
      IdType id = new IdType(entry.getResponse().getLocation());
      written.add(id.getResourceType() + "/" + id.getIdPart());
    }
  }

  /** The one patient of this number; more than one, or none, fails the test. */
  Patient patient(String number) {
    return the(Patient.class, "patient:RMYY", number);
  }

  /** The one visit of this number. */
  Encounter visit(String number) {
    return the(Encounter.class, "visit:RMYY", number);
  }

  /** The ward that a reference to a place leads to, by its code. */
  String placeOf(Reference place) {
    return ((Location) SERVER.read(place.getReference())).getName().split("[ -]")[0];
  }

  /**
   * The one resource with that number.
   *
   * @param numbering below the hospital's namespace, e.g. {@code filler}
   */
  <T extends Resource> T the(Class<T> type, String numbering, String number) {
    List<T> found = all(type, numbering, number);
    assertThat(found).as(type.getSimpleName() + " with that number").hasSize(1);
    return found.get(0);
  }

  /** All resources with that number. */
  <T extends Resource> List<T> all(Class<T> type, String numbering, String number) {
    return SERVER.find(type.getSimpleName(), site.namespace() + ":" + numbering, number).stream().map(type::cast)
        .toList();
  }

  /** All resources of a type that this hospital has ever written, as they are now. */
  <T extends Resource> List<T> all(Class<T> type) {
    List<T> all = new ArrayList<>();
    for (String id : written) {
      if (id.startsWith(type.getSimpleName() + "/")) {
        all.add(type.cast(SERVER.read(id)));
      }
    }
    return all;
  }

  /** The only resource of a type that this hospital has ever written. */
  <T extends Resource> T the(Class<T> type) {
    List<T> all = all(type);
    assertThat(all).as(type.getSimpleName()).hasSize(1);
    return all.get(0);
  }
}
