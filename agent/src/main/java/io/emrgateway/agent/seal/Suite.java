package io.emrgateway.agent.seal;

import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * The family of algorithms a feed uses for one epoch: hash, curve, and cipher at rest.
 *
 * <p>Safe for any number of threads; each keeps its own digest.
 */
public enum Suite {
  /** SHA-256, ECDSA on P-256, AES-256-GCM. */
  INTL {
    @Override
    byte[] digest(int tag, byte[]... parts) {
      MessageDigest digest = SHA_256.get();
      digest.reset();
      if (tag >= 0) {
        digest.update((byte) tag);
      }
      for (byte[] part : parts) {
        digest.update(part);
      }
      return digest.digest();
    }

    @Override
    byte[] hmac(byte[] key, byte[]... parts) {
      try {
        Mac mac = HMAC_SHA_256.get();
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        for (byte[] part : parts) {
          mac.update(part);
        }
        return mac.doFinal();
      } catch (InvalidKeyException e) {
        throw new IllegalStateException("HMAC takes any octets for a key", e);
      }
    }
  },
  /** SM3 (GM/T 0004), SM2 (GM/T 0003) with the standard's user id, SM4-GCM. */
  GM {
    @Override
    byte[] digest(int tag, byte[]... parts) {
      SM3Digest digest = SM3.get();
      digest.reset();
      if (tag >= 0) {
        digest.update((byte) tag);
      }
      for (byte[] part : parts) {
        digest.update(part, 0, part.length);
      }
      byte[] out = new byte[HASH_BYTES];
      digest.doFinal(out, 0);
      return out;
    }

    @Override
    byte[] hmac(byte[] key, byte[]... parts) {
      HMac mac = HMAC_SM3.get();
      mac.init(new KeyParameter(key));
      for (byte[] part : parts) {
        mac.update(part, 0, part.length);
      }
      byte[] out = new byte[HASH_BYTES];
      mac.doFinal(out, 0);
      return out;
    }
  };

  /** Length of either hash. */
  public static final int HASH_BYTES = 32;
  /** What stands for "nothing before this": 64 zeros. */
  public static final String ZERO_HASH = "0".repeat(2 * HASH_BYTES);

  /** Tags of hash inputs, so that no value serves as another (city contract, "Names and hashes"). */
  public static final int TAG_LEAF = 0x00;
  public static final int TAG_NODE = 0x01;
  public static final int TAG_HEADER = 0x02;
  public static final int TAG_BODY = 0x03;
  public static final int TAG_RAW = 0x04;
  public static final int TAG_AUDIT = 0x05;
  public static final int TAG_HEAD = 0x06;
  /** Of a lookup's request, and of a body of an answer to one (decision 21). */
  public static final int TAG_LOOKUP = 0x07;
  public static final int TAG_ANSWER = 0x08;

  private static final HexFormat HEX = HexFormat.of();

  private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(() -> {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  });
  private static final ThreadLocal<SM3Digest> SM3 = ThreadLocal.withInitial(SM3Digest::new);
  private static final ThreadLocal<Mac> HMAC_SHA_256 = ThreadLocal.withInitial(() -> {
    try {
      return Mac.getInstance("HmacSHA256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has HMAC-SHA-256", e);
    }
  });
  private static final ThreadLocal<HMac> HMAC_SM3 = ThreadLocal.withInitial(() -> new HMac(new SM3Digest()));

  abstract byte[] digest(int tag, byte[]... parts);

  /** HMAC (RFC 2104) over the parts one behind the other, with this suite's hash; 32 bytes. */
  abstract byte[] hmac(byte[] key, byte[]... parts);

  /**
   * The hash of one octet {@code tag} followed by the parts.
   *
   * @param tag 0 to 255
   * @return 32 bytes
   */
  public byte[] hash(int tag, byte[]... parts) {
    if (tag < 0 || tag > 255) {
      throw new IllegalArgumentException("tag is one octet");
    }
    return digest(tag, parts);
  }

  /** The hash of the parts with no tag before them: certificates, and the tree over nothing. */
  public byte[] hashUntagged(byte[]... parts) {
    return digest(-1, parts);
  }

  /** The city's head after a batch: {@code ch = H(06|prevCh|hh)}, all in lower-case hex. */
  public String cityHead(String prevCh, String hh) {
    return hex(hash(TAG_HEAD, unhex(prevCh), unhex(hh)));
  }

  /**
   * The audit chain's next link: {@code a_k = H(05|a_(k-1)|H(record))}, links in lower-case hex.
   *
   * @param hash {@code H(record)}
   */
  public String auditLink(String before, byte[] hash) {
    return hex(hash(TAG_AUDIT, unhex(before), hash));
  }

  /** The name in headers and settings: {@code intl} or {@code gm}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @param wireName {@code intl} or {@code gm}
   * @throws SealRefused {@code seal.suite-mismatch} for any other name
   */
  public static Suite of(String wireName) {
    return switch (wireName) {
      case "intl" -> INTL;
      case "gm" -> GM;
      default -> throw new SealRefused(SealRefused.Reason.SUITE_MISMATCH, "suite");
    };
  }

  public static String hex(byte[] bytes) {
    return HEX.formatHex(bytes);
  }

  /** @throws IllegalArgumentException when it is not pairs of hex digits */
  public static byte[] unhex(String hex) {
    return HEX.parseHex(hex);
  }

  /** Whether this is a hash as the contract writes it: 64 lower-case hex digits. */
  public static boolean isHash(String text) {
    if (text == null || text.length() != 2 * HASH_BYTES) {
      return false;
    }
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
        return false;
      }
    }
    return true;
  }
}
