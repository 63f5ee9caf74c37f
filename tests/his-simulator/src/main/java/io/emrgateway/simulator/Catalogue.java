package io.emrgateway.simulator;

import java.util.List;

/**
 * What the played hospital's tables hold: plausible rows in the shapes of Chinese HIS, for traffic only. Codes are not
 * normative: diagnoses follow the form of GB/T 14396 (ICD-10 with an extension), operations that of ICD-9-CM-3.
 */
final class Catalogue {
  private Catalogue() {}

  /** Local code, name, national code of CT08.00.002 shape. */
  record Department(String local, String name, String national) {}

  record Drug(String local, String name, String specification, String dose, String unit, String route, String form) {}

  /**
   * @param loinc empty where the laboratory has only its own code
   * @param decimals digits behind the point in a reported value
   */
  record LabItem(String loinc, String local, String name, String unit, double low, double high, int decimals) {}

  static final List<Department> DEPARTMENTS = List.of(
      new Department("0301", "心血管内科", "03.04"), new Department("0302", "呼吸与危重症医学科", "03.02"),
      new Department("0305", "神经内科", "03.03"), new Department("0401", "普通外科", "04.01"),
      new Department("0403", "骨科", "04.03"), new Department("0501", "妇产科", "05"),
      new Department("0701", "儿科", "07"), new Department("2001", "急诊医学科", "20"),
      new Department("5001", "中医科", "50"));

  /** Sending the edition with the code: two editions give one code two meanings. */
  static final List<String> EDITIONS = List.of("ICD10CN", "ICD10BJ601", "ICD10GJLC20");

  static final List<String> DIAGNOSES = List.of("I10.x00^高血压病", "I21.900^急性心肌梗死", "I25.100^冠状动脉粥样硬化性心脏病",
      "I63.900^脑梗死", "J18.900^肺炎", "J44.900^慢性阻塞性肺疾病", "E11.900^2型糖尿病", "K35.900^急性阑尾炎",
      "K80.200^胆囊结石", "M17.900^膝关节骨关节病", "N18.900^慢性肾脏病", "R50.900^发热", "J06.900^急性上呼吸道感染",
      "O80.900^单胎顺产", "S72.000^股骨颈骨折", "C34.900^肺恶性肿瘤");

  static final List<String> OPERATIONS = List.of("47.0100^腹腔镜下阑尾切除术^ICD9CM3CN", "51.2300^腹腔镜下胆囊切除术^ICD9CM3CN",
      "81.5400^全膝关节置换术^ICD9CM3CN", "74.1x00^子宫下段剖宫产术^ICD9CM3CN", "45.2300^结肠镜检查^ICD9CM3CN");

  static final List<Drug> DRUGS = List.of(
      new Drug("YP0001", "阿司匹林肠溶片", "100mg*30", "100", "mg", "PO^口服", "TAB^片剂"),
      new Drug("YP0002", "苯磺酸氨氯地平片", "5mg*7", "5", "mg", "PO^口服", "TAB^片剂"),
      new Drug("YP0003", "盐酸二甲双胍片", "0.5g*20", "0.5", "g", "PO^口服", "TAB^片剂"),
      new Drug("YP0017", "阿莫西林胶囊", "0.25g*24", "0.5", "g", "PO^口服", "CAP^胶囊剂"),
      new Drug("YP0018", "注射用头孢曲松钠", "1.0g", "2", "g", "IV^静脉滴注", "INJ^注射剂"),
      new Drug("YP0033", "阿托伐他汀钙片", "20mg*7", "20", "mg", "PO^口服", "TAB^片剂"),
      new Drug("YP0101", "0.9%氯化钠注射液", "250ml", "250", "ml", "IV^静脉滴注", "INJ^注射剂"),
      new Drug("ZC0007", "连花清瘟胶囊", "0.35g*24", "1.4", "g", "PO^口服", "CAP^胶囊剂"));

  static final List<String> DOCTORS = List.of("D1001^李明", "D1002^王芳", "D1003^赵强", "D2001^和瑋", "D3002^周静");

  static final List<String> EXAMINATIONS = List.of("CT0102^胸部CT平扫^LOCAL^CT", "DR0003^膝关节正侧位^LOCAL^DX",
      "US0201^腹部超声^LOCAL^US", "MR0007^头颅磁共振平扫^LOCAL^MR");

  static final List<String> FINDINGS = List.of("双肺纹理清晰，未见实变影。", "右肺上叶见磨玻璃结节，直径约6mm；建议3\\T\\6个月复查。",
      "关节间隙变窄，边缘骨质增生。", "肝脏形态大小正常，实质回声均匀。\\.br\\胆囊壁毛糙。");

  /** Units as laboratories type them: UCUM, full-width and Chinese spellings side by side. */
  static final List<LabItem> LAB = List.of(
      new LabItem("6690-2", "WBC", "白细胞计数", "10*9/L", 3.5, 9.5, 2),
      new LabItem("789-8", "RBC", "红细胞计数", "×10\\S\\12/L", 4.3, 5.8, 2),
      new LabItem("718-7", "HGB", "血红蛋白", "g/L", 130, 175, 0),
      new LabItem("4544-3", "HCT", "红细胞压积", "%", 40, 50, 1),
      new LabItem("777-3", "PLT", "血小板计数", "10\\S\\9/L", 125, 350, 0),
      new LabItem("787-2", "MCV", "平均红细胞体积", "fL", 82, 100, 1),
      new LabItem("785-6", "MCH", "平均血红蛋白量", "pg", 27, 34, 1),
      new LabItem("786-4", "MCHC", "平均血红蛋白浓度", "g/L", 316, 354, 0),
      new LabItem("770-8", "NEU%", "中性粒细胞百分比", "%", 40, 75, 1),
      new LabItem("736-9", "LYM%", "淋巴细胞百分比", "%", 20, 50, 1),
      new LabItem("", "MON%", "单核细胞百分比", "%", 3, 10, 1),
      new LabItem("", "EOS%", "嗜酸性粒细胞百分比", "%", 0.4, 8, 1),
      new LabItem("", "BAS%", "嗜碱性粒细胞百分比", "%", 0, 1, 1),
      new LabItem("", "RDW-CV", "红细胞分布宽度", "%", 11.5, 14.5, 1),
      new LabItem("1742-6", "ALT", "丙氨酸氨基转移酶", "U/L", 9, 50, 0),
      new LabItem("1920-8", "AST", "天门冬氨酸氨基转移酶", "U/L", 15, 40, 0),
      new LabItem("2885-2", "TP", "总蛋白", "g/L", 65, 85, 1),
      new LabItem("1751-7", "ALB", "白蛋白", "g/L", 40, 55, 1),
      new LabItem("14631-6", "TBIL", "总胆红素", "μmol/L", 0, 26, 1),
      new LabItem("", "DBIL", "直接胆红素", "μmol/L", 0, 8, 1),
      new LabItem("22664-7", "UREA", "尿素", "mmol/L", 3.1, 8, 2),
      new LabItem("14682-9", "CREA", "肌酐", "umol/L", 57, 97, 0),
      new LabItem("", "UA", "尿酸", "μmol/L", 208, 428, 0),
      new LabItem("14749-6", "GLU", "葡萄糖", "mmol/L", 3.9, 6.1, 2),
      new LabItem("", "TC", "总胆固醇", "mmol/L", 2.8, 5.7, 2),
      new LabItem("", "TG", "甘油三酯", "mmol/L", 0.56, 1.7, 2),
      new LabItem("2823-3", "K", "钾", "mmol/L", 3.5, 5.3, 2),
      new LabItem("2951-2", "NA", "钠", "mmol/L", 137, 147, 0),
      new LabItem("2075-0", "CL", "氯", "mmol/L", 99, 110, 0),
      new LabItem("2000-8", "CA", "钙", "mmol/L", 2.11, 2.52, 2),
      new LabItem("1988-5", "CRP", "C反应蛋白", "mg/L", 0, 10, 1),
      new LabItem("", "UWBC", "尿沉渣白细胞", "个/HP", 0, 5, 0));
}
