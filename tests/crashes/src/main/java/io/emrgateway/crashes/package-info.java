/**
 * The equation that every crash has to leave standing: what the hospital was given an AA for is what the city holds,
 * plus what it was told an explanation for.
 */
package io.emrgateway.crashes;
