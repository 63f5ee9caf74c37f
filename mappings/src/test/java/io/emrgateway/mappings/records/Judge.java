package io.emrgateway.mappings.records;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.ValidationOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.NpmPackageValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.instance.model.api.IBaseResource;

/** The official R4 validator, with the profiles of the International Patient Summary 2.0.0 as HL7 publishes them. */
final class Judge {
  /** The package of that name and version on the npm registry, which {@code tests/setup.sh} fetches. */
  private static final String PACKAGE = "hl7.fhir.uv.ips-2.0.0.tgz";
  private static final FhirValidator VALIDATOR = validator();

  private Judge() {}

  /** What is wrong with a resource by R4 and by every profile that it says it keeps, and these. */
  static List<String> errors(byte[] resource, String... profiles) {
    assumeTrue(profiles.length == 0 || hasSummaryProfiles(), "the IPS profiles are not there; tests/setup.sh fetches them");
    ValidationOptions options = new ValidationOptions();
    for (String profile : profiles) {
      options.addProfile("http://hl7.org/fhir/uv/ips/StructureDefinition/" + profile);
    }
    List<String> errors = new ArrayList<>();
    VALIDATOR.validateWithResult(new String(resource, StandardCharsets.UTF_8), options).getMessages().forEach(found -> {
      if (found.getSeverity().ordinal() >= ResultSeverityEnum.ERROR.ordinal()) {
        errors.add(found.getLocationString() + " " + found.getMessage());
      }
    });
    return errors;
  }

  private static boolean hasSummaryProfiles() {
    return Judge.class.getClassLoader().getResource(PACKAGE) != null;
  }

  /** IPS names the edition of what it builds on ({@code …/Organization|4.0.1}), by which R4's own are not found. */
  private static final class R4ByVersion extends DefaultProfileValidationSupport {
    R4ByVersion(FhirContext context) {
      super(context);
    }

    @Override
    public <T extends IBaseResource> T fetchResource(Class<T> type, String uri) {
      return super.fetchResource(type, withoutEdition(uri));
    }

    @Override
    public IBaseResource fetchStructureDefinition(String url) {
      return super.fetchStructureDefinition(withoutEdition(url));
    }

    private static String withoutEdition(String url) {
      return url != null && url.endsWith("|4.0.1") ? url.substring(0, url.length() - "|4.0.1".length()) : url;
    }
  }

  private static FhirValidator validator() {
    FhirContext context = FhirContext.forR4();
    try {
      NpmPackageValidationSupport ips = new NpmPackageValidationSupport(context);
      if (hasSummaryProfiles()) {
        ips.loadPackageFromClasspath("classpath:" + PACKAGE);
      }
      ValidationSupportChain chain = new ValidationSupportChain(new R4ByVersion(context), ips,
          new SnapshotGeneratingValidationSupport(context), new InMemoryTerminologyServerValidationSupport(context),
          new CommonCodeSystemsTerminologyService(context));
      return context.newValidator().registerValidatorModule(new FhirInstanceValidator(chain));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
