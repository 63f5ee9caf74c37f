package io.emrgateway.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a runtime that only tells what it was started with: what matters is which cache the command gives it. */
@DisplayName("The cache for quick starts")
class StartCacheTest {
  private static final FileTime ALWAYS = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));

  @TempDir Path home;

  @Test
  void is_used_for_the_program_it_was_made_of_and_for_no_other() throws Exception {
    Files.createDirectories(home.resolve("bin"));
    Files.copy(House.gateway(), home.resolve("bin/emr-gateway"));
    program("app/agent.jar", "version one");
    program("lib/main/io.emrgateway.mappings.jar", "rules one");
    program("lib/main/library-1.jar", "a library");
    program("quarkus-run.jar", "manifest");
    Path runtime = runtime();

    assertThat(run(runtime, "status")).doesNotContain("-XX:AOTCache=");
    assertThat(run(runtime, "prepare", "--help")).as("a question is passed on, and makes nothing").contains("prepare --help");
    assertThat(home.resolve("cache")).doesNotExist();
    assertThat(run(runtime, "prepare")).contains("made");
    assertThat(run(runtime, "status")).contains("-XX:AOTCache=");

    // The same size and the same time, as two builds have them.
    program("app/agent.jar", "version two");
    assertThat(run(runtime, "status")).as("after an upgrade in place").doesNotContain("-XX:AOTCache=");
    program("app/agent.jar", "version one");
    assertThat(run(runtime, "status")).contains("-XX:AOTCache=");
    program("lib/main/io.emrgateway.mappings.jar", "rules two");
    assertThat(run(runtime, "status")).doesNotContain("-XX:AOTCache=");

    run(runtime, "prepare");
    try (var caches = Files.list(home.resolve("cache"))) {
      assertThat(caches).as("the one before is gone").hasSize(1);
    }
  }

  private void program(String path, String content) throws IOException {
    Path file = home.resolve("lib").resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    Files.setLastModifiedTime(file, ALWAYS);
  }

  private Path runtime() throws IOException {
    Path java = home.resolve("runtime/bin/java");
    Files.createDirectories(java.getParent());
    Files.writeString(home.resolve("runtime/release"), "JAVA_VERSION=\"25.0.1\"\n");
    Files.writeString(java, """
        #!/bin/sh
        for word in "$@"; do
          case $word in -XX:AOTCacheOutput=*) echo cache > "${word#*=}" ;; esac
        done
        echo "$@"
        """);
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    return java;
  }

  private String run(Path runtime, String... words) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(Stream.concat(
        Stream.of("/bin/sh", home.resolve("bin/emr-gateway").toString()), Stream.of(words)).toList()).redirectErrorStream(true);
    builder.environment().put("EMR_GATEWAY_JAVA", runtime.toString());
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said;
  }
}
