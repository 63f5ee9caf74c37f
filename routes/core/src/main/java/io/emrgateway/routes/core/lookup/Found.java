package io.emrgateway.routes.core.lookup;

import java.util.List;

/** Finds a patient's records and cuts them to what may be shown; the meaning of bundles is its business alone. */
public interface Found {

  /**
   * What was found here, to be closed once it has been used.
   *
   * @param bundles FHIR Bundles of type collection, none if there is nothing
   * @param room that they take
   */
  record Here(List<byte[]> bundles, Headroom.Taken room) implements AutoCloseable {
    @Override
    public void close() {
      room.close();
    }

    /** Never what: it is patient data. */
    @Override
    public String toString() {
      return "Here[" + bundles.size() + "]";
    }
  }

  /**
   * What this hospital has of a patient: current state, only this patient's, only these sections, only within the window.
   *
   * @throws NoRoom if it does not fit beside what other lookups hold, or into the heap at all
   */
  Here here(LookupRequest.Sought patient, LookupRequest.Scope scope, Window window);

  /**
   * What another hospital sent, cut in the same way: whatever it holds of somebody else or outside the window goes.
   *
   * @param org whose they are
   * @return in the same form; none if nothing is left
   */
  List<byte[]> there(String org, List<byte[]> bundles, LookupRequest.Sought patient, LookupRequest.Scope scope, Window window);

  /** One digest of them, 64 hex digits. */
  String digest(List<byte[]> bundles);
}
