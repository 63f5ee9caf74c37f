package io.emrgateway.agent;

import io.emrgateway.agent.start.Opened;
import io.emrgateway.agent.store.Overview;
import io.emrgateway.routes.camel.mllp.Intake;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * The figures that Prometheus reads. Names and labels are sources and codes, never anything of a message.
 *
 * <p>First of all the lag: how long the oldest message of each source has waited for the city's receipt.
 */
final class Meters implements Intake {
  private static final long LAG_KEPT_NANOS = 2_000_000_000L;

  private final MeterRegistry registry;
  private final Overview overview;
  private final Map<String, Counter> counters = new ConcurrentHashMap<>();
  private final Map<String, Counter> bytesReceived = new ConcurrentHashMap<>();
  private final Map<String, Timer> timers = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> connections = new ConcurrentHashMap<>();
  private Map<String, Long> lag = Map.of();
  private long lagAt = Long.MIN_VALUE;

  Meters(MeterRegistry registry, Overview overview, RulesInForce rules, Opened opened) {
    this.registry = registry;
    this.overview = overview;
    lag().keySet().forEach(source ->
        Gauge.builder("emr_gateway_lag_seconds", () -> lag().getOrDefault(source, 0L) / 1_000.0)
            .description("Age of the oldest message of this source that the city has not signed for").tag("source", source)
            .register(registry));
    gauge("emr_gateway_waiting_messages", "Messages admitted that the city has not signed for", o -> o.delivery().waiting());
    gauge("emr_gateway_quarantined_messages", "Messages in quarantine", Overview::quarantinedCount);
    gauge("emr_gateway_batch_settled", "Number of the last batch that the city has signed for", o -> o.delivery().settledSeq());
    gauge("emr_gateway_delivery_attempts_failed", "Attempts that have failed since the last receipt",
        o -> o.delivery().standing().attempts());
    gauge("emr_gateway_disk_free_bytes", "Free space on the store's disk", Overview::diskFreeBytes);
    gauge("emr_gateway_store_used_bytes", "Bytes of the store in use", Overview::storeUsedBytes);
    gauge("emr_gateway_store_over_ceiling", "1 while the store is above its ceiling and nothing is left that may be released",
        o -> o.isOverCeiling() ? 1 : 0);
    Gauge.builder("emr_gateway_rules_refused", () -> rules.standing().problem() == null ? 0 : 1)
        .description("1 while the hospital's folder of rules cannot be put in force or fails its examples").register(registry);
    days("emr_gateway_signing_certificate_days", "the signing certificate", Tags.empty(),
        () -> opened.signing().current().certificate().notAfter());
    days("emr_gateway_trust_file_days", "the trust file", Tags.empty(), () -> opened.trust().current().expires());
    days("emr_gateway_city_tls_certificate_days", "the certificate that we show the city", Tags.empty(),
        () -> opened.tls().certificate().getNotAfter().toInstant());
    opened.doors().forEach((source, door) ->
        days("emr_gateway_intake_tls_certificate_days", "the certificate that this source shows its senders",
            Tags.of("source", source), () -> door.key().certificate().getNotAfter().toInstant()));
  }

  private void days(String name, String what, Tags tags, Supplier<Instant> end) {
    Gauge.builder(name, () -> days(end.get())).description("Days until " + what + " ends").tags(tags).register(registry);
  }

  private void gauge(String name, String what, ToDoubleFunction<Overview> value) {
    Gauge.builder(name, overview, value).description(what).register(registry);
  }

  private static double days(Instant end) {
    return Duration.between(Instant.now(), end).toSeconds() / 86_400.0;
  }

  private synchronized Map<String, Long> lag() {
    long now = System.nanoTime();
    if (lagAt == Long.MIN_VALUE || now - lagAt > LAG_KEPT_NANOS) {
      lag = overview.lagMillis();
      lagAt = now;
    }
    return lag;
  }

  private void count(String name, String what, String source, String code) {
    counters.computeIfAbsent(name + ' ' + source + ' ' + code, key ->
        Counter.builder(name).description(what).tag("source", source).tag("code", code).register(registry)).increment();
  }

  private AtomicInteger connectionsOf(String source) {
    return connections.computeIfAbsent(source, key -> registry.gauge("emr_gateway_connections",
        List.of(Tag.of("source", source)), new AtomicInteger()));
  }

  @Override
  public void opened(String source) {
    connectionsOf(source).incrementAndGet();
  }

  @Override
  public void closed(String source, String why) {
    connectionsOf(source).decrementAndGet();
    count("emr_gateway_connections_closed", "Connections ended, by why", source, why);
  }

  @Override
  public void turnedAway(String source, String code) {
    count("emr_gateway_connections_refused", "Connections turned away, by code", source, code);
  }

  @Override
  public void received(String source, int bytes) {
    bytesReceived.computeIfAbsent(source, key ->
        Counter.builder("emr_gateway_received").baseUnit("bytes").description("Bytes of frames that arrived, whole or not")
            .tag("source", source).register(registry)).increment(bytes);
  }

  @Override
  public void refused(String source, String code) {
    count("emr_gateway_messages_refused", "Messages kept in quarantine at the door, by code", source, code);
  }

  @Override
  public void notKept(String source, String code) {
    count("emr_gateway_messages_not_kept", "Messages not taken, by code; the sender repeats them", source, code);
  }

  @Override
  public void repeated(String source) {
    count("emr_gateway_messages_repeated", "Messages sent again: acknowledged, and kept once", source, "REPEATED");
  }

  @Override
  public void flagged(String source, String flag) {
    count("emr_gateway_messages_flagged", "Messages whose character set needs a look, by flag", source, flag);
  }

  /** A warning or error of the mapping; the message itself goes on. */
  void noticed(String source, String code) {
    count("emr_gateway_mapping_findings", "Warnings and errors of the mapping, by code; their messages go on", source, code);
  }

  @Override
  public void answered(String source, String code, Duration took) {
    timers.computeIfAbsent(source + ' ' + code, key ->
        Timer.builder("emr_gateway_acknowledgement").description("From a message's last byte to its answer, by answer")
            .tag("source", source).tag("code", code).publishPercentiles(0.5, 0.99).register(registry)).record(took);
  }
}
