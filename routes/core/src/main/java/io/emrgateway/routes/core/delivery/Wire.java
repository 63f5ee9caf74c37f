package io.emrgateway.routes.core.delivery;

import java.util.List;

/**
 * A sealed batch as it goes over the wire: signed, stored and sent as it is.
 *
 * @param header the CMS around the header
 * @param entries one JSON line each, as the header's tree covers them
 * @param bodies in the order of the entries
 * @param cityHeadBefore the city's head our receipts end at before this batch; its receipt must begin there
 */
public record Wire(byte[] header, byte[] entries, List<byte[]> bodies, String cityHeadBefore) {}
