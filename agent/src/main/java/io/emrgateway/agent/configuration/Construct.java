package io.emrgateway.agent.configuration;

import io.emrgateway.agent.configuration.GatewaySettings.Acknowledge;
import io.emrgateway.agent.configuration.GatewaySettings.CdsClient;
import io.emrgateway.agent.configuration.GatewaySettings.AskHis;
import io.emrgateway.agent.configuration.GatewaySettings.City;
import io.emrgateway.agent.configuration.GatewaySettings.Client;
import io.emrgateway.agent.configuration.GatewaySettings.ClientCertificates;
import io.emrgateway.agent.configuration.GatewaySettings.Consent;
import io.emrgateway.agent.configuration.GatewaySettings.ConsentKind;
import io.emrgateway.agent.configuration.GatewaySettings.LookupSection;
import io.emrgateway.agent.configuration.GatewaySettings.Format;
import io.emrgateway.agent.configuration.GatewaySettings.His;
import io.emrgateway.agent.configuration.GatewaySettings.Http;
import io.emrgateway.agent.configuration.GatewaySettings.Keys;
import io.emrgateway.agent.configuration.GatewaySettings.Kind;
import io.emrgateway.agent.configuration.GatewaySettings.Level;
import io.emrgateway.agent.configuration.GatewaySettings.Log;
import io.emrgateway.agent.configuration.GatewaySettings.Lookup;
import io.emrgateway.agent.configuration.GatewaySettings.Origin;
import io.emrgateway.agent.configuration.GatewaySettings.Reminders;
import io.emrgateway.agent.configuration.GatewaySettings.Source;
import io.emrgateway.agent.configuration.GatewaySettings.Store;
import io.emrgateway.agent.configuration.GatewaySettings.Suite;
import io.emrgateway.agent.configuration.GatewaySettings.Tls;
import io.emrgateway.agent.configuration.GatewaySettings.Undecodable;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Calls the constructors of the settings records. Written out, because reflection calls them through
 * method handles on recent JDKs, one hand-made class per number of arguments: measured at half of the
 * time that reading the settings took. A component that is added and forgotten here does not compile.
 */
final class Construct {
  private Construct() {}

  /** The record of that type from its components' values, in order. */
  static Object record(Class<?> type, List<Object> components) {
    In in = new In(components.iterator());
    if (type == GatewaySettings.class) {
      return new GatewaySettings(
          in.<String>next(), in.<String>next(), in.<Path>next(), in.<Keys>next(), in.<Suite>next(),
          in.<City>next(), in.<List<Source>>next(), in.<Optional<Path>>next(), in.<Lookup>next(), in.<Consent>next(),
          in.<Optional<His>>next(), in.<Optional<Reminders>>next(), in.<Store>next(), in.<Http>next(), in.<Log>next(), in.<Origin>next());
    } else if (type == Keys.class) {
      return new Keys(
          in.<Path>next(), in.<Path>next(), in.<Path>next(), in.<Path>next(), in.<Path>next(),
          in.<Path>next(), in.<Path>next());
    } else if (type == City.class) {
      return new City(
          in.<URI>next(), in.<Duration>next(), in.<Duration>next(), in.<Duration>next(), in.<Duration>next(),
          in.<Duration>next(), in.<Boolean>next(), in.<Integer>next());
    } else if (type == Source.class) {
      return new Source(
          in.<String>next(), in.<Kind>next(), in.<InetAddress>next(), in.<Integer>next(),
          in.<CharsetRule>next(), in.<Undecodable>next(), in.<Acknowledge>next(), in.<List<Cidr>>next(),
          in.<Optional<Tls>>next(), in.<Size>next(), in.<Duration>next(), in.<Integer>next(),
          in.<ZoneOffset>next(), in.<Boolean>next());
    } else if (type == Tls.class) {
      return new Tls(in.<Path>next(), in.<Path>next(), in.<Optional<Path>>next(), in.<ClientCertificates>next());
    } else if (type == Lookup.class) {
      return new Lookup(in.<Boolean>next(), in.<Integer>next(), in.<Boolean>next(), in.<List<LookupSection>>next(), in.<Duration>next(),
          in.<Optional<AskHis>>next());
    } else if (type == AskHis.class) {
      return new AskHis(in.<InetAddress>next(), in.<Integer>next(), in.<Path>next(), in.<CharsetRule>next(), in.<Integer>next(),
          in.<Duration>next());
    } else if (type == Consent.class) {
      return new Consent(in.<List<ConsentKind>>next(), in.<Duration>next(), in.<Duration>next(), in.<Optional<Path>>next());
    } else if (type == His.class) {
      return new His(in.<InetAddress>next(), in.<Integer>next(), in.<Optional<Tls>>next(), in.<List<Client>>next());
    } else if (type == Client.class) {
      return new Client(in.<String>next(), in.<Path>next());
    } else if (type == Reminders.class) {
      return new Reminders(in.<String>next(), in.<Duration>next(), in.<List<String>>next(), in.<List<CdsClient>>next());
    } else if (type == CdsClient.class) {
      return new CdsClient(in.<String>next(), in.<Path>next());
    } else if (type == Store.class) {
      return new Store(in.<Size>next(), in.<Size>next(), in.<Duration>next(), in.<Duration>next());
    } else if (type == Http.class) {
      return new Http(in.<InetAddress>next(), in.<Integer>next());
    } else if (type == Log.class) {
      return new Log(in.<Level>next(), in.<Format>next());
    }
    throw new IllegalStateException("no constructor written out for " + type);
  }

  /** The next value, of the type the constructor wants; the binder made it from that very component. */
  private record In(Iterator<Object> values) {
    @SuppressWarnings("unchecked")
    <T> T next() {
      return (T) values.next();
    }
  }
}
