package io.emrgateway.agent.city;

import io.emrgateway.agent.seal.Certificate;
import io.emrgateway.agent.seal.SealRefused;
import io.emrgateway.agent.seal.TrustFile;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collection;
import org.jboss.logging.Logger;

/** The trust file in use: the installed one, or a newer one the city has handed out since. */
public final class Trust {
  private static final Logger LOG = Logger.getLogger(Trust.class);

  private final Path file;
  private final Clock clock;
  private volatile TrustFile current;

  /** @param installed what {@code file} holds, opened with the feed's suite */
  public Trust(Path file, TrustFile installed, Clock clock) {
    this.file = file;
    this.current = installed;
    this.clock = clock;
  }

  Collection<Certificate> receiptCertificates() {
    return current.receiptCertificates();
  }

  public boolean isExpired() {
    return current.isExpired(clock.instant());
  }

  public TrustFile current() {
    return current;
  }

  /** Takes a trust file that is newer and signed by a root of the one in use; any other is left aside. */
  void offer(byte[] cms) {
    try {
      TrustFile newer = current.accept(cms, clock.instant());
      if (newer.version() > current.version()) {
        newer.install(file);
        current = newer;
        LOG.infof("city.trust-renewed: 信任文件已更新为版本 %d / trust file renewed to version %d", newer.version(), newer.version());
      }
    } catch (SealRefused refused) {
      // The same version again is what the city hands out most days.
      LOG.debugf("trust file left aside: %s", refused.code());
    }
  }
}
