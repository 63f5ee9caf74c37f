package io.emrgateway.mappings.reminders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.emrgateway.mappings.records.RecordsRefused;
import io.emrgateway.mappings.reminders.Reading.Order;
import io.emrgateway.mappings.reminders.Reading.Therapy;
import io.emrgateway.mappings.rules.RuleError;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Read for reminders,")
class ReadingTest {
  private static final Reading TABLES = Reading.shipped();
  private static final String HEAD = "# a site's\n# source: the hospital's pharmacy\nsystem: urn:emr-gateway:codes:drug-product\n";

  private static byte[] bundle(String... resources) {
    StringBuilder entries = new StringBuilder();
    for (int i = 0; i < resources.length; i++) {
      entries.append(i == 0 ? "" : ",").append("{\"fullUrl\":\"urn:uuid:").append(i).append("\",\"resource\":").append(resources[i].replace('\'', '"')).append('}');
    }
    return ("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[" + entries + "]}").getBytes(StandardCharsets.UTF_8);
  }

  private static Order drug(Reading tables, String medication) {
    return tables.orders(bundle("{'resourceType':'MedicationRequest','id':'1','status':'draft'," + medication + "}")).get(0);
  }

  private static Therapy therapy(String more) {
    return TABLES.facts(List.of(bundle("{'resourceType':'MedicationRequest','status':'active','authoredOn':'2026-11-20'," + more + "}")), false).therapies().get(0);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "阿莫西林胶囊 0.25g×24粒|阿莫西林", "注射用哌拉西林钠他唑巴坦钠|他唑巴坦,哌拉西林", "氨咖黄敏胶囊|人工牛黄,咖啡因,对乙酰氨基酚,氯苯那敏", "缬沙坦氨氯地平片(Ⅰ)|氨氯地平,缬沙坦",
      "盐酸普鲁卡因胺片|普鲁卡因胺", "左氧氟沙星片|左氧氟沙星", "维生素B12注射液|维生素B12", "八珍颗粒(无糖)|八珍", "Amoxicillin 500 mg capsule|阿莫西林", "５％葡萄糖注射液|葡萄糖", "复方甘草片|樟脑,甘草浸膏,阿片", "注射用普鲁卡因青霉素|普鲁卡因,青霉素"})
  void a_drug_is_its_ingredients(String name, String ingredients) {
    assertThat(drug(TABLES, "'medicationCodeableConcept':{'text':'" + name + "'}").drug().ingredients().keySet().stream().sorted())
        .containsExactlyElementsOf(List.of(ingredients.split(",")).stream().sorted().toList());
  }

  @Test
  void an_unknown_drug_is_of_the_class_that_its_name_or_its_group_tells() {
    assertThat(drug(TABLES, "'medicationCodeableConcept':{'text':'注射用头孢洛扎'}").drug().ingredients()).containsEntry("头孢洛扎", Set.of("cephalosporins"));
    assertThat(drug(TABLES, "'medicationCodeableConcept':{'coding':[{'system':'http://www.whocc.no/atc','code':'J01CA51','display':'院内抗炎一号'}]}").drug().ingredients())
        .containsEntry("院内抗炎一号", Set.of("beta-lactams", "penicillins"));
  }

  /** What a message lacks, its bundle says to be unknown: two such drugs are not the same. */
  @Test
  void a_drug_that_nobody_named_is_none() {
    Order order = drug(TABLES, "'medicationCodeableConcept':{'coding':[{'system':'http://terminology.hl7.org/CodeSystem/data-absent-reason',"
        + "'code':'unknown','display':'Unknown'}]}");
    assertThat(order.name()).isEmpty();
    assertThat(order.drug().ingredients()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '"', value = {"'medicationReference':{'reference':'#m'},'contained':[{'resourceType':'Medication','id':'m','code':{'text':'布洛芬片'}}]",
      "'medicationReference':{'reference':'Medication/9','display':'布洛芬片'}"})
  void a_drug_may_stand_behind_a_reference(String medication) {
    assertThat(drug(TABLES, medication).drug().ingredients()).containsOnlyKeys("布洛芬");
    assertThat(drug(TABLES, medication).id()).isEqualTo("MedicationRequest/1");
  }

  /** A hospital's own codes are its own: elsewhere the same code is another drug. */
  @Test
  void a_sites_codes_hold_for_its_own_orders_and_records_alone() {
    Reading site = Reading.with(Map.of("codes/reminders/drug-products.txt", HEAD + "YP0017\t\t阿莫西林\n"));
    String coded = "'medicationCodeableConcept':{'coding':[{'system':'urn:x','code':'YP0017','display':'院内制剂甲'}]}";
    assertThat(drug(site, coded).drug().ingredients()).containsOnlyKeys("阿莫西林");
    byte[] record = bundle("{'resourceType':'MedicationRequest','status':'active'," + coded + "}");
    assertThat(site.facts(List.of(record), true).therapies().get(0).drug().ingredients()).containsOnlyKeys("阿莫西林");
    assertThat(site.facts(List.of(record), false).therapies().get(0).drug().ingredients()).containsOnlyKeys("院内制剂甲");
  }

  @Test
  void a_sites_row_takes_the_place_of_ours() {
    Reading site = Reading.with(Map.of("codes/reminders/test-items.txt", HEAD + "血常规\tlab\t1\t\t\t\t血细胞五分类\n"));
    byte[] order = bundle("{'resourceType':'ServiceRequest','id':'1','status':'draft','code':{'text':'血细胞五分类'}}");
    assertThat(site.orders(order).get(0).tests()).singleElement().satisfies(one -> assertThat(one.days()).isEqualTo(1));
    assertThat(TABLES.orders(order).get(0).tests()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"drug-products|X1|没有成分", "drug-ingredients|某药;;no-class|没有类", "test-items|某项;lab;long|不是数字", "drug-classes|c;甲;a;;;penicillins;甲类|不是“类:级别”",
      "drug-products|X1;;甲;乙;丙|列数超过"})
  void a_row_that_cannot_be_names_its_line_and_the_remedy(String table, String row, String problem) {
    assertThatThrownBy(() -> Reading.with(Map.of("codes/reminders/" + table + ".txt", HEAD + row.replace(';', '\t') + "\n")))
        .isInstanceOf(RuleError.class).hasMessageContaining("codes/reminders/" + table + ".txt:4").hasMessageContaining(problem);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
      "'dispenseRequest':{'expectedSupplyDuration':{'value':2,'unit':'周','code':'wk'}}|14",
      "'dosageInstruction':[{'timing':{'repeat':{'boundsDuration':{'value':7,'code':'d'}}}}]|7",
      "'dosageInstruction':[{'timing':{'repeat':{'boundsPeriod':{'start':'2026-11-20','end':'2026-11-27'}}}}]|7",
      "'dosageInstruction':[{'timing':{'repeat':{'frequency':2,'period':1,'periodUnit':'d'}},'doseAndRate':[{'doseQuantity':{'value':1,'unit':'片'}}]}],'dispenseRequest':{'quantity':{'value':28,'unit':'片'}}|14",
      "'dosageInstruction':[{'timing':{'repeat':{'boundsPeriod':{'start':'2026-11-20','end':'2026-11-25'}}}},{'timing':{'repeat':{'boundsPeriod':{'start':'2026-11-25','end':'2026-12-04'}}}}]|14",
      "'dosageInstruction':[{'sequence':1,'timing':{'repeat':{'boundsDuration':{'value':5,'code':'d'}}}},{'sequence':2,'timing':{'repeat':{'boundsDuration':{'value':9,'code':'d'}}}}]|14",
      "'dosageInstruction':[{'timing':{'repeat':{'boundsDuration':{'value':5,'code':'d'}}}},{'timing':{'repeat':{'boundsDuration':{'value':9,'code':'d'}}}}]|9",
      "'dosageInstruction':[{'timing':{'code':{'text':'st'}}}]|1",
      "'dosageInstruction':[{'doseAndRate':[{'doseQuantity':{'value':1,'unit':'片'}}]}],'dispenseRequest':{'quantity':{'value':28,'unit':'片'}}|",
      "'dosageInstruction':[{'timing':{'repeat':{'frequency':2,'period':1,'periodUnit':'d'}},'doseAndRate':[{'doseQuantity':{'value':0.00000001,'unit':'片'}}]}],'dispenseRequest':{'quantity':{'value':1e999999999,'unit':'片'}}|"})
  void a_supply_lasts_as_long_as_somebody_said_or_amount_and_dose_tell(String more, Integer days) {
    assertThat(therapy("'medicationCodeableConcept':{'text':'布洛芬片'}," + more).days()).isEqualTo(days);
  }

  @ParameterizedTest
  @CsvSource({"口服,片,oral", "静滴,注射液,parenteral", "'',阿莫西林胶囊,oral", "'',左氧氟沙星滴眼液,eye", "'',莫匹罗星软膏,topical", "雾化吸入,混悬液,inhaled", "喷鼻,喷雾剂,nose", "鼻饲,片,oral", "PO,某,oral",
      "'',芬太尼透皮贴剂,transdermal", "阴道给药,泡腾片,vaginal", "'',甲硝唑阴道泡腾片,vaginal", "'',某物,''"})
  void a_route_is_told_by_its_words_else_by_the_form(String route, String drug, String group) {
    String dosage = route.isEmpty() ? "" : ",'dosageInstruction':[{'route':{'coding':[{'code':'" + route + "'}],'text':'" + route + "'}}]";
    assertThat(therapy("'medicationCodeableConcept':{'text':'" + drug + "'}" + dosage).route()).isEqualTo(group);
  }

  @Test
  void what_was_handed_out_for_a_prescription_is_one_with_it_and_lasts_from_that_day() {
    byte[] both = bundle("{'resourceType':'MedicationRequest','status':'active','authoredOn':'2026-11-01','medicationCodeableConcept':{'text':'布洛芬片'},"
            + "'dosageInstruction':[{'timing':{'repeat':{'boundsDuration':{'value':7,'code':'d'}}}}]}",
        "{'resourceType':'MedicationDispense','status':'completed','medicationCodeableConcept':{'text':'布洛芬片'},'whenHandedOver':'2026-11-03',"
            + "'authorizingPrescription':[{'reference':'urn:uuid:0'}]}");
    assertThat(TABLES.facts(List.of(both), false).therapies()).singleElement().satisfies(one -> {
      assertThat(one.taken()).isTrue();
      assertThat(one.begins()).isEqualTo(LocalDate.of(2026, 11, 3));
      assertThat(one.days()).isEqualTo(7);
    });
  }

  @Test
  void a_stay_that_is_over_ends_what_has_no_end_of_its_own() {
    String stay = "{'resourceType':'Encounter','status':'finished','class':{'code':'IMP'},'identifier':[{'value':'ZY1'}]}";
    String order = "{'resourceType':'MedicationRequest','status':'active','authoredOn':'2026-11-20','encounter':{'reference':'urn:uuid:0'},'medicationCodeableConcept':{'text':'布洛芬片'}";
    assertThat(TABLES.facts(List.of(bundle(stay, order + "}")), false).therapies().get(0).goesOn()).isFalse();
    Therapy home = TABLES.facts(List.of(bundle(stay, order + ",'dispenseRequest':{'expectedSupplyDuration':{'value':14,'code':'d'}}}")), false).therapies().get(0);
    assertThat(home.goesOn()).isTrue();
    assertThat(home.visits()).containsExactly("ZY1");
  }

  @Test
  void a_report_tells_its_results_and_their_mark() {
    byte[] report = bundle("{'resourceType':'Observation','status':'final','code':{'coding':[{'system':'urn:emr-gateway:codes:mutual-recognition','code':'L01'}],'text':'白细胞'},"
            + "'valueQuantity':{'value':12.60,'unit':'×10⁹/L','code':'10*9/L'},'interpretation':[{'coding':[{'code':'H'}]}]}",
        "{'resourceType':'DiagnosticReport','status':'final','code':{'text':'血常规'},'effectiveDateTime':'2026-11-20T08:00:00+08:00','result':[{'reference':'urn:uuid:0'}]}");
    assertThat(TABLES.facts(List.of(report), false).results()).extracting(Reading.Result::value, Reading.Result::mark)
        .containsExactly(tuple("12.60 ×10⁹/L ↑", "HR L01"), tuple("白细胞 12.60 ×10⁹/L ↑", "HR L01"));
  }

  @Test
  void a_text_that_is_no_bundle_is_refused_with_its_place() {
    assertThatThrownBy(() -> TABLES.orders("[]".getBytes(StandardCharsets.UTF_8))).isInstanceOf(RecordsRefused.class);
    assertThatThrownBy(() -> TABLES.orders("{\"entry\":[{\"resource\":{".getBytes(StandardCharsets.UTF_8))).isInstanceOf(RecordsRefused.class);
  }

  @Test
  void every_compound_of_our_own_tables_is_told_by_its_name() {
    for (Rows.Row row : Rows.of("drug-products", 4, Map.of())) {
      for (String ingredient : row.at(2, "\\+")) {
        assertThat(drug(TABLES, "'medicationCodeableConcept':{'text':'" + row.at(0) + "'}").drug().ingredients()).as(row.at(0)).containsKey(ingredient);
      }
    }
  }
}
