package io.emrgateway.routes.camel;

import io.emrgateway.mappings.reminders.Reading;
import io.emrgateway.routes.core.reminders.Facts;
import io.emrgateway.routes.core.reminders.Facts.Allergy;
import io.emrgateway.routes.core.reminders.Facts.Drug;
import io.emrgateway.routes.core.reminders.Facts.Origin;
import io.emrgateway.routes.core.reminders.Facts.Result;
import io.emrgateway.routes.core.reminders.Facts.Therapy;
import io.emrgateway.routes.core.reminders.Order;
import io.emrgateway.routes.core.reminders.Severity;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What bundles say to reminders, by the mapping's knowledge of them and the tables of the site. */
public final class FactsInBundles implements Facts.Reader {
  private final String org;
  private final Hospitals hospitals;
  private final Supplier<Reading> tables;

  /**
   * @param org this hospital: the site's own codes hold for its records alone
   * @param tables those in force
   */
  public FactsInBundles(String org, Hospitals hospitals, Supplier<Reading> tables) {
    this.org = org;
    this.hospitals = hospitals;
    this.tables = tables;
  }

  @Override
  public Facts facts(String of, List<byte[]> bundles) {
    Reading.Facts read = tables.get().facts(bundles, of.equals(org));
    return new Facts(read.allergies().stream().map(one -> allergy(of, one)).toList(),
        read.therapies().stream().map(one -> therapy(of, one)).toList(), read.results().stream().map(one -> result(of, one)).toList());
  }

  private Origin origin(String of, Reading.Origin one) {
    return new Origin(of, hospitals.named(of).name(), one.at(), one.code(), one.name());
  }

  private Allergy allergy(String of, Reading.Allergy one) {
    Map<String, Severity> classes = one.classes().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, warns -> Severity.valueOf(warns.getValue().toUpperCase(Locale.ROOT))));
    return new Allergy(origin(of, one.origin()), one.substances(), classes, one.unknownName(), one.stands(), one.intolerance(), one.reaction(),
        one.since());
  }

  private Therapy therapy(String of, Reading.Therapy one) {
    return new Therapy(origin(of, one.origin()), drug(one.drug()), one.route(), one.strength(), one.begins(), one.days(), one.asNeeded(), one.goesOn(),
        one.taken(), one.orders(), one.visits());
  }

  private Result result(String of, Reading.Result one) {
    return new Result(origin(of, one.origin()), one.keys(), one.value(), one.unit(), one.isFinal(), one.mark());
  }

  private static Drug drug(Reading.Drug one) {
    return one == null ? null : new Drug(one.ingredients(), one.spelt());
  }

  @Override
  public List<Order> orders(byte[] bundle) {
    return tables.get().orders(bundle).stream().map(one -> new Order(one.id(), one.name(), one.numbers(), drug(one.drug()), one.route(), one.strength(),
        one.asNeeded(), one.tests().stream().map(test -> new Order.Test(test.keys(), test.days(), test.units())).toList(), one.agents())).toList();
  }
}
