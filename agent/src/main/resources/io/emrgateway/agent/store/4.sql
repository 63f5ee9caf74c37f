-- Version 4 of the store: whom a bundle is about, so that a lookup finds it. Patients, visits and their numbers are keyed
-- hashes (seal.SearchKey); what is found by one is looked at before it is believed. And on what ground others may see it.

-- A bundle about a patient; a message may be about several.
CREATE TABLE record (
  patient INTEGER NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (patient, n)
) WITHOUT ROWID;
CREATE INDEX record_n ON record (n);

-- A number and a patient who has it. A resident ID may stand in several of a hospital's files.
CREATE TABLE patient_number (
  number INTEGER NOT NULL,
  patient INTEGER NOT NULL,
  PRIMARY KEY (number, patient)
) WITHOUT ROWID;

-- A patient's file that was merged into another one.
CREATE TABLE patient_merged (
  patient INTEGER PRIMARY KEY,
  into_patient INTEGER NOT NULL,
  n INTEGER NOT NULL
);
CREATE INDEX patient_merged_into ON patient_merged (into_patient);

-- What our own feed last said of a visit.
CREATE TABLE visit (
  id INTEGER PRIMARY KEY,
  patient INTEGER NOT NULL,
  status TEXT NOT NULL,
  kind TEXT,
  begins INTEGER,
  ends INTEGER,
  n INTEGER NOT NULL -- of the bundle that said it
);
CREATE INDEX visit_patient ON visit (patient);
CREATE INDEX visit_n ON visit (n);

CREATE TABLE visit_number (
  number INTEGER NOT NULL,
  visit INTEGER NOT NULL,
  PRIMARY KEY (number, visit)
) WITHOUT ROWID;

-- Consents, sealed: kind, reference, evidence's hash, patient, sections, guardian, who took it down. Found by the keyed hash
-- of the reference and of each of the patient's numbers.
CREATE TABLE consent (
  id INTEGER PRIMARY KEY,
  reference INTEGER NOT NULL UNIQUE,
  evidence INTEGER NOT NULL,
  granted INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  withdrawn INTEGER, -- when
  key INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  proof_key INTEGER NOT NULL,
  proof BLOB NOT NULL -- the scan or the strokes, sealed
);
CREATE INDEX consent_evidence ON consent (evidence);
CREATE TABLE consent_patient (
  number INTEGER NOT NULL,
  consent INTEGER NOT NULL,
  PRIMARY KEY (number, consent)
) WITHOUT ROWID;

-- Nonces of questions that came within a day.
CREATE TABLE nonce (
  nonce TEXT PRIMARY KEY,
  at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX nonce_at ON nonce (at);

-- The batch of a bundle, and the control ids used twice, each in one seek.
CREATE INDEX batch_n ON batch (from_n);
CREATE INDEX message_reused ON message (i) WHERE reused = 1;
