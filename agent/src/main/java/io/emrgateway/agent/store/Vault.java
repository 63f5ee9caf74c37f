package io.emrgateway.agent.store;

/** Seals payloads before they reach the disk. {@link KeyRing} is the one that is used. */
interface Vault {
  /** What a sealed blob is, bound into its seal together with its row, so that none passes for another. */
  int PAYLOAD = 1;

  int BODY = 2;

  int OUTCOME = 3;

  int LEFTOVER = 4;

  int CONSENT = 5;

  int CONSENT_EVIDENCE = 6;

  int AUDIT = 7;

  int OBJECTION = 8;

  /** A sealed blob and the number of the data key that opens it. */
  record Sealed(int key, byte[] bytes) {}

  Sealed seal(int purpose, long row, byte[] plain);

  /** What was sealed, or null if key, place or a single bit is not what it was. */
  byte[] open(int purpose, long row, int key, byte[] sealed);
}
