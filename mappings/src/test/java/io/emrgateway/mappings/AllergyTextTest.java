package io.emrgateway.mappings;

import static io.emrgateway.mappings.Samples.at;
import static io.emrgateway.mappings.Samples.own;
import static io.emrgateway.mappings.Samples.resources;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Free text in AL1-3, as doctors type it. */
@DisplayName("A free text about allergies")
class AllergyTextTest {

  @ParameterizedTest
  @ValueSource(strings = {"否认药物过敏史", "否认食物、药物过敏史。", "无", "无药物过敏史", "药物过敏史：无", "药物过敏史无", "食物过敏史：无；药物过敏史：否认",
      "青霉素皮试阴性", "青霉素（皮试阴性）", "青霉素皮试（－）", "曾用青霉素无过敏", "患者否认药物及食物过敏史", "无青霉素过敏史", "未发现药物过敏",
      "否认过敏史，具体不详", "既往无药物过敏史", "否认药物过敏史、食物过敏史", "青霉素、头孢皮试阴性", "否认药物过敏史（具体不详）", "Denies drug allergies", "NKDA", "No Known Allergies",
      "青霉素(-)", "青霉素（—）", "PNC(-)", "青霉素 阴性", "青霉素:阴性", "青霉素过敏史（-）", "药物过敏史（-）", "过敏史阴性", "过敏原检测阴性", "药物：无；食物：无",
      "药物（无）食物（无）", "无过敏史，无手术史", "过敏:N", "青霉素过敏：无", "过敏史（药物）：无", "无殊", "none known", "未曾发现药物过敏", "否认 药物过敏史", "药物过敏史 无",
      "否认药物过敏史、海鲜过敏史", "否认药物过敏史 食物过敏史", "无药物 食物 过敏史", "青霉素皮试阴性 头孢皮试阴性", "青霉素过敏试验阴性"})
  void that_denies_them_is_refuted_and_inactive(String words) {
    List<Map<String, Object>> allergies = allergies(words);

    assertThat(allergies).singleElement().satisfies(allergy -> {
      assertThat(at(allergy, "verificationStatus", "coding", 0, "code")).isEqualTo("refuted");
      assertThat(at(allergy, "clinicalStatus", "coding", 0, "code")).isEqualTo("inactive");
      assertThat((String) at(allergy, "code", "text")).isEqualToIgnoringCase(words);
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"不详", "过敏史不详", "药物过敏史：不详", "未询问过敏史", "过敏史不清楚", "未知", "不明", "过敏原不明", "过敏史不详，无手术史", "否认手术外伤史，药物过敏史不详"})
  void that_knows_nothing_says_that_nothing_is_known(String words) {
    List<Map<String, Object>> allergies = allergies(words);

    assertThat(allergies).singleElement().satisfies(allergy -> {
      assertThat(at(allergy, "code", "coding", 0, "code")).isEqualTo("no-allergy-info");
      assertThat(at(allergy, "code", "text")).isEqualTo(words);
      assertThat(at(allergy, "verificationStatus", "coding", 0, "code")).isEqualTo("unconfirmed");
      assertThat(at(allergy, "clinicalStatus", "coding", 0, "code")).isEqualTo("inactive");
    });
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "青霉素|青霉素",
      "青霉素过敏|青霉素",
      "青霉素过敏史|青霉素",
      "对青霉素过敏|青霉素",
      "对乙酰氨基酚|对乙酰氨基酚",
      "对对乙酰氨基酚过敏|对乙酰氨基酚",
      "有对氨基水杨酸钠过敏史|对氨基水杨酸钠",
      "既往有青霉素过敏史|青霉素",
      "青霉素(皮试阳性)|青霉素",
      "青霉素（皮试阳性）|青霉素",
      "青霉素皮试（+）|青霉素",
      "青霉素过敏，表现为皮疹|青霉素",
      "青霉素过敏，休克|青霉素",
      "否认食物过敏，青霉素过敏|青霉素",
      "否认食物过敏史 青霉素过敏|青霉素",
      "食物过敏史：无；药物过敏史：青霉素|青霉素",
      "否认药物过敏史，但头孢可疑|头孢",
      "否认药物过敏史,但对磺胺过敏|磺胺",
      "除青霉素外无药物过敏史|青霉素",
      "对青霉素、头孢过敏|青霉素;头孢",
      "青霉素、链霉素及磺胺过敏|青霉素;链霉素;磺胺",
      "青霉素过敏；海鲜过敏|青霉素;海鲜",
      "曾有药物过敏，具体药名不详|药物",
      "青霉素皮试阴性、头孢过敏|头孢",
      "过敏史:有|过敏史:有",
      "无花果过敏|无花果",
      "否认药物过敏史(青霉素除外)|青霉素",
      "否认药物过敏史（青霉素过敏）|青霉素",
      "否认药物过敏史青霉素过敏|青霉素",
      "否认食物过敏，严重青霉素过敏|严重青霉素",
      "青霉素过敏，过敏反应为皮疹|青霉素",
      "青霉素过敏（2010年）|青霉素",
      "不除外青霉素过敏|不除外青霉素",
      "药物过敏:无 食物过敏:虾|虾",
      "药物过敏史 无 食物过敏史 虾|虾",
      "药物（无）食物（虾）|虾",
      "过敏史：药物（无）食物（虾）|虾",
      "药物:否认 食物:芒果|芒果",
      "无药物过敏、对海鲜过敏|海鲜",
      "无药物过敏对海鲜过敏|海鲜",
      "否认药物过敏、有海鲜过敏|海鲜",
      "否认药物过敏史/海鲜过敏|海鲜",
      "否认药物及食物过敏史.花粉过敏|花粉",
      "否认药物过敏史 对虾过敏|虾",
      "否认药物过敏史青霉素皮试阳性|青霉素",
      "头孢曲松皮试阳性 青霉素皮试阴性|头孢曲松",
      "头孢曲松过敏、青霉素皮试阴性|头孢曲松",
      "青霉素过敏头孢皮试阴性|青霉素",
      "青霉素皮试阴性 头孢过敏|头孢",
      "青霉素皮试阴性 PNC过敏|PNC",
      "NKDA 海鲜过敏|海鲜",
      "有药物过敏史:青霉素 无食物过敏史|青霉素",
      "青霉素过敏（皮试阴性）|青霉素",
      "不明药物过敏|不明药物",
      "青霉素 过敏|青霉素",
      "药物过敏史 青霉素|青霉素",
      "青霉素过敏：皮疹|青霉素",
      "青霉素 头孢过敏|青霉素;头孢",
      "Penicillin V过敏|Penicillin V"})
  void that_names_some_makes_an_active_allergy_of_each_and_of_nothing_else(String words, String allergens) {
    List<Map<String, Object>> allergies = allergies(words);

    assertThat(allergies).extracting(a -> at(a, "code", "text")).containsExactly((Object[]) allergens.split(";"));
    assertThat(allergies).allSatisfy(allergy -> {
      assertThat(at(allergy, "clinicalStatus", "coding", 0, "code")).isEqualTo("active");
      assertThat(at(allergy, "reaction", 0, "manifestation", 0, "text")).isEqualTo("皮疹");
      assertThat(at(allergy, "patient", "reference")).isNotNull();
    });
    if (!words.equals(allergens)) {
      assertThat(at(allergies.get(0), "note", 0, "text")).isEqualTo(words);
    }
  }

  /** 0 is how some systems code "none"; the code says it too, but only to them. */
  @Test
  void that_is_none_beside_a_code_is_none() {
    Map<String, Object> allergy = allergies("0^无").get(0);

    assertThat(at(allergy, "verificationStatus", "coding", 0, "code")).isEqualTo("refuted");
    assertThat(at(allergy, "clinicalStatus", "coding", 0, "code")).isEqualTo("inactive");
    assertThat(at(allergy, "code", "coding", 0, "code")).isEqualTo("0");
    assertThat(at(allergy, "code", "text")).isEqualTo("无");
  }

  @Test
  void keeps_its_words_where_the_hospital_has_a_code_for_it() {
    Map<String, Object> allergy = allergies("QMS^对青霉素、头孢过敏^LOCAL").get(0);

    assertThat(at(allergy, "code", "coding", 0, "code")).isEqualTo("QMS");
    assertThat(at(allergy, "code", "text")).isEqualTo("对青霉素、头孢过敏");
    assertThat(allergies("QMS^对青霉素、头孢过敏^LOCAL")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-", "--", "—", "/", "-^-"})
  void that_is_a_dash_is_no_statement(String dash) {
    assertThat(allergies(dash)).isEmpty();
  }

  /** A story, or somebody's attack: it stands as it is. */
  @Test
  void of_a_page_is_not_taken_apart() {
    String story = "过敏".repeat(40_000);

    assertThat(allergies(story)).singleElement().satisfies(a -> assertThat(at(a, "code", "text")).isEqualTo(story));
  }

  /** The sender's number of the entry can be of one allergy only. */
  @Test
  void in_iam_names_several_too_and_leaves_the_number_with_the_first() {
    String text = own("own__ADT_A01.").replaceAll("(?m)AL1\\|[^\r]*\r", "")
        .replace("\rDG1|1|", "\rIAM|1|DA|^对青霉素、头孢过敏|SV|皮疹||A77^HIS||||20200101\rDG1|1|");
    List<Map<String, Object>> allergies = resources(Samples.bundle(text), "AllergyIntolerance");

    assertThat(allergies).extracting(a -> at(a, "code", "text")).containsExactly("青霉素", "头孢");
    assertThat(allergies).extracting(a -> at(a, "identifier", 0, "value")).startsWith("A77").doesNotHaveDuplicates();
    assertThat(allergies).extracting(a -> a.get("onsetDateTime")).containsExactly("2020-01-01", "2020-01-01");
  }

  private static List<Map<String, Object>> allergies(String al13) {
    String text = own("own__ADT_A01.").replaceAll("(?m)AL1\\|[^\r]*\r", "")
        .replace("\rDG1|1|", "\rAL1|1|DA|" + (al13.contains("^") ? al13 : "^" + al13) + "|SV|皮疹\rDG1|1|");
    return resources(Samples.bundle(text), "AllergyIntolerance");
  }
}
