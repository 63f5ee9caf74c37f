package io.emrgateway.fhirserver;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import io.emrgateway.mappings.Mapped;
import io.emrgateway.mappings.Mapping;
import io.emrgateway.mappings.Site;
import io.emrgateway.mappings.hl7.CharsetPolicy;
import io.emrgateway.mappings.hl7.Decoded;
import io.emrgateway.simulator.Samples;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How: the official R4 validator over what becomes of the traffic of a simulated Chinese hospital, the same each time. */
@DisplayName("What a simulated hospital sends")
class ValidTrafficTest {
  private static final int MESSAGES = 200;
  private static final long SEED = 20_261_128;

  @Test
  void becomes_bundles_that_the_official_validator_finds_no_error_in() {
    FhirContext context = FhirContext.forR4();
    FhirValidator validator = context.newValidator().registerValidatorModule(new FhirInstanceValidator(
        new ValidationSupportChain(new DefaultProfileValidationSupport(context),
            new InMemoryTerminologyServerValidationSupport(context), new CommonCodeSystemsTerminologyService(context))));
    CharsetPolicy detect = CharsetPolicy.of("detect");
    Mapping mapping = Mapping.shipped();
    List<String> errors = new ArrayList<>();
    int bundles = 0;
    for (Samples.Sample sample : Samples.of(MESSAGES, SEED)) {
      if (detect.decode(sample.bytes()) instanceof Decoded decoded) {
        Mapped mapped = mapping.map(decoded.text(), Site.standard("H-0104"), "b");
        if (mapped.converted()) {
          bundles++;
          for (SingleValidationMessage found
              : validator.validateWithResult(new String(mapped.bundle(), StandardCharsets.UTF_8)).getMessages()) {
            if (found.getSeverity().ordinal() >= ResultSeverityEnum.ERROR.ordinal()) {
              errors.add(mapped.messageType() + " " + found.getLocationString() + " " + found.getMessage());
            }
          }
        }
      }
    }
    assertThat(errors).isEmpty();
    assertThat(bundles).isGreaterThan(MESSAGES * 8 / 10);
  }
}
