// Which HL7 v2 fields the shipped mapping makes an element of. A test holds it against the rules and against what they
// write; a hospital's own rules may differ, which the page says.

export const FIELDS = {
  AllergyIntolerance: {
    code: ['AL1-3', 'IAM-3'], category: ['AL1-2', 'IAM-2'], criticality: ['AL1-4', 'IAM-4'], reaction: ['AL1-5', 'IAM-5', 'AL1-4', 'IAM-4'],
    clinicalStatus: ['AL1-3', 'IAM-17', 'IAM-6'], verificationStatus: ['AL1-3', 'IAM-17', 'IAM-6'], onset: ['AL1-6', 'IAM-11', 'IAM-12'],
    note: ['AL1-3', 'IAM-3'], recordedDate: ['IAM-13'],
  },
  Condition: {
    code: ['DG1-3', 'DG1-4', 'PRB-3'], onset: ['DG1-5', 'PRB-16', 'PRB-7', 'PRB-17'], recordedDate: ['DG1-19', 'PRB-2'],
    clinicalStatus: ['PRB-14'], verificationStatus: ['PRB-13', 'DG1-21'], note: ['NTE-3'],
  },
  Procedure: {
    code: ['PR1-3', 'PR1-4'], performed: ['PR1-5', 'PR1-7'], performer: ['PR1-11', 'PR1-8', 'PR1-12'], category: ['PR1-6'],
  },
  Encounter: {
    identifier: ['PV1-19'], class: ['PV1-2'], serviceType: ['PV1-10'], period: ['PV1-44', 'PV1-45'], reasonCode: ['PV2-3'],
    diagnosis: ['DG1-6', 'DG1-15'], location: ['PV1-3', 'PV1-6', 'PV1-11', 'PV1-42', 'PV2-1'],
    participant: ['PV1-7', 'PV1-8', 'PV1-9', 'PV1-17', 'PV1-52', 'PV2-13'],
  },
  MedicationRequest: {
    medication: ['RXE-2', 'RXO-1'], dose: ['RXE-3', 'RXE-4', 'RXE-5', 'RXO-2', 'RXO-3', 'RXO-4', 'TQ1-2'],
    timing: ['TQ1-3', 'TQ1-4', 'TQ1-6', 'TQ1-7', 'TQ1-8', 'TQ1-13', 'TQ1-14', 'RXE-1', 'ORC-7'], route: ['RXR-1'],
    dosageText: ['RXE-7', 'RXO-7', 'RXO-2', 'TQ1-11'], authoredOn: ['ORC-9', 'RXE-32'], status: ['ORC-1', 'ORC-5'],
    requester: ['ORC-12', 'RXE-13', 'RXO-14'], quantity: ['RXE-10', 'RXE-11', 'RXO-11', 'RXO-12'], note: ['NTE-3', 'RXO-6', 'RXE-21'],
  },
  MedicationDispense: {
    medication: ['RXD-2'], whenHandedOver: ['RXD-3'], quantity: ['RXD-4', 'RXD-5'], route: ['RXR-1'], performer: ['RXD-10'],
    note: ['RXD-9', 'RXD-15', 'NTE-3'],
  },
  MedicationAdministration: {
    medication: ['RXA-5'], effective: ['RXA-3', 'RXA-4'], dose: ['RXA-6', 'RXA-7'], route: ['RXR-1'], performer: ['RXA-10'],
    note: ['RXA-9', 'NTE-3'],
  },
  Observation: {
    code: ['OBX-3'], value: ['OBX-5', 'OBX-6'], interpretation: ['OBX-8', 'OBX-5'], referenceRange: ['OBX-7'], effective: ['OBX-14', 'OBR-7', 'OBR-8'],
    status: ['OBX-11'], performer: ['OBX-16', 'OBX-15', 'OBX-23', 'OBX-24', 'OBX-25'], method: ['OBX-17'], note: ['NTE-3'],
  },
  DiagnosticReport: {
    code: ['OBR-4'], effective: ['OBR-7', 'OBR-8'], issued: ['OBR-22'], status: ['OBR-25'], category: ['OBR-24'],
    resultsInterpreter: ['OBR-32'],
  },
  DocumentReference: {
    type: ['TXA-2'], date: ['TXA-6', 'TXA-7'], content: ['OBX-5', 'TXA-3', 'TXA-16', 'NTE-3', 'TXA-13'], author: ['TXA-9'],
    docStatus: ['TXA-17'], status: ['TXA-19', 'TXA-13'], description: ['TXA-25'],
  },
};
