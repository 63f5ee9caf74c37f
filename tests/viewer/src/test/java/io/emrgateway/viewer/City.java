package io.emrgateway.viewer;

import static io.emrgateway.viewer.Feed.obr;
import static io.emrgateway.viewer.Feed.obx;
import static io.emrgateway.viewer.Feed.pv1;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** What three hospitals know of one patient, in their own dialects: a heart attack, its aftercare, a fall. */
final class City {
  static final String ALLERGY = "AL1|1|DA|QMS^青霉素^LOCAL|SV|皮疹、喉头水肿";

  private City() {}

  static Feed renmin() {
    Feed feed = new Feed("H-0104", "北京大学人民医院", "0001234567");
    String stay = pv1("I", "ZY202610001", "心血管内科", "20261008093000", "20261019100000");
    feed.sends("ADT^A01", "20261008093500", pv1("I", "ZY202610001", "心血管内科", "20261008093000", ""), "PV2|||^胸痛4小时", ALLERGY,
        "AL1|2|FA|^花生^LOCAL|MO|荨麻疹", "DG1|1||I21.900^急性心肌梗死^ICD10CN|急性前壁心肌梗死|20261008|A",
        "DG1|2||I10.x00^特发性(原发性)高血压^ICD10CN|高血压病3级 很高危|20261008|A", "DG1|3||E11.900^2型糖尿病^ICD10CN|2型糖尿病|20261008|A",
        "PR1|1||36.0601^经皮冠状动脉药物洗脱支架置入术^ICD9CM3CN|经皮冠状动脉药物洗脱支架置入术（前降支）|20261008113000||||||D2001^赵强");
    String[][] days = {{"08", "12.60", "H", "4.9", "168", "H", "6.41"}, {"10", "10.80", "H", "4.4", "151", "", "3.10"},
        {"13", "8.90", "", "3.3", "143", "", "0.42"}, {"18", "7.20", "", "4.1", "139", "", "0.04"}};
    for (String[] day : days) {
      String at = "202610" + day[0] + "070000";
      feed.sends("ORU^R01", at, stay, obr("X" + day[0], "XCG", "血常规", at),
          obx(1, "WBC", "白细胞计数", "6690-2", day[1], "10*9/L", "3.5-9.5", day[2], at),
          obx(2, "HGB", "血红蛋白", "718-7", day[4], "g/L", "115-150", day[5], at),
          obx(3, "PLT", "血小板计数", "777-3", "21" + day[0].charAt(1), "10*9/L", "125-350", "", at));
      feed.sends("ORU^R01", at, stay, obr("S" + day[0], "SH", "心肌损伤与电解质", at),
          obx(1, "TNI", "肌钙蛋白I", "10839-9", day[6], "ng/mL", "0-0.04", day[0].equals("18") ? "" : "H", at),
          obx(2, "K", "血钾", "2823-3", day[3], "mmol/L", "3.5-5.3", day[3].equals("3.3") ? "L" : "", at),
          "OBX|3|ST|HBsAg^乙肝表面抗原^LOCAL||阴性(-)||阴性|N|||F|||" + at);
    }
    feed.sends("RDE^O11^RDE_O11", "20261019090000", stay,
        "ORC|NW|RX1^CPOE|PH1^PHARM||||||20261019090000|||D1001^李明",
        "RXE||86900001000019^阿司匹林肠溶片^本位码^B01AC06^阿司匹林^ATC|100||mg|片^片剂|||90|片|0|D1001^李明|RX1", "RXR|PO^口服", "TQ1|1|100^mg|qd^每日一次|||90^天",
        "ORC|NW|RX2^CPOE|PH2^PHARM||||||20261019090000|||D1001^李明",
        "RXE||TGRL^替格瑞洛片^LOCAL|90||mg|片^片剂|||180|片|0|D1001^李明|RX2", "RXR|PO^口服", "TQ1|1|90^mg|bid^每日两次|||90^天",
        "ORC|NW|RX3^CPOE|PH3^PHARM||||||20261008120000|||D1001^李明",
        "RXE||FLQ^氟氯西林注射液^LOCAL|1||g||||2|支|0|D1001^李明|RX3", "RXR|IV^静脉滴注", "TQ1|1|1^g|q8h^每8小时一次|||3^天");
    feed.sends("MDM^T02^MDM_T02", "20261019110000", stay,
        "TXA|1|DS^出院小结^HL70270|TX|20261019110000|D1001^李明|||||||DOC0001^EMR||||||AU",
        "OBX|1|TX|18842-5^出院小结^LN||入院诊断：急性前壁心肌梗死，Killip I级。", "OBX|2|TX|18842-5^出院小结^LN||诊疗经过：急诊行前降支药物洗脱支架置入术，术后双联抗血小板。",
        "OBX|3|TX|18842-5^出院小结^LN||出院医嘱：阿司匹林100mg 每日一次，替格瑞洛90mg 每日两次，至少12个月。");
    feed.sends("ADT^A03", "20261019100500", stay, "DG1|1||I21.900^急性心肌梗死^ICD10CN|急性前壁心肌梗死|20261019|F");
    return feed;
  }

  static Feed anzhen() {
    Feed feed = new Feed("H-0105", "首都医科大学附属北京安贞医院", "AZ778812");
    feed.sends("ADT^A04", "20261102081000", pv1("O", "MZ1102", "心内科门诊", "20261102081000", ""), "PV2|||^支架术后复查", "AL1|1|DA|P01^青霉素^LOCAL|SV|过敏性休克",
        "AL1|2|DA|^否认磺胺类药物过敏史", "DG1|1||I25.103^冠状动脉粥样硬化性心脏病^ICD10CN|冠心病 支架术后|20261102|F");
    feed.sends("ADT^A04", "20261123083000", pv1("O", "MZ1123", "心内科门诊", "20261123083000", ""), "DG1|1||I25.103^冠状动脉粥样硬化性心脏病^ICD10CN|冠心病 支架术后|20261123|F");
    for (String[] day : new String[][] {{"02", "MZ1102", "3.9", "H", "6.8"}, {"23", "MZ1123", "1.7", "", "6.1"}}) {
      String at = "202611" + day[0] + "093000";
      feed.sends("ORU^R01", at, pv1("O", day[1], "心内科门诊", "", ""), obr("Z" + day[0], "XZ", "血脂与血糖", at),
          "OBX|1|NM|LDL^低密度脂蛋白胆固醇^LOCAL^HR2023-118^低密度脂蛋白胆固醇^互认||" + day[2] + "|mmol/L|0-3.4|" + day[3] + "|||F|||" + at,
          obx(2, "HBA1C", "糖化血红蛋白", "4548-4", day[4], "%", "4.0-6.0", "H", at),
          obx(3, "BXB", "白细胞计数", "6690-2", day[0].equals("02") ? "6.8" : "6.1", "10*9/L", "3.5-9.5", "", at));
    }
    feed.sends("ORU^R01", "20261123103000", pv1("O", "MZ1123", "心内科门诊", "", ""), obr("CD1", "XCD", "超声心动图", "20261123100000"),
        "OBX|1|TX|SJ^超声所见^LOCAL||左房轻大，左室前壁心尖段运动减低，室壁厚度正常。各瓣膜形态及启闭未见明显异常。\\.br\\LVEF 52%（Simpson 法）。||||||F|||20261123100000",
        "OBX|2|TX|TS^超声提示^LOCAL||节段性室壁运动异常；左房轻大；左室收缩功能正常低限。建议三个月后复查，并与既往资料比较。||||||F|||20261123100000");
    feed.sends("RDE^O11^RDE_O11", "20261123090000", pv1("O", "MZ1123", "心内科门诊", "", ""),
        "ORC|NW|AZ1^CPOE|AZP1^PHARM||||||20261123090000|||D77^孙医",
        "RXE||ATFT^阿托伐他汀钙片^LOCAL|20||mg|片^片剂|^睡前服||28|片|0|D77^孙医|AZ1", "RXR|PO^口服", "TQ1|1|20^mg|qn^每晚一次|||28^天");
    return feed;
  }

  static Feed xuanwu() {
    Feed feed = new Feed("H-0107", "首都医科大学宣武医院", "XW5566");
    feed.sends("ADT^A04", "20260915201000", pv1("E", "JZ0915", "急诊科", "20260915201000", "20260915233000"), "PV2|||^跌倒后头痛",
        "DG1|1||S06.000^脑震荡^ICD10CN|头部外伤 脑震荡待排|20260915|A");
    feed.sends("ORU^R01", "20260915213000", pv1("E", "JZ0915", "急诊科", "", ""), obr("CT1", "CTTN", "头颅CT平扫", "20260915205000"),
        "OBX|1|TX|YXSJ^影像所见^LOCAL||双侧大脑半球对称，灰白质分界清，脑实质内未见明确异常密度影，脑室系统未见扩张，中线结构居中。||||||F|||20260915205000");
    feed.sends("ORU^R01", "20260915213500", pv1("E", "JZ0915", "急诊科", "", ""), obr("B1", "XCG", "血常规", "20260915203000"),
        obx(1, "WBC", "白细胞", "6690-2", "9.9", "10*9/L", "3.5-9.5", "H", "20260915203000"));
    return feed;
  }

  /** A hospital whose every text is an attack on the page that shows it. */
  static Feed hostile(String attack) {
    Feed feed = new Feed("H-0110", attack, "HX1");
    String visit = pv1("O", "V1", attack, "20261102081000", "");
    String words = attack + " " + attack + " " + attack;
    feed.sends("ADT^A04", "20261102081000", visit, "PV2|||^" + attack, "AL1|1|DA|" + attack + "^" + attack + "^LOCAL|SV|" + attack,
        "DG1|1||" + attack + "^" + attack + "^ICD10CN|" + attack + "|20261102|F", "PR1|1||" + attack + "^" + attack + "^LOCAL|" + attack + "|20261102113000||||||D^" + attack);
    feed.sends("ORU^R01", "20261102090000", visit, "OBR|1|1^HIS|R1^LIS|" + attack + "^" + attack + "^LOCAL|||20261102090000||||||||BLD|D^" + attack + "||||||20261102090000||LAB|F",
        "OBX|1|ST|" + attack + "^" + attack + "^LOCAL||" + attack + "|" + attack + "|" + attack + "|" + attack + "|||F|||20261102090000",
        "OBX|2|TX|T^" + attack + "^LOCAL||" + words + "||||||F|||20261102090000", "NTE|1||" + attack);
    feed.sends("RDE^O11^RDE_O11", "20261102090000", visit, "ORC|NW|A1^CPOE|P1^PHARM||||||20261102090000|||D^" + attack,
        "RXE||" + attack + "^" + attack + "^LOCAL|20||" + attack + "|" + attack + "|^" + attack + "||28|" + attack, "RXR|" + attack + "^" + attack);
    feed.sends("MDM^T02^MDM_T02", "20261102110000", visit, "TXA|1|DS^" + attack + "^LOCAL|TX|20261102110000|D^" + attack + "|||||||DOC1^EMR||||" + attack + "||AU",
        "OBX|1|TX|T^" + attack + "^LOCAL||" + words,
        "OBX|2|ED|H^" + attack + "^LOCAL||^TEXT^HTML^Base64^" + Base64.getEncoder().encodeToString(
            ("<p>标题</p><script>window.hit=1</script><img src=/x onerror=window.hit=1><p>正文 &lt;i&gt;&amp;</p>").getBytes(StandardCharsets.UTF_8)));
    return feed;
  }

  static List<Feed> three() {
    return List.of(renmin(), anzhen(), xuanwu());
  }
}
