package io.emrgateway.mappings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A bundle")
class ValidBundleTest {
  private static FhirValidator validator;

  @BeforeAll
  static void load_the_official_validator() {
    FhirContext context = FhirContext.forR4();
    ValidationSupportChain chain = new ValidationSupportChain(new DefaultProfileValidationSupport(context),
        new InMemoryTerminologyServerValidationSupport(context), new CommonCodeSystemsTerminologyService(context));
    validator = context.newValidator().registerValidatorModule(new FhirInstanceValidator(chain));
  }

  @Test
  void of_our_own_messages_passes_the_official_validator() {
    assertThat(errorsOf(Samples.own())).isEmpty();
  }

  @Test
  void of_any_corpus_message_passes_the_official_validator() {
    assumeTrue(!Samples.corpus().isEmpty(), "the development corpus is not beside the project");
    assertThat(errorsOf(Samples.corpus())).isEmpty();
  }

  @Test
  void that_only_sets_the_status_of_an_order_passes_the_official_validator() {
    Mapped mapped = Samples.mapped("MSH|^~\\&|HIS|RMYY|GW|CITY|20240318100000||ORM^O01|1|P|2.5.1\r"
        + "PID|1||P0001^^^RMYY^PI||张伟\rORC|CA|P1^HIS|||||||20240318095500|||D1001^李明\r");

    assertThat(new String(mapped.bundle(), StandardCharsets.UTF_8)).contains("PATCH");
    assertThat(errorsOf("cancelled by number", mapped)).isEmpty();
  }

  @Test
  void never_asks_for_the_same_identity_twice_and_refers_to_nothing_outside_itself() {
    List<Path> messages = new ArrayList<>(Samples.own());
    messages.addAll(Samples.corpus());
    int bundles = 0;
    for (Path message : messages) {
      Mapped mapped = Samples.mapped(Samples.text(message));
      if (!mapped.converted()) {
        continue;
      }
      bundles++;
      @SuppressWarnings("unchecked")
      Map<String, Object> bundle = (Map<String, Object>) Samples.json(mapped.bundle());
      Set<Object> urls = new HashSet<>();
      Set<Object> fullUrls = new HashSet<>();
      for (Map<String, Object> entry : Samples.entries(bundle)) {
        Object request = entry.get("request");
        Object url = Samples.at(request, "method").equals("PUT") ? Samples.at(request, "url")
            : Samples.at(request, "url") + "?" + Samples.at(request, "ifNoneExist");
        assertThat(urls.add(url)).as(message.getFileName().toString()).isTrue();
        assertThat(fullUrls.add(entry.get("fullUrl"))).as(message.getFileName().toString()).isTrue();
      }
      Set<Object> references = new HashSet<>();
      collect(bundle, references);
      assertThat(fullUrls).as(message.getFileName().toString()).containsAll(references);
    }
    assertThat(bundles).isGreaterThan(15);
  }

  private static void collect(Object from, Set<Object> references) {
    if (from instanceof Map<?, ?> map) {
      map.forEach((key, value) -> {
        if (key.equals("reference") && !value.toString().startsWith("#")) {
          references.add(value);
        }
        collect(value, references);
      });
    } else if (from instanceof List<?> list) {
      list.forEach(item -> collect(item, references));
    }
  }

  private static List<String> errorsOf(List<Path> messages) {
    List<String> errors = new ArrayList<>();
    for (Path message : messages) {
      Mapped mapped = Samples.mapped(Samples.text(message));
      if (mapped.converted()) {
        errors.addAll(errorsOf(message.getFileName().toString(), mapped));
      }
    }
    return errors;
  }

  private static List<String> errorsOf(String name, Mapped mapped) {
    return validator.validateWithResult(new String(mapped.bundle(), StandardCharsets.UTF_8)).getMessages().stream()
        .filter(found -> found.getSeverity().ordinal() >= ResultSeverityEnum.ERROR.ordinal())
        .map(found -> name + " " + found.getLocationString() + " " + found.getMessage()).toList();
  }
}
