package io.emrgateway.agent.start;

import io.emrgateway.agent.city.CityTls;
import io.emrgateway.agent.city.Trust;
import io.emrgateway.agent.seal.Authorities;
import io.emrgateway.agent.seal.CallerKeys;
import io.emrgateway.agent.seal.MasterKey;
import io.emrgateway.agent.seal.SigningKeys;
import io.emrgateway.agent.seal.TlsKey;
import io.emrgateway.routes.core.lookup.Agreement;
import java.util.Map;
import java.util.Optional;

/**
 * Every file that the settings name, opened and found right: what a start is made of.
 *
 * @param master empty before the very first start, which makes it
 * @param doors by the names of the sources that speak TLS
 * @param his what the HIS's door is made of, if there is one
 * @param cdsClients public keys of the systems that may ask for reminders, by the issuer of their tokens
 * @param agreement what the signing page shows
 * @param hisQuery how the HIS is asked, if it is
 * @param site the hospital's own rules, if there are any, and what is wrong with their folder
 */
public record Opened(
    SigningKeys signing,
    Trust trust,
    CityTls tls,
    Optional<MasterKey> master,
    Map<String, DoorTls> doors,
    Optional<HisDoor> his,
    Map<String, CallerKeys> cdsClients,
    Agreement agreement,
    Optional<String> hisQuery,
    Optional<RulesAtStart> site) {

  /**
   * @param tls empty if the door is plain
   * @param secrets SHA-256 of each client's secret, by the client's name
   */
  public record HisDoor(Optional<DoorTls> tls, Map<String, byte[]> secrets) {}

  /**
   * What a source's TLS is made of.
   *
   * @param password of the key
   * @param senders whose certificates count; empty if senders are not asked for any
   */
  public record DoorTls(TlsKey key, char[] password, Optional<Authorities> senders) {}
}
