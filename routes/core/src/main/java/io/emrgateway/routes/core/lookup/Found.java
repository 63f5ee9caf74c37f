package io.emrgateway.routes.core.lookup;

import java.util.List;

/** Finds a patient's records and cuts them to what may be shown; the meaning of bundles is its business alone. */
public interface Found {

  /**
   * What this hospital has of a patient: current state, only this patient's, only these sections, only within the window.
   *
   * @return FHIR Bundles of type collection, none if there is nothing
   */
  List<byte[]> here(LookupRequest.Sought patient, LookupRequest.Scope scope, Window window);

  /**
   * What another hospital sent, cut in the same way: whatever it holds of somebody else or outside the window goes.
   *
   * @param org whose they are
   * @return the same form; none if nothing is left
   */
  List<byte[]> there(String org, List<byte[]> bundles, LookupRequest.Sought patient, LookupRequest.Scope scope, Window window);

  /** One digest of them, 64 hex digits. */
  String digest(List<byte[]> bundles);
}
