package io.emrgateway.simulator;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Invents patients. Most are ordinary; about one in three carries something that has broken an interface before: a
 * character whose second GBK byte is a delimiter, one outside GBK, a middle dot, a contradictory number.
 */
final class People {
  private static final String[][] SURNAMES = {
      {"王", "Wang"}, {"李", "Li"}, {"张", "Zhang"}, {"刘", "Liu"}, {"陈", "Chen"}, {"杨", "Yang"}, {"赵", "Zhao"},
      {"黄", "Huang"}, {"周", "Zhou"}, {"吴", "Wu"}, {"徐", "Xu"}, {"孙", "Sun"}, {"马", "Ma"}, {"朱", "Zhu"},
      {"胡", "Hu"}, {"郭", "Guo"}, {"何", "He"}, {"和", "He"}, {"欧阳", "Ouyang"}, {"司马", "Sima"},
      {"上官", "Shangguan"}, {"诸葛", "Zhuge"}};
  private static final String[][] GIVEN = {
      {"伟", "Wei"}, {"秀英", "Xiuying"}, {"娜", "Na"}, {"敏", "Min"}, {"静", "Jing"}, {"磊", "Lei"}, {"洋", "Yang"},
      {"建国", "Jianguo"}, {"桂兰", "Guilan"}, {"志强", "Zhiqiang"}, {"雨桐", "Yutong"}, {"子轩", "Zixuan"},
      {"淑珍", "Shuzhen"}, {"明", "Ming"}, {"海燕", "Haiyan"}, {"小红", "Xiaohong"}};
  /** Their second byte in GBK is 7C (|), 5E (^) or 7E (~): a reader that splits bytes shifts every later field. */
  private static final String[][] GIVEN_WITH_DELIMITER_BYTES = {
      {"珅", "Shen"}, {"瑋", "Wei"}, {"東", "Dong"}, {"玕", "Gan"}, {"昞", "Bing"}, {"玘", "Qi"}, {"珇", "Zu"},
      {"瑋東", "Weidong"}};
  /** U+20BB7 and U+9FA6 are not in GBK; the first is a surrogate pair in Java. */
  private static final String[][] GIVEN_OUTSIDE_GBK = {{"\uD842\uDFB7", "Ji"}, {"小\u9FA6", "Xiaotai"}};
  private static final String[][] DOTTED = {
      {"买买提", "吐尔逊", "Maimaiti^Tuerxun"}, {"古丽娜尔", "艾合买提", "Gulinaer^Aihemaiti"},
      {"次仁", "卓玛", "Ciren^Zhuoma"}};
  /** All look like one dot: middle dot, bullet, katakana dot, full-width stop. */
  private static final String[] DOTS = {"\u00B7", "\u2022", "\u30FB", "\uFF0E"};
  private static final String[] REGIONS = {"110101", "110102", "110105", "110106", "110108", "130102", "320102"};
  private static final String[] ETHNIC = {"01^汉族^GB3304", "01^汉族^GB3304", "01^汉族^GB3304", "03^回族^GB3304",
      "11^满族^GB3304"};
  private static final String[] STREETS = {"模拟东路", "虚构大街", "测试胡同", "样例西里"};
  private static final String[] DISTRICTS = {"东城区", "西城区", "朝阳区", "海淀区", "丰台区"};

  private final Random random;
  private final WardCharset charset;
  private final String prefix;
  private int count;

  /** @param prefix begins every patient number; no other source of patients of the same run has it */
  People(Random random, WardCharset charset, String prefix) {
    this.random = random;
    this.charset = charset;
    this.prefix = prefix;
  }

  /** A patient who was not there before. */
  Patient next(LocalDate today) {
    String number = nextNumber();
    String[] name = name();
    char sex = sex();
    boolean newborn = random.nextInt(20) == 0;
    LocalDate birth = newborn ? today.minusDays(random.nextInt(5)) : today.minusDays(500 + random.nextInt(32_000));
    String mother = newborn ? nextNumber() : "";

    Patient.Document document;
    String id;
    ResidentId.Verdict verdict = null;
    int roll = random.nextInt(20);
    if (newborn) {
      document = Patient.Document.MOTHERS_RESIDENT_ID;
      id = residentId(today.minusDays(9_000 + random.nextInt(4_000)), '2');
      verdict = ResidentId.Verdict.BIRTH_DATE_CONTRADICTS;
    } else if (roll == 0) {
      document = Patient.Document.HK_MACAO_PASS;
      id = "H0" + digits(8);
    } else if (roll == 1) {
      document = Patient.Document.PASSPORT;
      id = "E00" + digits(6);
    } else if (roll == 2) {
      document = Patient.Document.NONE;
      id = "";
    } else {
      document = Patient.Document.RESIDENT_ID;
      id = residentId(birth, sex);
      verdict = ResidentId.Verdict.VALID;
      if (roll == 3) {
        id = ResidentId.spoilt(id);
        verdict = ResidentId.Verdict.CHECK_DIGIT_WRONG;
      } else if (roll == 4) {
        id = residentId(birth.minusDays(1), sex);
        verdict = ResidentId.Verdict.BIRTH_DATE_CONTRADICTS;
      } else if (roll == 5 && (sex == '1' || sex == '2')) {
        id = residentId(birth, sex == '1' ? '2' : '1');
        verdict = ResidentId.Verdict.SEX_CONTRADICTS;
      }
    }
    return new Patient(number, name[0], name[1], name[2], sex, birth, document, id, verdict,
        ETHNIC[random.nextInt(ETHNIC.length)], address(), "1990000" + digits(4), "SIMYB" + digits(8), allergies(),
        mother);
  }

  /** A number of the hospital's register that no patient has yet. */
  String nextNumber() {
    return prefix + String.format("%05d", count++ % 100_000);
  }

  String address() {
    return STREETS[random.nextInt(STREETS.length)] + (1 + random.nextInt(99)) + "号^^北京市"
        + DISTRICTS[random.nextInt(DISTRICTS.length)] + "^北京市^100000^CHN^H";
  }

  private String[] name() {
    while (true) {
      String[] name = anyName();
      if (charset.canWrite(name[0] + name[1])) {
        return name;
      }
    }
  }

  private String[] anyName() {
    int roll = random.nextInt(12);
    if (roll == 0) {
      String[] parts = DOTTED[random.nextInt(DOTTED.length)];
      return new String[] {parts[0], DOTS[random.nextInt(DOTS.length)] + parts[1], parts[2]};
    }
    String[][] pool = roll <= 2 ? GIVEN_WITH_DELIMITER_BYTES : roll == 3 ? GIVEN_OUTSIDE_GBK : GIVEN;
    String[] surname = SURNAMES[random.nextInt(SURNAMES.length)];
    String[] given = pool[random.nextInt(pool.length)];
    return new String[] {surname[0], given[0], surname[1] + "^" + given[1]};
  }

  private char sex() {
    int roll = random.nextInt(40);
    return roll == 0 ? '0' : roll == 1 ? '9' : roll % 2 == 0 ? '1' : '2';
  }

  /** Sequence 900 to 995: hardly given to living people, and easy to see as ours. */
  private String residentId(LocalDate birth, char sex) {
    int sequence = 900 + 2 * random.nextInt(48) + (sex == '2' ? 0 : 1);
    return ResidentId.of(REGIONS[random.nextInt(REGIONS.length)], birth, sequence);
  }

  private List<String> allergies() {
    List<String> found = new ArrayList<>();
    int roll = random.nextInt(10);
    if (roll < 5) {
      found.add("DA||^否认药物过敏史^LOCAL");
    } else if (roll < 7) {
      found.add("DA|GM0001^青霉素^LOCAL|SV^重度^HL70128|皮疹\\T\\喉头水肿|20190501");
      if (roll == 6) {
        found.add("FA|GM0107^海鲜^LOCAL|MI^轻度^HL70128|荨麻疹");
      }
    } else if (roll == 7) {
      found.add("DA|GM0003^头孢曲松^LOCAL|U^未知^HL70128|自述过敏，具体不详");
    }
    return found;
  }

  private String digits(int count) {
    StringBuilder text = new StringBuilder(count);
    for (int i = 0; i < count; i++) {
      text.append((char) ('0' + random.nextInt(10)));
    }
    return text.toString();
  }
}
