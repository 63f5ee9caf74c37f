package io.emrgateway.routes.core.lookup;

import java.util.Arrays;
import java.util.Optional;

/** Why nothing of a hospital's answer is shown: it could not be proved to be that hospital's. A code that has shipped keeps its meaning. */
public enum Unproved {
  HOSPITAL_UNKNOWN("hospital-unknown", "本网关的信任文件中没有该医院，请信息科联系市平台", "the trust file here does not have this hospital; have IT ask the city"),
  KEY_UNKNOWN("key-unknown", "签名证书不在信任文件中该医院名下，请信息科联系市平台",
      "signed by a certificate that the trust file does not have for this hospital; have IT ask the city"),
  NOT_SIGNED("not-signed", "内容与该医院的签名不符，请直接联系该医院", "not what this hospital has signed; ask the hospital itself"),
  BY_THE_CITY("by-the-city", "市平台核验未通过，请直接联系该医院", "the city could not verify it; ask the hospital itself");

  private static final String STATUS = "unproved:";

  private final String code;
  private final String zh;
  private final String en;

  Unproved(String code, String zh, String en) {
    this.code = code;
    this.zh = zh;
    this.en = en;
  }

  /** The one that a {@link LookUp.Part#status} names; the city has a word of its own for it. */
  public static Optional<Unproved> of(String status) {
    return status.equals("denied:answer.invalid") ? Optional.of(BY_THE_CITY)
        : Arrays.stream(values()).filter(one -> one.status().equals(status)).findFirst();
  }

  /** As {@link LookUp.Part#status} has it, e.g. {@code unproved:key-unknown}. */
  public String status() {
    return STATUS + code;
  }

  public String code() {
    return code;
  }

  /** What it means and what to do, in Chinese. */
  public String zh() {
    return zh;
  }

  /** What it means and what to do, in English. */
  public String en() {
    return en;
  }
}
