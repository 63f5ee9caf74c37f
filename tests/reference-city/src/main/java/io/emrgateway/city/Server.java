package io.emrgateway.city;

import io.emrgateway.city.Misbehaviour.LookupDeed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A running city: wired by hand, from the folder that {@link Pki} made. */
final class Server implements AutoCloseable {
  private final Holdings holdings;
  private final LookupMemory memory;
  private final Lookups lookups;
  private final Door door;
  private final Admin admin;

  /**
   * Listens on both ports when this returns.
   *
   * @param port of the contract's addresses, 0 for any
   * @param adminPort of the status page and the trials' levers, 0 for any
   */
  Server(Path dir, int port, int adminPort, Clock clock) throws IOException {
    Path home = dir.resolve("city");
    char[] password = Pki.readPassword(home.resolve("password"));
    Register register = new Register(home.resolve("register.json"));
    holdings = new Holdings(home.resolve("holdings.db"));
    City city = new City(register, holdings, City.receiptKeys(home, password), clock);
    Misbehaviour misbehaviour = new Misbehaviour();
    memory = new LookupMemory(home.resolve("lookups.db"));
    Spool spool = new Spool(home.resolve("answers"), body -> onTheWay(body, misbehaviour));
    lookups = new Lookups(city, City.lookupKeys(home, password), memory, spool, misbehaviour, clock);
    LookupApi lookupApi = new LookupApi(lookups, register, misbehaviour, clock);
    CityApi api = new CityApi(city, lookupApi, misbehaviour, home, clock);
    door = new Door(port, tls(home, password), api::handle);
    admin = new Admin(adminPort, city, lookups.log(), misbehaviour, clock);
  }

  int port() {
    return door.port();
  }

  int adminPort() {
    return admin.port();
  }

  /** A forwarded body, as it is unless a trial has ordered otherwise. */
  private static byte[] onTheWay(byte[] body, Misbehaviour misbehaviour) {
    if (!misbehaviour.next(LookupDeed.FORGE)) {
      return body;
    }
    byte[] forged = body.clone();
    forged[forged.length / 2] ^= 1;
    return forged;
  }

  /** Any certificate of the hospitals' CA gets through the handshake; which feed it may serve is asked afterwards. */
  private static SSLContext tls(Path home, char[] password) {
    try {
      KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(Keys.load(home.resolve("tls.p12"), password, null), password);
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      try (InputStream in = Files.newInputStream(home.resolve("client-ca.pem"))) {
        for (Certificate certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
          trusted.setCertificateEntry("ca-" + trusted.size(), certificate);
        }
      }
      TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("the city's TLS files cannot be read", e);
    }
  }

  /** Stops listening, cuts what is open, closes the holdings. */
  @Override
  public void close() {
    door.close();
    admin.close();
    lookups.close();
    memory.close();
    holdings.close();
  }
}
