package io.emrgateway.peers;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.hl7v2.DefaultHapiContext;
import ca.uhn.hl7v2.HapiContext;
import ca.uhn.hl7v2.app.Connection;
import ca.uhn.hl7v2.llp.MinLowerLayerProtocol;
import ca.uhn.hl7v2.model.Message;
import ca.uhn.hl7v2.util.Terser;
import io.emrgateway.journeys.Waiting;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.component.hl7.HL7MLLPNettyDecoderFactory;
import org.apache.camel.component.hl7.HL7MLLPNettyEncoderFactory;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * How: the packaged gateway and the reference city as processes; senders that hospitals use, with their own defaults.
 * Each has to take the answer, and the city has to hold what was sent.
 */
@DisplayName("A sender that we did not write")
@Timeout(60)
class SendersTest {
  @TempDir static Path folder;
  private static Hospital hospital;

  @BeforeAll
  static void opens() {
    hospital = new Hospital(folder, "intl");
  }

  @AfterAll
  static void closes() {
    if (hospital != null) {
      hospital.close();
    }
  }

  @Test
  void hapi_told_to_write_utf_8_gets_its_answer_and_its_message_through() throws Exception {
    Admission admission = Admission.from("hapi-utf8");
    try (HapiContext context = new DefaultHapiContext()) {
      context.setLowerLayerProtocol(utf8());
      Terser answer = sentByHapi(context, admission);

      assertThat(answer.get("/MSA-1")).isEqualTo("AA");
      assertThat(answer.get("/MSA-2")).isEqualTo(admission.control());
    }
    assertThat(hospital.bundleOf(admission.control())).contains(Admission.FAMILY);
  }

  @Test
  void hapi_with_its_defaults_is_answered_and_its_lost_characters_are_flagged() throws Exception {
    Admission admission = Admission.from("hapi");
    double before = hospital.flagged("LOST_BY_SENDER");
    try (HapiContext context = new DefaultHapiContext()) {
      // Told nothing, HAPI writes US-ASCII and ? for each character that it cannot, whatever MSH-18 says.
      assertThat(sentByHapi(context, admission).get("/MSA-1")).isEqualTo("AA");
    }
    assertThat(hospital.bundleOf(admission.control())).doesNotContain(Admission.FAMILY);
    assertThat(hospital.flagged("LOST_BY_SENDER")).isEqualTo(before + 1);
  }

  @Test
  void hapi_keeps_its_connection_over_many_messages() throws Exception {
    try (HapiContext context = new DefaultHapiContext()) {
      context.setLowerLayerProtocol(utf8());
      Connection connection = context.newClient("127.0.0.1", hospital.agent.mllpPort(), false);
      for (int k = 0; k < 50; k++) {
        Admission admission = Admission.from("hapi-many");
        Message answer = connection.getInitiator().sendAndReceive(context.getPipeParser().parse(admission.text()));
        assertThat(new Terser(answer).get("/MSA-2")).isEqualTo(admission.control());
      }
      connection.close();
    }
  }

  @Test
  void camels_mllp_producer_takes_the_answer() throws Exception {
    Admission admission = Admission.from("camel-mllp");
    try (CamelContext camel = camel()) {
      Exchange exchange = camel.createProducerTemplate().request(
          "mllp:127.0.0.1:" + hospital.agent.mllpPort() + "?receiveTimeout=8000&charsetName=UTF-8",
          sent -> sent.getMessage().setBody(admission.text()));

      assertThat(exchange.getException()).isNull();
      assertThat(exchange.getMessage().getHeader("CamelMllpAcknowledgementType")).isEqualTo("AA");
      assertThat(exchange.getMessage().getHeader("CamelMllpAcknowledgementString", String.class)).contains(admission.control());
    }
    assertThat(hospital.bundleOf(admission.control())).contains(Admission.FAMILY);
  }

  @Test
  void camels_netty_producer_with_its_hl7_codec_takes_the_answer() throws Exception {
    Admission admission = Admission.from("camel-netty");
    try (CamelContext camel = camel()) {
      HL7MLLPNettyEncoderFactory encoder = new HL7MLLPNettyEncoderFactory();
      HL7MLLPNettyDecoderFactory decoder = new HL7MLLPNettyDecoderFactory();
      encoder.setCharset(StandardCharsets.UTF_8);
      decoder.setCharset(StandardCharsets.UTF_8);
      camel.getRegistry().bind("encoder", encoder);
      camel.getRegistry().bind("decoder", decoder);

      String answer = camel.createProducerTemplate().requestBody(
          "netty:tcp://127.0.0.1:" + hospital.agent.mllpPort() + "?sync=true&encoders=#encoder&decoders=#decoder&requestTimeout=8000",
          admission.text(), String.class);

      assertThat(answer).contains("MSA|AA|" + admission.control());
    }
    assertThat(hospital.bundleOf(admission.control())).contains(Admission.FAMILY);
  }

  @Test
  void camels_mllp_producer_takes_a_refusal_as_one() throws Exception {
    try (CamelContext camel = camel()) {
      Exchange exchange = camel.createProducerTemplate().request(
          "mllp:127.0.0.1:" + hospital.agent.mllpPort() + "?receiveTimeout=8000&charsetName=UTF-8",
          sent -> sent.getMessage().setBody("MSH|^~\\&|HIS|H0104|GATEWAY|EDGE|20261122091517||ADT^A01^ADT_A01||P|2.5\rEVN|A01\r"));

      assertThat(exchange.getException()).isNotNull();
      assertThat(exchange.getException().getClass().getSimpleName()).startsWith("MllpApplication");
    }
  }

  @Test
  void python_hl7s_mllp_send_without_a_last_carriage_return_is_answered() throws Exception {
    Programs.assumeInstalled("mllp_send");
    Admission admission = Admission.from("mllp_send");
    Path file = Files.writeString(folder.resolve("python.hl7"), admission.text().replace('\r', '\n'));

    Programs.Answer answer = Programs.run(new byte[0], "mllp_send",
        "--port", String.valueOf(hospital.agent.mllpPort()), "--file", file.toString(), "--loose", "127.0.0.1");

    assertThat(answer.ok()).as(answer.text()).isTrue();
    assertThat(answer.text()).contains("MSA|AA|" + admission.control());
    assertThat(hospital.bundleOf(admission.control())).contains(Admission.FAMILY);
  }

  @Test
  void socat_with_line_feeds_for_segment_ends_is_answered() throws Exception {
    Admission admission = Admission.from("socat-lf");

    assertThat(bySocat(framed(admission.text().replace('\r', '\n')))).contains("MSA|AA|" + admission.control());
    assertThat(hospital.bundleOf(admission.control())).contains(Admission.FAMILY);
  }

  @Test
  void socat_with_two_messages_in_one_packet_gets_both_answers_in_order() throws Exception {
    Admission first = Admission.from("socat-pipe");
    Admission second = Admission.from("socat-pipe");

    String answers = bySocat(framed(first.text()) + framed(second.text()));

    assertThat(answers).containsSubsequence("MSA|AA|" + first.control(), "MSA|AA|" + second.control());
    assertThat(hospital.bundleOf(first.control())).contains(Admission.FAMILY);
    assertThat(hospital.bundleOf(second.control())).contains(Admission.FAMILY);
  }

  @Test
  void socat_with_gbk_bytes_under_a_utf_8_label_keeps_every_character() throws Exception {
    Programs.assumeInstalled("socat");
    Admission admission = Admission.from("socat-gbk");
    byte[] bytes = framed(admission.text()).getBytes("GBK");

    Programs.Answer answer = Programs.run(bytes, "socat", "-t5", "-", "TCP:127.0.0.1:" + hospital.agent.mllpPort());

    assertThat(new String(answer.output(), "GBK")).contains("MSA|AA|" + admission.control());
    assertThat(hospital.bundleOf(admission.control())).contains(Admission.FAMILY);
  }

  /** As hl7v2-net does: its library answers whatever arrives. */
  @Test
  void that_answers_our_answer_is_not_answered_again() throws Exception {
    Admission admission = Admission.from("talker");
    try (Socket socket = new Socket("127.0.0.1", hospital.agent.mllpPort())) {
      socket.setSoTimeout(8_000);
      socket.getOutputStream().write(framed(admission.text()).getBytes(StandardCharsets.UTF_8));
      String answer = frame(socket.getInputStream());
      assertThat(answer).contains("MSA|AA|" + admission.control());

      socket.getOutputStream().write(framed("MSH|^~\\&|HIS|H0104|GATEWAY|EDGE|20261122091518||ACK^A01^ACK|own-1|P|2.5\rMSA|AA|"
          + controlOf(answer) + "\r").getBytes(StandardCharsets.UTF_8));
      socket.setSoTimeout(1_500);
      assertThat(silent(socket.getInputStream())).isTrue();

      // And the connection is as good as before.
      Admission next = Admission.from("talker");
      socket.setSoTimeout(8_000);
      socket.getOutputStream().write(framed(next.text()).getBytes(StandardCharsets.UTF_8));
      assertThat(frame(socket.getInputStream())).contains("MSA|AA|" + next.control());
    }
  }

  private static MinLowerLayerProtocol utf8() {
    MinLowerLayerProtocol protocol = new MinLowerLayerProtocol(true);
    protocol.setCharset(StandardCharsets.UTF_8);
    return protocol;
  }

  private static Terser sentByHapi(HapiContext context, Admission admission) throws Exception {
    Connection connection = context.newClient("127.0.0.1", hospital.agent.mllpPort(), false);
    try {
      return new Terser(connection.getInitiator().sendAndReceive(context.getPipeParser().parse(admission.text())));
    } finally {
      connection.close();
    }
  }

  private static CamelContext camel() {
    CamelContext camel = new DefaultCamelContext();
    camel.start();
    return camel;
  }

  private static String bySocat(String bytes) throws Exception {
    Programs.assumeInstalled("socat");
    // Half-closes after the last byte, then listens for five seconds more, or until we close.
    return Programs.run(bytes.getBytes(StandardCharsets.UTF_8), "socat", "-t5", "-",
        "TCP:127.0.0.1:" + hospital.agent.mllpPort()).text();
  }

  private static String framed(String text) {
    return "\u000b" + text + "\u001c\r";
  }

  private static String frame(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int octet = in.read(); octet >= 0; octet = in.read()) {
      if (octet == 0x1C) {
        in.read();
        return bytes.toString(StandardCharsets.UTF_8);
      }
      bytes.write(octet);
    }
    throw new IOException("closed after " + bytes.size() + " bytes");
  }

  private static String controlOf(String message) {
    return message.split("\\|", 11)[9];
  }

  private static boolean silent(InputStream in) throws IOException {
    try {
      in.read();
      return false;
    } catch (SocketTimeoutException nothing) {
      return true;
    }
  }
}
