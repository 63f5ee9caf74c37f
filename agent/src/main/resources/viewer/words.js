// What codes are called, Chinese first; a code that is not here is shown as it came.

export const STATUS = {
  answered: ['有资料', 'data received', '✓'],
  'in-part': ['有资料，但过多，较早的未包括', 'data received; too much, the oldest left out', '◐'],
  city: ['医院未答复，市平台代答', "no answer; from the city's copy", '⇄'],
  none: ['无资料', 'no data', '○'],
  denied: ['无权查看', 'no right', '⊘'],
  timeout: ['未答复', 'no answer', '…'],
  unverified: ['答复未通过核验', 'answer not verified', '✗'],
  'too-large': ['资料过多，未显示；请缩短日期或减少类别', 'too much to show; ask for fewer days or sections', '⊞'],
};

export const SECTION = {
  visits: ['就诊', 'visits'], diagnoses: ['诊断', 'diagnoses'], procedures: ['手术操作', 'operations'], medications: ['用药', 'drugs'],
  allergies: ['过敏', 'allergies'], results: ['检验检查结果', 'results'], reports: ['报告', 'reports'],
};

export const VISIT = {
  IMP: ['住院', 'inpatient'], ACUTE: ['住院', 'inpatient'], NONAC: ['住院', 'inpatient'], SS: ['日间', 'short stay'],
  AMB: ['门诊', 'outpatient'], EMER: ['急诊', 'emergency'], OBSENC: ['留观', 'observation'], HH: ['家庭病床', 'home'],
  PRENC: ['预约', 'pre-admission'], VR: ['互联网', 'virtual'],
};

export const STATE = {
  final: ['最终', 'final'], preliminary: ['初步', 'preliminary'], registered: ['已登记', 'registered'],
  corrected: ['已更正', 'corrected'], amended: ['已修改', 'amended'], appended: ['已补充', 'appended'], partial: ['部分', 'partial'],
  active: ['有效', 'active'], inactive: ['非活动', 'inactive'], resolved: ['已消除', 'resolved'], recurrence: ['复发', 'recurrence'],
  remission: ['缓解', 'remission'], completed: ['已完成', 'completed'], stopped: ['已停', 'stopped'], 'on-hold': ['暂停', 'on hold'],
  'in-progress': ['进行中', 'in progress'], finished: ['已结束', 'finished'], arrived: ['已到达', 'arrived'],
  planned: ['计划中', 'planned'], cancelled: ['已取消', 'cancelled'], unknown: ['不详', 'unknown'],
  'entered-in-error': ['误录', 'entered in error'], refuted: ['已否认', 'refuted'], unconfirmed: ['未证实', 'unconfirmed'],
  confirmed: ['已证实', 'confirmed'], provisional: ['初步', 'provisional'], differential: ['鉴别', 'differential'],
  current: ['现行', 'current'], superseded: ['已被替代', 'superseded'], draft: ['草稿', 'draft'], 'not-done': ['未执行', 'not done'],
};

// v3-ObservationInterpretation: sign, words, and whether it is abnormal.
export const FLAG = {
  H: ['↑', '高', 'high', true], HU: ['↑', '高', 'high', true], '>': ['↑', '超上限', 'off scale high', true],
  HH: ['↑↑', '危急高', 'critically high', true], L: ['↓', '低', 'low', true], LU: ['↓', '低', 'low', true],
  '<': ['↓', '低于下限', 'off scale low', true], LL: ['↓↓', '危急低', 'critically low', true],
  A: ['!', '异常', 'abnormal', true], AA: ['!!', '危急', 'critically abnormal', true], POS: ['＋', '阳性', 'positive', true],
  DET: ['＋', '检出', 'detected', true], R: ['R', '耐药', 'resistant', true], I: ['I', '中介', 'intermediate', true],
  S: ['S', '敏感', 'susceptible', false], N: ['', '正常', 'normal', false], NEG: ['－', '阴性', 'negative', false],
  ND: ['－', '未检出', 'not detected', false], NR: ['－', '无反应', 'non-reactive', false], RR: ['＋', '有反应', 'reactive', true],
};

export const KIND = {
  MedicationRequest: ['处方', 'prescribed'], MedicationDispense: ['发药', 'dispensed'],
  MedicationAdministration: ['给药', 'given'], MedicationStatement: ['用药', 'taken'],
};

export const GENDER = { male: ['男', 'male'], female: ['女', 'female'], other: ['其他', 'other'], unknown: ['不详', 'unknown'] };

export const CATEGORY = {
  food: ['食物', 'food'], medication: ['药物', 'drug'], environment: ['环境', 'environment'], biologic: ['生物制品', 'biologic'],
};

export const SEVERITY = { mild: ['轻度', 'mild'], moderate: ['中度', 'moderate'], severe: ['重度', 'severe'] };

export const ROLE = { AD: ['入院诊断', 'admission'], DD: ['出院诊断', 'discharge'], CC: ['主诉', 'chief complaint'],
  CM: ['合并症', 'comorbidity'], 'pre-op': ['术前', 'pre-op'], 'post-op': ['术后', 'post-op'], billing: ['结算', 'billing'] };

const RECOGNITION = 'urn:emr-gateway:codes:mutual-recognition';

const SYSTEMS = {
  'http://loinc.org': ['LOINC', ''],
  'http://snomed.info/sct': ['SNOMED CT', ''],
  'urn:oid:2.16.156.10011.2.3.3.11': ['ICD-10（GB/T 14396）', ''],
  'urn:oid:2.16.156.10011.2.3.3.12': ['ICD-9-CM-3（手术操作）', ''],
  'urn:oid:2.16.156.10011.2.3.3.14': ['中医病证（GB/T 15657）', ''],
  'urn:oid:2.16.156.10011.2.3.2.62': ['科室（CT08.00.002）', ''],
  'urn:oid:2.16.156.10011.1.3': ['居民身份证号', 'resident ID'],
  'urn:emr-gateway:codes:national-drug-code': ['国家药品本位码', 'national drug code'],
  'urn:emr-gateway:codes:ypid': ['YPID', ''],
  'urn:emr-gateway:codes:insurance-drug-code': ['医保药品代码', 'insurance drug code'],
  [RECOGNITION]: ['检验检查互认项目', 'mutual recognition item'],
  'http://www.whocc.no/atc': ['ATC', ''],
  'http://hl7.org/fhir/sid/icd-10': ['ICD-10', ''],
  'http://hl7.org/fhir/sid/icd-9-cm': ['ICD-9-CM', ''],
  'http://unitsofmeasure.org': ['UCUM', ''],
};

/** A system's name; null for one that nobody has named. */
export function system(uri) {
  return Object.prototype.hasOwnProperty.call(SYSTEMS, uri) ? SYSTEMS[uri] : null;
}

export function isRecognition(uri) {
  return uri === RECOGNITION;
}

/** Words of a code in one of the tables above. */
export function words(table, code) {
  return Object.prototype.hasOwnProperty.call(table, code) ? table[code] : [code || '', ''];
}
