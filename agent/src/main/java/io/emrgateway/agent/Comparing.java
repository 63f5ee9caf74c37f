package io.emrgateway.agent;

import io.emrgateway.agent.control.RulesOrders;
import io.emrgateway.agent.start.TriedRules;
import io.emrgateway.agent.store.Kept;
import io.emrgateway.agent.store.Store;
import io.emrgateway.mappings.Mapping;
import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.Trace;
import io.emrgateway.mappings.WhatChanges;
import io.emrgateway.mappings.hl7.CharsetPolicy;
import io.emrgateway.mappings.hl7.Decoded;
import io.emrgateway.routes.camel.Translate;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/**
 * What an operator may ask of the rules: how they stand, to read the folder again, and what another folder's rules would
 * make of the messages that are still here.
 *
 * @see "agent/decisions/0011-the-gateway-compares.md"
 */
final class Comparing implements RulesOrders {
  private static final int PAGE = 20;
  /** A trace takes some hundred times what it looks at. */
  private static final int MESSAGE_BYTES_MAX = 256 << 10;
  /** Rests three times as long as it worked: delivery keeps three quarters of a processor that it would have shared. */
  private static final int RESTS = 3;

  private final RulesInForce rules;
  private final Store store;
  private final Semaphore oneAtATime = new Semaphore(1);

  Comparing(RulesInForce rules, Store store) {
    this.rules = rules;
    this.store = store;
  }

  @Override
  public Standing standing() {
    return rules.standing();
  }

  @Override
  public Standing reload() {
    return rules.reload();
  }

  @Override
  public Set<String> tables() {
    return rules.now().mapping().tables();
  }

  @Override
  public boolean knowsCode(String table, String code) {
    return rules.now().mapping().knowsCode(table, code);
  }

  @Override
  public Comparison compare(Path folder, int days, int most, IntConsumer progress, BooleanSupplier goOn) {
    if (!oneAtATime.tryAcquire()) {
      return new Comparison(new Problem("control.busy", "", "已有一次比较在进行 / a comparison is under way already",
          "待其结束后再执行 / wait for it to end"), null, 0, false);
    }
    try {
      TriedRules candidate = TriedRules.compiled(folder);
      return candidate.site() == null
          ? new Comparison(candidate.problem(), null, 0, false)
          : compare(rules.now(), rules.of(candidate.site()), Instant.now().minus(Duration.ofDays(days)), most, progress, goOn);
    } finally {
      oneAtATime.release();
    }
  }

  private Comparison compare(Translate.Rules old, Translate.Rules now, Instant since, int most, IntConsumer progress,
      BooleanSupplier goOn) {
    WhatChanges changes = new WhatChanges();
    int seen = 0;
    int skipped = 0;
    long before = Long.MAX_VALUE;
    while (true) {
      List<Kept.Raw> page = store.kept().before(before, since, PAGE, MESSAGE_BYTES_MAX);
      for (Kept.Raw message : page) {
        if (seen == most || !goOn.getAsBoolean()) {
          return new Comparison(null, changes, skipped, true);
        }
        long began = System.nanoTime();
        skipped += compared(message, old, now, changes) ? 0 : 1;
        progress.accept(++seen);
        before = message.i();
        rest(RESTS * (System.nanoTime() - began));
      }
      if (page.size() < PAGE) {
        return new Comparison(null, changes, skipped, false);
      }
    }
  }

  private static boolean compared(Kept.Raw message, Translate.Rules old, Translate.Rules now, WhatChanges changes) {
    if (message.bytes() == null || !(CharsetPolicy.of(message.charset()).decode(message.bytes()) instanceof Decoded decoded)
        || Translate.isTooLargeToTrace(decoded.text())) {
      return false;
    }
    try {
      changes.add("i=" + message.i(), trace(old, message, decoded.text()), trace(now, message, decoded.text()));
      return true;
    } catch (StackOverflowError nestedTooDeep) {
      return false;
    }
  }

  private static Trace trace(Translate.Rules rules, Kept.Raw message, String text) {
    Mapping mapping = rules.mapping();
    Site site = rules.of(message.source()).site();
    return mapping.trace(text, site, "diff");
  }

  private static void rest(long nanos) {
    try {
      TimeUnit.NANOSECONDS.sleep(nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
