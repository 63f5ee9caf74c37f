-- Version 5 of the store: audit records that tell of a patient are sealed, and found without being opened.

-- H(record) before it was sealed, of which the chain is made. Null where the record lies open, as all earlier ones do.
ALTER TABLE audit ADD COLUMN hash BLOB;
ALTER TABLE audit ADD COLUMN key INTEGER;
CREATE INDEX audit_at ON audit (at);

-- Whom a record names: keyed hashes (seal.SearchKey) of a patient's numbers and of the doctor's.
CREATE TABLE audit_about (
  number INTEGER NOT NULL,
  k INTEGER NOT NULL,
  PRIMARY KEY (number, k)
) WITHOUT ROWID;
