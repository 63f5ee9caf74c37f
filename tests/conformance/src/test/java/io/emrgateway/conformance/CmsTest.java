package io.emrgateway.conformance;

import static io.emrgateway.conformance.Key.oid;
import static io.emrgateway.conformance.Key.tlv;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("Signed data, read independently,")
class CmsTest {
  private static final byte[] CONTENT = "{\"v\":1}".getBytes(StandardCharsets.UTF_8);
  private static final Key INTL = new Key(Suite.INTL, "a", "H-0104/main");
  private static final Key GM = new Key(Suite.GM, "a", "H-0104/main");

  private static Key key(Suite suite) {
    return suite == Suite.GM ? GM : INTL;
  }

  private static void refused(Suite suite, byte[] cms, String rule) {
    assertThatThrownBy(() -> Cms.open(cms, suite, Pinned.ofPem(key(suite).pem())))
        .isInstanceOfSatisfying(Broken.class, broken -> assertThat(broken.rule()).isEqualTo(rule));
  }

  /** The same CMS with the element at the path replaced; every length above is written anew. */
  private static byte[] changed(byte[] cms, UnaryOperator<List<byte[]>> change, int... path) throws Broken {
    return rebuilt(Der.read(cms), change, path, 0);
  }

  private static byte[] rebuilt(Der element, UnaryOperator<List<byte[]>> change, int[] path, int depth) {
    List<byte[]> parts = new ArrayList<>(element.parts().stream().map(Der::whole).toList());
    if (depth == path.length) {
      parts = change.apply(parts);
    } else {
      parts.set(path[depth], rebuilt(element.parts().get(path[depth]), change, path, depth + 1));
    }
    return tlv(element.tag(), parts.toArray(byte[][]::new));
  }

  private static UnaryOperator<List<byte[]>> set(int index, byte[] element) {
    return parts -> {
      parts.set(index, element);
      return parts;
    };
  }

  private static UnaryOperator<List<byte[]>> add(byte[] element) {
    return parts -> {
      parts.add(element);
      return parts;
    };
  }

  @ParameterizedTest
  @EnumSource
  void opens(Suite suite) throws Broken {
    assertThat(Cms.open(key(suite).sign(CONTENT), suite, Pinned.ofPem(key(suite).pem()))).isEqualTo(CONTENT);
    assertThat(Pinned.ofPem(key(suite).pem()).get(0).feed()).contains("H-0104/main");
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_with_a_byte_after_it(Suite suite) {
    byte[] cms = key(suite).sign(CONTENT);
    refused(suite, Arrays.copyOf(cms, cms.length + 1), "cms.trailing-bytes");
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_with_an_indefinite_or_padded_length(Suite suite) {
    byte[] cms = key(suite).sign(CONTENT);
    byte[] inner = Arrays.copyOfRange(cms, 4, cms.length);
    byte[] indefinite = new byte[inner.length + 4];
    indefinite[0] = 0x30;
    indefinite[1] = (byte) 0x80;
    System.arraycopy(inner, 0, indefinite, 2, inner.length);
    refused(suite, indefinite, "cms.not-der");
    byte[] padded = new byte[inner.length + 5];
    padded[0] = 0x30;
    padded[1] = (byte) 0x83;
    padded[3] = cms[2];
    padded[4] = cms[3];
    System.arraycopy(inner, 0, padded, 5, inner.length);
    refused(suite, padded, "cms.not-der");
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_with_another_outer_type(Suite suite) throws Broken {
    refused(suite, changed(key(suite).sign(CONTENT), set(0, oid("1.2.3.4"))), "cms.content-type");
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_with_no_signer_or_two(Suite suite) throws Broken {
    byte[] cms = key(suite).sign(CONTENT);
    refused(suite, changed(cms, parts -> new ArrayList<>(), 1, 0, 4), "cms.signers-not-one");
    refused(suite, changed(cms, parts -> List.of(parts.get(0), parts.get(0)), 1, 0, 4), "cms.signers-not-one");
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_with_an_unsigned_attribute(Suite suite) throws Broken {
    byte[] attribute = tlv(0xa1, tlv(0x30, oid("1.2.3.4"), tlv(0x31, tlv(0x02, new byte[] {5}))));
    refused(suite, changed(key(suite).sign(CONTENT), add(attribute), 1, 0, 4, 0), "cms.unsigned-attributes");
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_with_revocation_lists(Suite suite) throws Broken {
    refused(suite, changed(key(suite).sign(CONTENT), parts -> {
      parts.add(4, tlv(0xa1, tlv(0x30)));
      return parts;
    }, 1, 0), "cms.crl-present");
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_without_signed_attributes_or_with_them_out_of_order(Suite suite) throws Broken {
    byte[] cms = key(suite).sign(CONTENT);
    refused(suite, changed(cms, parts -> {
      parts.remove(3);
      return parts;
    }, 1, 0, 4, 0), "cms.signed-attributes-missing");
    refused(suite, changed(cms, parts -> List.of(parts.get(1), parts.get(0)), 1, 0, 4, 0, 3), "cms.not-der");
    refused(suite, changed(cms, parts -> List.of(parts.get(0)), 1, 0, 4, 0, 3), "cms.message-digest-missing");
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_detached_or_with_other_content(Suite suite) throws Broken {
    byte[] cms = key(suite).sign(CONTENT);
    refused(suite, changed(cms, parts -> List.of(parts.get(0)), 1, 0, 2), "cms.content-missing");
    refused(suite, changed(cms, set(0, tlv(0x04, new byte[] {1})), 1, 0, 2, 1), "cms.message-digest-wrong");
  }

  @ParameterizedTest
  @EnumSource
  void is_refused_with_algorithms_of_another_suite(Suite suite) throws Broken {
    byte[] cms = key(suite).sign(CONTENT);
    refused(suite, changed(cms, set(0, oid("2.16.840.1.101.3.4.2.3")), 1, 0, 4, 0, 2), "cms.digest-algorithm");
    refused(suite, changed(cms, set(0, oid("1.2.840.113549.1.1.11")), 1, 0, 4, 0, 4), "cms.signature-algorithm");
  }

  @Test
  void of_gm_opens_with_the_other_name_of_the_signature_algorithm() throws Broken {
    byte[] cms = changed(GM.sign(CONTENT), set(0, oid("1.2.156.10197.1.501")), 1, 0, 4, 0, 4);
    assertThat(Cms.open(cms, Suite.GM, Pinned.ofPem(GM.pem()))).isEqualTo(CONTENT);
  }

  /** GB/T 32905-2016 appendix A, both examples. */
  @Test
  void is_hashed_by_the_sm3_of_the_standard() {
    assertThat(Suite.hex(Sm3.hash("abc".getBytes(StandardCharsets.US_ASCII))))
        .isEqualTo("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    assertThat(Suite.hex(Sm3.hash("abcd".repeat(16).getBytes(StandardCharsets.US_ASCII))))
        .isEqualTo("debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
  }

  /** Every length around the padding's edges: one call over parts is the call over the whole. */
  @Test
  void is_hashed_the_same_in_parts() {
    for (int length = 0; length < 200; length++) {
      byte[] bytes = new byte[length];
      Arrays.fill(bytes, (byte) length);
      assertThat(Sm3.hash(Arrays.copyOf(bytes, length / 3), Arrays.copyOfRange(bytes, length / 3, length)))
          .isEqualTo(Sm3.hash(bytes));
    }
  }

  @Test
  void is_verified_on_a_curve_whose_generator_has_the_order_n() {
    assertThat(Sm2.G.isOnCurve()).isTrue();
    assertThat(Sm2.multiply(Sm2.G, Sm2.N)).isNull();
  }
}
