package io.emrgateway.mappings.fhir;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What is written as JSON")
class JsonTest {

  @Test
  void is_for_every_character_what_jackson_writes() throws IOException {
    for (int c = 0; c <= Character.MAX_VALUE; c++) {
      String text = "a" + (char) c + "b";
      assertThat(ours(text)).as("U+%04X", c).isEqualTo(jacksons(text));
    }
  }

  @Test
  void is_what_jackson_writes_when_long_texts_mix_characters_of_all_lengths() throws IOException {
    String some = "plain 张伟 é \uD83D\uDE00 \"quoted\" \\ \t\n\r\u0001 ";
    for (int times : new int[] {1, 20, 37, 500}) {
      assertThat(ours(some.repeat(times))).isEqualTo(jacksons(some.repeat(times)));
    }
  }

  @Test
  void separates_members_and_items_and_nothing_else() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("a", "ends in {");
      json.writeArrayFieldStart("b");
      json.writeString("[");
      json.writeString(":");
      json.writeNumber("1.50");
      json.writeBoolean(true);
      json.writeStartObject();
      json.writeEndObject();
      json.writeStartObject();
      json.writeEndObject();
      json.writeEndArray();
      json.writeStringField("c", "");
      json.writeEndObject();
    }

    Json ours = new Json(0).object().text("a", "ends in {").name("b").array().text("[").text(":").plain("1.50")
        .plain("true").object().endObject().object().endObject().endArray().text("c", "").endObject();

    assertThat(ours.bytes()).isEqualTo(out.toByteArray());
  }

  private static byte[] ours(String text) {
    return new Json(0).object().text("name", text).endObject().bytes();
  }

  private static byte[] jacksons(String text) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("name", text);
      json.writeEndObject();
    }
    return out.toByteArray();
  }
}
