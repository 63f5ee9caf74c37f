package io.emrgateway.simulator;

/**
 * One message as a ward's system would send it.
 *
 * @param type MSH-9.1 and MSH-9.2 joined by {@code ^}, e.g. {@code ADT^A01}
 * @param controlId MSH-10; ASCII, at most 20 characters
 * @param patient who it is about
 * @param bytes without the frame; never holds 0B or 1C
 */
public record Message(String type, String controlId, Patient patient, byte[] bytes) {}
