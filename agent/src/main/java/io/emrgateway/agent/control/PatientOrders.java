package io.emrgateway.agent.control;

import io.emrgateway.agent.lookup.Telling;
import io.emrgateway.routes.core.lookup.KeepObjection;
import io.emrgateway.routes.core.lookup.LookUp;
import io.emrgateway.routes.core.records.Identifier;
import java.util.List;
import java.util.function.Function;

/**
 * What the command line may do about patients.
 *
 * @param meant by a number as an operator types it: {@code URI|value}, {@code AUTHORITY|value} or a bare value, as at the
 *     HIS's door; empty if there is no value
 */
public record PatientOrders(Telling telling, KeepObjection objections, Function<String, List<Identifier>> meant, LookUp.Patients patients) {}
