package io.emrgateway.agent.seal;

/**
 * Whoever holds the gateway's signing key: a file, a token, a signature server.
 *
 * <p>Safe for several threads.
 */
public interface Signer {

  /** The certificate that goes with the key; its curve decides the suite. */
  Certificate certificate();

  default Suite suite() {
    return certificate().suite();
  }

  /**
   * Signs bytes as they are.
   *
   * @return attached CMS SignedData in DER with this signer's certificate, which {@link StrictCms} opens
   *     with that certificate pinned. Two calls with the same content may give different bytes, so keep
   *     what you sent and chain on the content's hash
   */
  byte[] sign(byte[] content);
}
