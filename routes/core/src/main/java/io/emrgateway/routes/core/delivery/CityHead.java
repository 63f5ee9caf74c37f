package io.emrgateway.routes.core.delivery;

/**
 * Where the city stands with our feed, by its own signed word.
 *
 * @param seq the last batch it holds, 0 if none
 * @param headerHash its {@code hh}, 64 zeros if none
 * @param lastInput the last admission number it accounts for
 * @param lastBody the last body number it holds
 * @param cityHead its head over all batches ({@code ch})
 */
public record CityHead(long epoch, long seq, String headerHash, long lastInput, long lastBody, String cityHead) {}
