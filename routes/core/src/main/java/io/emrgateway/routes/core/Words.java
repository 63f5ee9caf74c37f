package io.emrgateway.routes.core;

/**
 * Why something does not go on, and what whoever reads it can do: Chinese first, English beside. Never with a value.
 *
 * @param code stable: one that has shipped keeps its meaning
 */
public record Words(String code, String textZh, String text, String remedyZh, String remedy) {}
