package io.emrgateway.fhirserver;

import ca.uhn.fhir.batch2.jobs.config.Batch2JobsConfig;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.config.ThreadPoolFactoryConfig;
import ca.uhn.fhir.jpa.api.model.HistoryCountModeEnum;
import ca.uhn.fhir.jpa.batch2.JpaBatch2Config;
import ca.uhn.fhir.jpa.config.HapiJpaConfig;
import ca.uhn.fhir.jpa.config.r4.JpaR4Config;
import ca.uhn.fhir.jpa.config.util.HapiEntityManagerFactoryUtil;
import ca.uhn.fhir.jpa.model.config.PartitionSettings;
import ca.uhn.fhir.jpa.model.config.SubscriptionSettings;
import ca.uhn.fhir.jpa.model.dialect.HapiFhirH2Dialect;
import ca.uhn.fhir.jpa.provider.IJpaSystemProvider;
import ca.uhn.fhir.jpa.subscription.channel.config.SubscriptionChannelConfig;
import ca.uhn.fhir.jpa.subscription.match.deliver.email.IEmailSender;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.provider.ResourceProviderFactory;
import jakarta.persistence.EntityManagerFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Resource;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;

/**
 * A FHIR server that we did not write: HAPI FHIR JPA for R4, over a database in memory, behind a door on loopback.
 *
 * <p>It receives as a cautious city would: a reference has to lead to something it holds, a conditional request that
 * matches two resources is refused, and a transaction is taken whole or not at all. It starts once for all tests, takes
 * some fifteen seconds for it, and ends with the process.
 */
final class FhirServer {
  private static final FhirContext R4 = FhirContext.forR4Cached();

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI base;

  /**
   * What the server said.
   *
   * @param body FHIR JSON: for a transaction that was taken its results, in the order of its entries, else an
   *     OperationOutcome
   */
  record Answer(int status, String body) {
    Bundle bundle() {
      return parser().parseResource(Bundle.class, body);
    }
  }

  /** Started by whoever asks first. */
  private static final class Running {
    static final FhirServer SERVER = new FhirServer();
  }

  static FhirServer running() {
    return Running.SERVER;
  }

  private FhirServer() {
    var spring = new AnnotationConfigApplicationContext(Wiring.class);
    FhirContext fhir = spring.getBean(FhirContext.class);
    RestfulServer servlet = new RestfulServer(fhir);
    servlet.registerProviders(spring.getBean(ResourceProviderFactory.class).createProviders());
    servlet.registerProvider(spring.getBean(IJpaSystemProvider.class));
    Server jetty = new Server(new InetSocketAddress("127.0.0.1", 0));
    var context = new ServletContextHandler("/");
    context.addServlet(new ServletHolder(servlet), "/fhir/*");
    jetty.setHandler(context);
    try {
      jetty.start();
    } catch (Exception e) { // Jetty declares it so.
      throw new IllegalStateException("The FHIR server's door does not open.", e);
    }
    base = URI.create("http://127.0.0.1:" + jetty.getURI().getPort() + "/fhir");
  }

  /** Hands over one transaction Bundle; the answer tells whether it was taken. */
  Answer post(byte[] bundle) {
    return send(HttpRequest.newBuilder(base).header("Content-Type", "application/fhir+json")
        .POST(HttpRequest.BodyPublishers.ofByteArray(bundle)).build());
  }

  /**
   * The resource as it is now.
   *
   * @param id e.g. {@code Patient/12}
   */
  Resource read(String id) {
    return (Resource) parser().parseResource(get("/" + id).body());
  }

  /** All resources of a type with this identifier. */
  List<Resource> find(String type, String system, String value) {
    String query = URLEncoder.encode(system + "|" + value, StandardCharsets.UTF_8);
    return get("/" + type + "?identifier=" + query).bundle().getEntry().stream()
        .map(Bundle.BundleEntryComponent::getResource).toList();
  }

  /** How many versions of resources it has ever written; does not grow when a message changes nothing. */
  int versions() {
    return get("/_history?_count=1").bundle().getTotal();
  }

  static IParser parser() {
    return R4.newJsonParser();
  }

  private Answer get(String path) {
    Answer answer = send(HttpRequest.newBuilder(URI.create(base + path)).header("Cache-Control", "no-cache").build());
    if (answer.status() != 200) {
      throw new IllegalStateException("HTTP " + answer.status() + " for " + path);
    }
    return answer;
  }

  private Answer send(HttpRequest request) {
    try {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The server's parts; whatever is not said here is as its makers ship it. */
  @Configuration
  @Import({JpaR4Config.class, HapiJpaConfig.class, JpaBatch2Config.class, Batch2JobsConfig.class,
      SubscriptionChannelConfig.class, ThreadPoolFactoryConfig.class})
  static class Wiring {

    @Bean
    JpaStorageSettings storageSettings() {
      var settings = new JpaStorageSettings();
      settings.setEnforceReferentialIntegrityOnWrite(true);
      settings.setAutoCreatePlaceholderReferenceTargets(false);
      settings.setHistoryCountMode(HistoryCountModeEnum.COUNT_ACCURATE);
      // Nothing runs beside the tests: no indexing for full text, no clean-up by the clock.
      settings.setSchedulingDisabled(true);
      settings.setHibernateSearchIndexFullText(false);
      settings.setHibernateSearchIndexSearchParams(false);
      return settings;
    }

    @Bean
    PartitionSettings partitionSettings() {
      return new PartitionSettings();
    }

    @Bean
    SubscriptionSettings subscriptionSettings() {
      return new SubscriptionSettings();
    }

    @Bean
    IEmailSender emailSender() {
      return details -> {};
    }

    @Bean
    DataSource dataSource() {
      var source = new BasicDataSource();
      source.setDriverClassName("org.h2.Driver");
      source.setUrl("jdbc:h2:mem:fhir;DB_CLOSE_DELAY=-1");
      return source;
    }

    @Bean
    LocalContainerEntityManagerFactoryBean entityManagerFactory(
        DataSource source, ConfigurableListableBeanFactory beans, FhirContext fhir, JpaStorageSettings settings) {
      var factory = HapiEntityManagerFactoryUtil.newEntityManagerFactory(beans, fhir, settings);
      factory.setPersistenceUnitName("fhir");
      factory.setDataSource(source);
      factory.setJpaPropertyMap(Map.of(
          "hibernate.dialect", HapiFhirH2Dialect.class.getName(),
          "hibernate.hbm2ddl.auto", "create",
          "hibernate.search.enabled", "false",
          "hibernate.jdbc.batch_size", "20"));
      return factory;
    }

    @Bean
    JpaTransactionManager transactionManager(EntityManagerFactory factory) {
      return new JpaTransactionManager(factory);
    }
  }
}
