package io.emrgateway.simulator;

import java.time.LocalDate;
import java.util.List;

/**
 * An invented person, as one hospital's register has them.
 *
 * @param number the hospital's own number, always begins with {@code SIM}, so that nobody takes it for real
 * @param surname may hold two characters (欧阳), or the first part of a name with a middle dot
 * @param given with the middle dot in front where the name has one
 * @param pinyin surname and given name, joined by {@code ^}
 * @param sex GB/T 2261.1: 0 unknown, 1 male, 2 female, 9 not stated
 * @param document what {@code documentNumber} is
 * @param documentNumber empty for {@link Document#NONE}
 * @param verdict what GB 11643 says of the number beside this sex and birth date; null unless the document is claimed
 *     to be a resident ID
 * @param mother the mother's number in the hospital, for newborns; otherwise empty
 */
public record Patient(String number, String surname, String given, String pinyin, char sex, LocalDate birth,
    Document document, String documentNumber, ResidentId.Verdict verdict, String ethnicGroup, String address,
    String phone, String insurance, List<String> allergies, String mother) {

  /** Codes of CV02.01.101 where it has one. */
  public enum Document {
    RESIDENT_ID("NNCHN"), HK_MACAO_PASS("06"), PASSPORT("PPN"), MOTHERS_RESIDENT_ID("NNCHN"), NONE("");

    final String type;

    Document(String type) {
      this.type = type;
    }
  }

  Patient numbered(String other) {
    return new Patient(other, surname, given, pinyin, sex, birth, document, documentNumber, verdict, ethnicGroup,
        address, phone, insurance, allergies, mother);
  }

  Patient movedTo(String newAddress) {
    return new Patient(number, surname, given, pinyin, sex, birth, document, documentNumber, verdict, ethnicGroup,
        newAddress, phone, insurance, allergies, mother);
  }
}
