-- Version 7 of the store: objections, and what is left of a consent once it is released.

-- Objections, sealed. Found by the keyed hashes of the patient's numbers and files.
CREATE TABLE objection (
  id INTEGER PRIMARY KEY,
  reference INTEGER NOT NULL UNIQUE, -- keyed hash, as a consent's
  lifted INTEGER, -- when
  told INTEGER, -- when the city had heard how it stands
  owed TEXT, -- who took it down, as long as the audit has not had it
  key INTEGER NOT NULL,
  sealed BLOB NOT NULL
);
CREATE INDEX objection_untold ON objection (id) WHERE told IS NULL;
CREATE INDEX objection_lifted ON objection (lifted) WHERE lifted IS NOT NULL;
CREATE INDEX objection_owed ON objection (id) WHERE owed IS NOT NULL;
CREATE TABLE objection_patient (
  number INTEGER NOT NULL,
  objection INTEGER NOT NULL,
  PRIMARY KEY (number, objection)
) WITHOUT ROWID;

-- Who withdrew a consent, as long as the audit has not had it.
ALTER TABLE consent ADD COLUMN owed TEXT;
CREATE INDEX consent_owed ON consent (id) WHERE owed IS NOT NULL;
-- What is over is found without a look at every consent.
CREATE INDEX consent_expires ON consent (expires) WHERE withdrawn IS NULL;
CREATE INDEX consent_withdrawn ON consent (withdrawn) WHERE withdrawn IS NOT NULL AND told IS NOT NULL;

-- Consents that were released: their numbers stay taken, and their evidence proves nothing any more.
CREATE TABLE consent_past (
  id INTEGER PRIMARY KEY,
  reference INTEGER NOT NULL UNIQUE,
  evidence INTEGER NOT NULL,
  withdrawn INTEGER
);
CREATE INDEX consent_past_evidence ON consent_past (evidence);
