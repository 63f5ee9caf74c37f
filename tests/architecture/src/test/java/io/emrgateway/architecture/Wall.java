package io.emrgateway.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import java.util.stream.Stream;

/**
 * Who may not know whom, and a class that would break it.
 *
 * @param name what holds, as a sentence
 * @param module whose classes it is about: a folder of the project
 * @param rule what is checked
 * @param trespassers sources of small classes, first line the package and name, which break the rule together
 */
record Wall(String name, String module, ArchRule rule, List<String> trespassers) {

  /** Everything that the house forbids, in the order of the journey. */
  static final List<Wall> ALL = List.of(
      onlyKnows("mappings knows the trade, a JSON writer and a YAML reader, and nothing of the house", "mappings",
          List.of("io.emrgateway.mappings..", "com.fasterxml.jackson.core..", "org.snakeyaml.engine.."),
          "io.emrgateway.mappings.rules", "io.emrgateway.routes.core.Refused"),
      onlyKnows("mappings has no router", "mappings",
          List.of("io.emrgateway.mappings..", "com.fasterxml.jackson.core..", "org.snakeyaml.engine.."),
          "io.emrgateway.mappings", "org.apache.camel.Exchange"),
      onlyKnows("routes/core knows the JDK only", "routes/core",
          List.of("io.emrgateway.routes.core.."), "io.emrgateway.routes.core.intake", "org.slf4j.Logger"),
      notIn("routes/core does not touch a database or the net", "routes/core", "io.emrgateway.routes.core..",
          List.of("java.sql..", "java.net.http.."), "io.emrgateway.routes.core", "java.sql.Connection"),
      onlyKnows("routes/camel knows routes/core, mappings and Camel with its netty", "routes/camel",
          List.of("io.emrgateway.routes..", "io.emrgateway.mappings..", "org.apache.camel..", "io.netty..", "org.slf4j.."),
          "io.emrgateway.routes.camel", "io.quarkus.runtime.Quarkus"),
      notIn("routes/camel does not touch a database", "routes/camel", "io.emrgateway.routes.camel..",
          List.of("java.sql..", "java.net.http.."), "io.emrgateway.routes.camel", "java.sql.Connection"),
      onlyIn("only agent.seal sees Bouncy Castle", "io.emrgateway.agent.seal..",
          List.of("org.bouncycastle.."), "io.emrgateway.agent.city", "org.bouncycastle.asn1.ASN1Primitive"),
      onlyIn("only agent.store sees SQL", "io.emrgateway.agent.store..",
          List.of("java.sql..", "javax.sql..", "org.sqlite.."), "io.emrgateway.agent.control", "org.sqlite.SQLiteConfig"),
      onlyIn("only agent.city opens connections to the city", "io.emrgateway.agent.city..",
          List.of("java.net.http.."), "io.emrgateway.agent", "java.net.http.HttpClient"),
      onlyIn("only agent.cli sees the command line's library", "io.emrgateway.agent.cli..",
          List.of("picocli.."), "io.emrgateway.agent", "picocli.CommandLine"),
      onlyIn("only agent.configuration reads YAML", "io.emrgateway.agent.configuration..",
          List.of("org.snakeyaml.."), "io.emrgateway.agent.cli", "org.snakeyaml.engine.v2.api.Load"),
      notIn("agent.configuration, start, seal, store, city, control, cli, lookup and audit run without Quarkus and Camel", "agent",
          new String[] {
            "io.emrgateway.agent.configuration..", "io.emrgateway.agent.start..", "io.emrgateway.agent.seal..",
            "io.emrgateway.agent.store..", "io.emrgateway.agent.city..", "io.emrgateway.agent.control..", "io.emrgateway.agent.cli..",
            "io.emrgateway.agent.lookup..", "io.emrgateway.agent.audit.."
          },
          List.of("io.quarkus..", "org.apache.camel..", "jakarta..", "io.smallrye..", "org.eclipse.microprofile.."),
          "io.emrgateway.agent.seal", "jakarta.inject.Inject"),
      notIn("agent.configuration knows no other part of the house", "agent", "io.emrgateway.agent.configuration..",
          List.of("io.emrgateway.agent.seal..", "io.emrgateway.agent.store..", "io.emrgateway.agent.city..",
              "io.emrgateway.routes..", "io.emrgateway.mappings.."),
          "io.emrgateway.agent.configuration", "io.emrgateway.mappings.rules.RuleError"),
      notIn("agent.seal knows no other part of the house", "agent", "io.emrgateway.agent.seal..",
          List.of("io.emrgateway.agent.store..", "io.emrgateway.agent.city..", "io.emrgateway.agent.configuration..",
              "io.emrgateway.routes..", "io.emrgateway.mappings.."),
          "io.emrgateway.agent.seal", "io.emrgateway.routes.core.Refused"),
      notIn("agent.files knows no other part of the house", "agent", "io.emrgateway.agent.files..",
          List.of("io.emrgateway.agent.seal..", "io.emrgateway.agent.store..", "io.emrgateway.agent.city..",
              "io.emrgateway.agent.configuration..", "io.emrgateway.routes..", "io.emrgateway.mappings.."),
          "io.emrgateway.agent.files", "io.emrgateway.agent.seal.Suite"),
      notIn("the store does not know the route, nor the city client the store", "agent",
          new String[] {"io.emrgateway.agent.store..", "io.emrgateway.agent.city.."},
          List.of("io.emrgateway.routes.camel..", "io.emrgateway.mappings..", "io.emrgateway.agent.cli.."),
          "io.emrgateway.agent.store", "io.emrgateway.routes.camel.Keep"),
      onlyKnows("the reference city shares no class with the gateway", "tests/reference-city",
          List.of("io.emrgateway.city..", "org.bouncycastle..", "org.sqlite..", "com.fasterxml.jackson..", "com.sun.net.httpserver.."),
          "io.emrgateway.city", "io.emrgateway.agent.seal.Tree"),
      onlyKnows("the HIS simulator knows the JDK only", "tests/his-simulator",
          List.of("io.emrgateway.simulator.."), "io.emrgateway.simulator", "io.emrgateway.mappings.hl7.Msh"),
      onlyKnows("the verifier knows the JDK only", "tests/conformance",
          List.of("io.emrgateway.conformance.."), "io.emrgateway.conformance", "org.bouncycastle.cms.CMSSignedData"),
      notIn("what tests the whole way starts the gateway and does not call into it", "tests/stage", "io.emrgateway.journeys..",
          List.of("io.emrgateway.agent..", "io.emrgateway.routes..", "io.emrgateway.mappings..", "io.emrgateway.city.."),
          "io.emrgateway.journeys", "io.emrgateway.agent.store.Store"),
      noCycles("mappings", "io.emrgateway.mappings", false),
      noCycles("routes/core", "io.emrgateway.routes.core"),
      noCycles("routes/camel", "io.emrgateway.routes.camel"),
      noCycles("agent", "io.emrgateway.agent"));

  @Override
  public String toString() {
    return name;
  }

  private static Wall onlyKnows(String name, String module, List<String> allowed, String inside, String forbidden) {
    String[] all = Stream.concat(Stream.of("java..", "javax.."), allowed.stream()).toArray(String[]::new);
    return new Wall(name, module,
        classes().that().resideInAPackage("io.emrgateway..").should().onlyDependOnClassesThat().resideInAnyPackage(all),
        List.of(stub(forbidden), user(inside, forbidden)));
  }

  private static Wall onlyIn(String name, String home, List<String> forbidden, String inside, String one) {
    return new Wall(name, "agent",
        noClasses().that().resideOutsideOfPackage(home).should().dependOnClassesThat().resideInAnyPackage(forbidden.toArray(String[]::new)),
        List.of(stub(one), user(inside, one)));
  }

  private static Wall notIn(String name, String module, String home, List<String> forbidden, String inside, String one) {
    return notIn(name, module, new String[] {home}, forbidden, inside, one);
  }

  private static Wall notIn(String name, String module, String[] homes, List<String> forbidden, String inside, String one) {
    return new Wall(name, module,
        noClasses().that().resideInAnyPackage(homes).should().dependOnClassesThat().resideInAnyPackage(forbidden.toArray(String[]::new)),
        List.of(stub(one), user(inside, one)));
  }

  /** Each package is a slice of its own, the one at the top too. */
  private static Wall noCycles(String module, String top) {
    return noCycles(module, top, true);
  }

  /** @param withTop false where the top package is the module's face: the verb and the values it takes and gives */
  private static Wall noCycles(String module, String top, boolean withTop) {
    return new Wall("no packages of " + module + " know each other in a circle", module,
        slices().assignedFrom(new ByPackage(top, withTop)).should().beFreeOfCycles(),
        List.of(
            source(top + ".one.A", "public class A { public " + top + ".two.B b; }"),
            source(top + ".two.B", "public class B { public " + top + ".one.A a; }")));
  }

  private record ByPackage(String top, boolean withTop) implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
      String name = javaClass.getPackageName();
      return withTop && name.equals(top) || name.startsWith(top + ".")
          ? SliceIdentifier.of(name)
          : SliceIdentifier.ignore();
    }

    @Override
    public String getDescription() {
      return "packages of " + top;
    }
  }

  /** An empty class of that name; nothing for a class the JDK has. */
  private static String stub(String name) {
    String simple = name.substring(name.lastIndexOf('.') + 1);
    return name.startsWith("java.") ? "" : source(name, "public class " + simple + " {}");
  }

  private static String user(String inside, String forbidden) {
    return source(inside + ".Trespasser", "public class Trespasser { public " + forbidden + " it; }");
  }

  private static String source(String name, String body) {
    return name + "\npackage " + name.substring(0, name.lastIndexOf('.')) + ";\n" + body + "\n";
  }
}
