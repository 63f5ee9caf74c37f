package io.emrgateway.simulator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("The simulator")
@Timeout(60)
class SimulatorTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir Path folder;

  @Test
  void sends_to_this_machine_only_unless_told_that_the_network_is_for_tests() {
    // 192.0.2.0/24 is reserved for documentation (RFC 5737): nobody lives there.
    SimulatorRefused refused = assertThrows(SimulatorRefused.class,
        () -> Simulator.ward("A7").to("192.0.2.1", 2575).sends(1).start());
    assertEquals("simulator.address-not-loopback", refused.code());
    assertNotNull(Destination.of("192.0.2.1", 2575, true, null));
    assertNotNull(Destination.of("::1", 2575, false, null));
    assertEquals(2, run("load", "--to", "192.0.2.1:2575", "--seconds", "1"));
    assertEquals(2, run("replay", "--to", "192.0.2.1:2575", "--dir", "src/main/resources/samples"));
  }

  @Test
  void never_sends_without_an_end() {
    assertEquals("simulator.endless", assertThrows(SimulatorRefused.class,
        () -> Simulator.ward("A7").to("127.0.0.1", 1).start()).code());
    assertEquals(2, run("wards", "--to", "127.0.0.1:1"));
  }

  @Test
  void keeps_to_its_rate() throws Exception {
    try (BadGateway gateway = new BadGateway(arrival -> arrival.answer("AA"));
        Running ward = Simulator.ward("A7").to("127.0.0.1", gateway.port()).lasts(Duration.ofSeconds(2))
            .perSecond(100).connections(4).start()) {
      assertTrue(ward.await(SOON));
      int sent = gateway.arrivals().size();
      assertTrue(sent >= 190 && sent <= 204, "sent " + sent);
    }
  }

  @Test
  void says_so_when_fewer_were_acknowledged_than_one_waits_for() throws Exception {
    try (BadGateway gateway = new BadGateway(arrival -> arrival.answer("AR"));
        Running ward = Simulator.ward("A7").to("127.0.0.1", gateway.port()).sends(3).start()) {
      IllegalStateException thrown = assertThrows(IllegalStateException.class, () -> ward.untilAcknowledged(1));
      assertTrue(thrown.getMessage().contains("0 of 1"));
    }
  }

  @Test
  void shows_its_key_to_a_gateway_that_asks_for_it() throws Exception {
    Path store = folder.resolve("key.p12");
    keytool("-genkeypair", "-alias", "ward", "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "SAN=IP:127.0.0.1",
        "-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", "changeit");
    Path trust = folder.resolve("trust.p12");
    keytool("-exportcert", "-alias", "ward", "-keystore", store.toString(), "-storepass", "changeit", "-file",
        folder.resolve("c").toString());
    keytool("-importcert", "-noprompt", "-alias", "ward", "-file", folder.resolve("c").toString(), "-keystore",
        trust.toString(), "-storetype", "PKCS12", "-storepass", "changeit");
    char[] password = "changeit".toCharArray();
    SSLContext context = Tls.context(store, password, trust, password);
    SSLServerSocket server = (SSLServerSocket) context.getServerSocketFactory().createServerSocket();
    server.setNeedClientAuth(true);
    try (BadGateway gateway = new BadGateway(arrival -> arrival.answer("AA"), server, 0);
        Running ward = Simulator.ward("A7").to("127.0.0.1", gateway.port()).over(context).sends(50).connections(2)
            .start()) {
      assertTrue(ward.await(SOON));
      assertEquals(50, ward.acknowledged().size());
      assertEquals(gateway.hashes(), ward.acknowledged());
    }
    assertEquals("simulator.key-unreadable", assertThrows(SimulatorRefused.class,
        () -> Tls.context(store, "wrong".toCharArray(), trust, password)).code());
  }

  /** If this fails after a change of the traffic: write them again, {@code sample --dir … --count 18}. */
  @Test
  void ships_the_samples_that_it_makes() throws Exception {
    Path shipped = Path.of("src/main/resources/samples");
    Set<String> names = new TreeSet<>();
    try (var files = Files.list(shipped)) {
      files.forEach(file -> names.add(file.getFileName().toString()));
    }
    List<Samples.Sample> made = Samples.of(18, 1);
    assertEquals(new TreeSet<>(made.stream().map(Samples.Sample::name).toList()), names);
    for (Samples.Sample sample : made) {
      assertArrayEquals(sample.bytes(), Files.readAllBytes(shipped.resolve(sample.name())), sample.name());
    }
  }

  @ParameterizedTest
  @EnumSource(Shape.class)
  void measures_with_messages_of_a_fixed_size(Shape shape) {
    for (WardCharset charset : WardCharset.values()) {
      for (Shape.Template template : shape.templates(charset, 1, 256)) {
        byte[] frame = template.frame("L0000000100000000001");
        assertEquals(shape.bytes() + 3, frame.length);
        byte[] message = Arrays.copyOfRange(frame, 1, frame.length - 2);
        String text = new String(message, charset.charset());
        assertArrayEquals(message, charset.encode(text));
        assertTrue(text.split("\r")[0].contains("|L0000000100000000001|P|"));
        assertFalse(text.contains("##"));
        assertEquals(shape == Shape.ORU30 ? 30 : 0, text.split("\rOBX\\|", -1).length - 1);
      }
    }
  }

  @Test
  void counts_latencies_to_within_two_per_cent() {
    Latencies latencies = new Latencies();
    Random random = new Random(1);
    long[] exact = new long[20_000];
    for (int i = 0; i < exact.length; i++) {
      exact[i] = (long) Math.exp(random.nextDouble() * 16);
      latencies.add(exact[i]);
    }
    Arrays.sort(exact);
    for (double share : new double[] {0.01, 0.5, 0.95, 0.99, 1}) {
      long truth = exact[(int) Math.ceil(share * exact.length) - 1];
      long told = latencies.atShare(share);
      assertTrue(told >= truth && told <= truth * 1.02 + 1, share + ": " + told + " for " + truth);
    }
    assertEquals(exact.length, latencies.count());
  }

  /** Prints; the bound is far below what an idle machine does, so that a busy one does not fail it. */
  @Test
  void loads_a_gateway_from_little_of_a_core() throws Exception {
    try (BadGateway gateway = new BadGateway(arrival -> arrival.answer("AA"))) {
      Load.Figures figures = Load.run(new Load.Plan("127.0.0.1", gateway.port(), false, Shape.ADT1K,
          WardCharset.GB18030, 8, 0, 1, Duration.ofSeconds(1), Duration.ofSeconds(2), 1));
      System.out.println(figures.json() + " (receiver in the same process)");
      assertTrue(figures.perSecond() > 500, figures.json());
      assertEquals(java.util.Map.of(), figures.others());
      assertEquals(figures.acknowledged(), Math.round(figures.perSecond() * figures.seconds()), 1);
    }
  }

  @Test
  void can_be_used_from_the_command_line() throws Exception {
    Path ledger = folder.resolve("ledger");
    try (BadGateway gateway = new BadGateway(arrival -> arrival.answer("AA"))) {
      String to = "127.0.0.1:" + gateway.port();
      assertEquals(0, run("wards", "--to", to, "--wards", "3", "--messages", "40", "--connections", "2", "--rate",
          "400", "--charset", "GBK", "--seed", "5", "--from", "now", "--ledger", ledger.toString()));
      assertEquals(120, gateway.hashes().size());
      assertEquals(120, Ledger.read(ledger).stream().filter(Ledger.Line::acknowledged).count());
      assertEquals(Set.of("W1", "W2", "W3"),
          new TreeSet<>(Ledger.read(ledger).stream().map(Ledger.Line::ward).toList()));
      assertEquals(0, run("sample", "--dir", folder.resolve("s").toString(), "--count", "30"));
      assertEquals(0, run("replay", "--to", to, "--dir", folder.resolve("s").toString(), "--connections", "4",
          "--ledger", ledger.toString()));
      assertEquals(150, gateway.hashes().size());
      assertEquals(150, Ledger.read(ledger).size());
    }
    try (BadGateway refusing = new BadGateway(arrival -> arrival.answer("AR"))) {
      assertEquals(1, run("wards", "--to", "127.0.0.1:" + refusing.port(), "--messages", "2"));
    }
    assertEquals(2, run("wards", "--to", "127.0.0.1:1", "--mesages", "2"));
    assertEquals(2, run("wards", "--to", "127.0.0.1", "--messages", "2"));
    assertEquals(2, run("walk"));
    assertEquals(0, run("--help"));
  }

  private static int run(String... arguments) {
    PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    return Main.run(arguments, nowhere, nowhere);
  }

  private static void keytool(String... arguments) throws Exception {
    String[] command = new String[arguments.length + 1];
    command[0] = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    assertEquals(0, new ProcessBuilder(command).redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor());
  }
}
