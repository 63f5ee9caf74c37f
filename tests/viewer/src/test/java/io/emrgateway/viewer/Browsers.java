package io.emrgateway.viewer;

import io.emrgateway.journeys.Needed;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;

/** One browser for all tests of the page; without it or axe they are skipped, in CI they fail. */
final class Browsers implements ParameterResolver, ExecutionCondition {
  private record Closing(Browser browser) implements ExtensionContext.Store.CloseableResource, AutoCloseable {
    @Override
    public void close() throws Exception {
      browser.close();
    }
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return !Browser.isThere() ? ConditionEvaluationResult.disabled(Needed.absent("chromium"))
        : !Axe.isThere() ? ConditionEvaluationResult.disabled(Needed.absent("axe-core")) : ConditionEvaluationResult.enabled("");
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Browser.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context.getRoot().getStore(Namespace.GLOBAL).getOrComputeIfAbsent(Browser.class, key -> {
      try {
        return new Closing(new Browser());
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }, Closing.class).browser();
  }
}
