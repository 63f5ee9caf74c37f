package io.emrgateway.routes.core.lookup;

import io.emrgateway.routes.core.records.Identifier;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Consents of which nothing is asked; a test overrides what its matter asks for. */
public class NoConsents implements Consents {
  @Override
  public Outcome keep(Consent consent, byte[] evidence) {
    throw new AssertionError();
  }

  @Override
  public Outcome withdraw(String reference, String by) {
    throw new AssertionError();
  }

  @Override
  public Optional<Consent> inForce(List<Identifier> patient, Set<Section> sections, String grantee, Instant at) {
    throw new AssertionError();
  }

  @Override
  public boolean isWithdrawn(String evidence) {
    throw new AssertionError();
  }

  @Override
  public Optional<Standing> find(String reference) {
    throw new AssertionError();
  }

  @Override
  public List<Standing> of(List<Identifier> patient) {
    throw new AssertionError();
  }

  @Override
  public List<Standing> list(long afterNumber, int most) {
    throw new AssertionError();
  }

  @Override
  public Optional<byte[]> evidence(String reference, String by) {
    throw new AssertionError();
  }

  @Override
  public List<Standing> untold(int most) {
    throw new AssertionError();
  }

  @Override
  public void told(String reference) {
    throw new AssertionError();
  }
}
