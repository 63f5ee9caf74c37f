package io.emrgateway.peers;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.hl7v2.DefaultHapiContext;
import ca.uhn.hl7v2.HapiContext;
import ca.uhn.hl7v2.app.Connection;
import ca.uhn.hl7v2.llp.MinLowerLayerProtocol;
import ca.uhn.hl7v2.model.Message;
import ca.uhn.hl7v2.model.v25.message.ADR_A19;
import ca.uhn.hl7v2.model.v25.message.RSP_K11;
import ca.uhn.hl7v2.util.Terser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How: the packaged gateway and the reference city as processes; clients that hospitals use, each with its own structures. */
@DisplayName("A HIS that asks by a client that we did not write")
@Timeout(60)
class AskersTest {
  private static final String WHO = "D1001^李明|急诊科|ZY1||患者昏迷，无家属在场|D1002^王芳";

  @TempDir static Path folder;
  private static Hospital hospital;

  @BeforeAll
  static void opens() throws Exception {
    hospital = new Hospital(folder, "intl");
    String now = LocalDateTime.now(ZoneOffset.ofHours(8)).minusHours(1).format(DateTimeFormatter.ofPattern("yyyyMMddHHmmss"));
    String admission = msh("ADT^A01^ADT_A01", "A1") + "EVN|A01|" + now + "\rPID|1||000123^^^HIS^MR~11010519491231002X^^^GA^NNCHN||欧阳^锋||19491231|F\r"
        + "PV1|1|I|N03^301^02||||||||||||||||ZY1^^^HIS^VN|||||||||||||||||||||||||" + now + "\r";
    try (HapiContext context = context()) {
      assertThat(new Terser(asked(context, admission)).get("/MSA-1")).isEqualTo("AA");
    }
    hospital.agent.awaitSettled(Duration.ofSeconds(30));
  }

  @AfterAll
  static void closes() {
    if (hospital != null) {
      hospital.close();
    }
  }

  private static String msh(String type, String control) {
    return "MSH|^~\\&|HIS|H0104|GATEWAY|EDGE|20261122091517||" + type + "|" + control + "|P|2.5|||||CHN|UNICODE UTF-8\r";
  }

  private static String q11(String who) {
    return msh("QBP^Q11^QBP_Q11", "Q1") + "QPD|ZEMRGW^跨院调阅^99EMRGW|T1|000123^^^HIS^MR||||||" + who + "\rRCP|I|10^RD\r";
  }

  private static HapiContext context() {
    HapiContext context = new DefaultHapiContext();
    MinLowerLayerProtocol protocol = new MinLowerLayerProtocol(true);
    protocol.setCharset(StandardCharsets.UTF_8);
    context.setLowerLayerProtocol(protocol);
    return context;
  }

  private static Message asked(HapiContext context, String query) throws Exception {
    Connection connection = context.newClient("127.0.0.1", hospital.agent.mllpPort(), false);
    try {
      return connection.getInitiator().sendAndReceive(context.getPipeParser().parse(query));
    } finally {
      connection.close();
    }
  }

  @Test
  void hapi_gets_what_it_calls_RSP_K11() throws Exception {
    try (HapiContext context = context()) {
      RSP_K11 answer = (RSP_K11) asked(context, q11(WHO));

      assertThat(answer.getMSA().getAcknowledgmentCode().getValue()).isEqualTo("AA");
      assertThat(answer.getMSA().getMessageControlID().getValue()).isEqualTo("Q1");
      assertThat(answer.getQAK().getQueryTag().getValue()).isEqualTo("T1");
      assertThat(answer.getQAK().getQueryResponseStatus().getValue()).isEqualTo("NF");
      assertThat(answer.encode()).contains("未向任何医院查询");
    }
  }

  @Test
  void hapi_gets_what_it_calls_ADR_A19() throws Exception {
    try (HapiContext context = context()) {
      ADR_A19 answer = (ADR_A19) asked(context, msh("QRY^A19^QRY_A19", "Q2") + "QRD|20261128|R|I|T2|||10^RD|000123^^^^^^^^HIS^^^^MR|DEM\r"
          + "QRF|HIS||||doctor=D1001~doctor-name=李明~department=急诊科~visit=ZY1~reason=患者昏迷~second=D1002~second-name=王芳\r");

      assertThat(answer.getMSA().getAcknowledgmentCode().getValue()).isEqualTo("AA");
      assertThat(answer.getQUERY_RESPONSE().getPID().getPatientName(0).getFamilyName().getSurname().getValue()).isEqualTo("欧阳锋");
    }
  }

  @Test
  void hapi_reads_in_the_refusal_what_is_wrong_and_what_to_do() throws Exception {
    try (HapiContext context = context()) {
      RSP_K11 answer = (RSP_K11) asked(context, q11("D1001^李明|急诊科|ZY1"));

      assertThat(answer.getMSA().getAcknowledgmentCode().getValue()).isEqualTo("AE");
      assertThat(answer.getERR().getApplicationErrorCode().getIdentifier().getValue()).isEqualTo("lookup.no-consent");
      assertThat(answer.getERR().getUserMessage().getValue()).contains("请患者签署授权后再查询");
    }
  }

  @Test
  void camels_mllp_producer_takes_the_answer() throws Exception {
    try (CamelContext camel = new DefaultCamelContext()) {
      camel.start();
      Exchange exchange = camel.createProducerTemplate().request(
          "mllp:127.0.0.1:" + hospital.agent.mllpPort() + "?receiveTimeout=20000&charsetName=UTF-8", sent -> sent.getMessage().setBody(q11(WHO)));

      assertThat(exchange.getException()).isNull();
      assertThat(exchange.getMessage().getHeader("CamelMllpAcknowledgementString", String.class)).contains("RSP^K11^RSP_K11", "MSA|AA|Q1");
    }
  }
}
