package io.emrgateway.routes.core.delivery;

/**
 * A sealed batch as it goes over the wire: header, entries and bodies as they were signed and stored.
 *
 * @param request the request's body
 * @param gzip whether it is compressed; what it says is the same
 * @param cityHeadBefore the city's head our receipts end at before this batch; its receipt must begin there
 */
public record Wire(byte[] request, boolean gzip, String cityHeadBefore) {}
