package io.emrgateway.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How: reads the class files of each module; to see that a wall stands, compiles a class that walks through it. */
@DisplayName("A wall of the house")
class WallsTest {
  private static final Map<String, JavaClasses> MODULES = new ConcurrentHashMap<>();

  static Stream<Wall> walls() {
    return Wall.ALL.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("walls")
  void is_respected_by_everything_we_ship(Wall wall) {
    JavaClasses classes = MODULES.computeIfAbsent(wall.module(), WallsTest::read);

    assertThat(classes).as("classes of " + wall.module()).isNotEmpty();
    wall.rule().check(classes);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("walls")
  void would_stop_a_class_that_walks_through_it(Wall wall, @TempDir Path folder) throws IOException {
    JavaClasses trespassers = compiled(wall, folder);

    assertThat(wall.rule().evaluate(trespassers).hasViolation()).isTrue();
  }

  private static JavaClasses read(String module) {
    Path classes = Tree.ROOT.resolve(module).resolve("target/classes");
    assertThat(classes).as("compiled classes of " + module + "; run ./mvnw package first").isDirectory();
    return new ClassFileImporter().importPath(classes);
  }

  private static JavaClasses compiled(Wall wall, Path folder) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("-d", folder.resolve("classes").toString(), "-proc:none"));
    for (String trespasser : wall.trespassers()) {
      if (!trespasser.isEmpty()) {
        int firstLine = trespasser.indexOf('\n');
        Path file = folder.resolve("src").resolve(trespasser.substring(0, firstLine).replace('.', '/') + ".java");
        Files.createDirectories(file.getParent());
        Files.writeString(file, trespasser.substring(firstLine + 1));
        arguments.add(file.toString());
      }
    }
    Files.createDirectories(folder.resolve("classes"));
    assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new))).isZero();
    return new ClassFileImporter().importPath(folder.resolve("classes"));
  }
}
