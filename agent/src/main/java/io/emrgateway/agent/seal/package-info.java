/**
 * Hashes, signatures, trust and payloads at rest: everything the gateway proves and everything it hides.
 *
 * <p>The only package that sees Bouncy Castle. Its types stay behind the public ones here, its provider
 * is never registered globally, and what the JDK does faster (SHA-256, AES) the JDK does; the curves,
 * SM2, SM3 and SM4 are Bouncy Castle's lightweight classes.
 *
 * <p>Two writers who share no code have to agree on every byte made here, so the rules stand in
 * {@code agent/decisions/0002-what-wire-leaves-open.md} and in the city contract, not in comments.
 */
package io.emrgateway.agent.seal;
