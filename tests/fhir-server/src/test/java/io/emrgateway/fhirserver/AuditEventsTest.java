package io.emrgateway.fhirserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.NpmPackageValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How: the official R4 validator over the records that the agent's own test compares with what it writes. */
@DisplayName("The audit's AuditEvents")
class AuditEventsTest {
  /** IHE publishes it as package.tgz beside its pages and on no registry: put it into tests/packages under this name. */
  private static final String BALP = "ihe.iti.balp.tgz";
  private static final Path EVENTS = Path.of(System.getProperty("emr.house"), "agent/src/test/resources/io/emrgateway/agent/audit");

  @Test
  void have_no_error_by_the_official_validator() {
    List<String> errors = errors(false);
    assertThat(errors).isEmpty();
  }

  @Test
  void keep_the_profiles_of_BALP_that_they_name() {
    assumeTrue(getClass().getClassLoader().getResource(BALP) != null, "IHE's BALP package is not in tests/packages");
    assertThat(errors(true)).isEmpty();
  }

  private static List<String> errors(boolean withProfiles) {
    FhirContext context = FhirContext.forR4();
    List<String> errors = new ArrayList<>();
    int named = 0;
    try (Stream<Path> files = Files.list(EVENTS)) {
      NpmPackageValidationSupport balp = new NpmPackageValidationSupport(context);
      if (withProfiles) {
        balp.loadPackageFromClasspath("classpath:" + BALP);
      }
      FhirInstanceValidator instances = new FhirInstanceValidator(new ValidationSupportChain(
          new DefaultProfileValidationSupport(context), balp, new SnapshotGeneratingValidationSupport(context),
          new InMemoryTerminologyServerValidationSupport(context), new CommonCodeSystemsTerminologyService(context)));
      instances.setErrorForUnknownProfiles(withProfiles);
      FhirValidator validator = context.newValidator().registerValidatorModule(instances);
      for (Path file : files.sorted().toList()) {
        String event = Files.readString(file);
        named += event.contains("/IHE.BasicAudit.") ? 1 : 0;
        validator.validateWithResult(event).getMessages().stream()
            .filter(found -> found.getSeverity().ordinal() >= ResultSeverityEnum.ERROR.ordinal())
            .forEach(found -> errors.add(file.getFileName() + " " + found.getLocationString() + " " + found.getMessage()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(named).as("records that name a profile").isGreaterThan(5);
    return errors;
  }
}
