package io.emrgateway.routes.core.lookup;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a lookup may ask for; a consent names the same. */
public enum Section {
  VISITS("就诊"), DIAGNOSES("诊断"), PROCEDURES("手术操作"), MEDICATIONS("用药"), ALLERGIES("过敏"), RESULTS("检验检查结果"),
  REPORTS("报告");

  private final String zh;

  Section(String zh) {
    this.zh = zh;
  }

  /** As a person reads it, in Chinese. */
  public String zh() {
    return zh;
  }

  /** As the city contract writes it, e.g. {@code visits}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Several in their order, e.g. {@code 过敏、检验检查结果}. */
  public static String zh(Collection<Section> sections) {
    return new TreeSet<>(sections).stream().map(Section::zh).collect(Collectors.joining("、"));
  }

  /** Several in their order, e.g. {@code allergies, results}. */
  public static String wireNames(Collection<Section> sections) {
    return new TreeSet<>(sections).stream().map(Section::wireName).collect(Collectors.joining(", "));
  }

  public static Optional<Section> named(String wireName) {
    return Arrays.stream(values()).filter(one -> one.wireName().equals(wireName)).findFirst();
  }
}
