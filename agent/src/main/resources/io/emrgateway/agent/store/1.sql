-- Version 1 of the store. One statement ends at each line that ends with a semicolon.
-- Times are milliseconds since 1970-01-01T00:00Z. Payloads are sealed at rest (agent.seal.AtRest).

-- Which feed this file belongs to; one row. An agent configured for another feed refuses the file.
CREATE TABLE feed (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  name TEXT NOT NULL,
  suite TEXT NOT NULL,
  epoch INTEGER NOT NULL
);

CREATE TABLE source (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);

-- The monthly data keys, each wrapped by the master key, which is a file outside this database.
CREATE TABLE data_key (
  id INTEGER PRIMARY KEY,
  month TEXT NOT NULL,
  wrapped BLOB NOT NULL
);

-- Every message kept, by admission number. control8 and raw8 are the first 8 octets of SHA-256 over
-- source and control id and of the raw hash: a resend is found by one seek, whatever a HIS does with its ids.
CREATE TABLE message (
  i INTEGER PRIMARY KEY,
  source INTEGER NOT NULL,
  received INTEGER NOT NULL,
  raw BLOB NOT NULL,
  control8 INTEGER NOT NULL,
  raw8 INTEGER NOT NULL,
  control TEXT NOT NULL,
  type TEXT NOT NULL,
  charset TEXT NOT NULL,
  size INTEGER NOT NULL,
  code TEXT,
  place TEXT,
  reused INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX message_seen ON message (control8, raw8);
-- The oldest message of a source that still waits, in one seek.
CREATE INDEX message_source ON message (source, i);

-- The bytes of a message as they arrived. Apart from message, so that what is delivered can be
-- released and the list of messages stays quick to read.
CREATE TABLE payload (
  i INTEGER PRIMARY KEY,
  key INTEGER NOT NULL,
  bytes BLOB NOT NULL
);

-- One row a batch. cms and entries are what was signed and what is sent, to the octet.
CREATE TABLE batch (
  seq INTEGER PRIMARY KEY,
  epoch INTEGER NOT NULL,
  kind TEXT NOT NULL,
  hh TEXT NOT NULL,
  cms BLOB NOT NULL,
  entries BLOB NOT NULL,
  from_i INTEGER NOT NULL,
  to_i INTEGER NOT NULL,
  from_n INTEGER NOT NULL,
  to_n INTEGER NOT NULL,
  audit_n INTEGER NOT NULL,
  audit_head TEXT NOT NULL, -- as the header carries it; its receipt repeats it
  created INTEGER NOT NULL,
  receipt BLOB,
  ch TEXT,
  settled INTEGER,
  note TEXT, -- of a rotation: the hash of the new certificate
  released INTEGER NOT NULL DEFAULT 0 -- 1: its raw bytes are gone, 2: its bundles too
);
CREATE INDEX batch_to_release ON batch (released, seq) WHERE receipt IS NOT NULL;
CREATE INDEX batch_unsettled ON batch (seq) WHERE receipt IS NULL;

-- What became of an admission. A message stands in quarantine as long as n is null.
CREATE TABLE entry (
  i INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL,
  n INTEGER,
  code TEXT,
  place TEXT,
  repaired INTEGER
);
CREATE INDEX entry_quarantine ON entry (i) WHERE n IS NULL;
CREATE INDEX entry_repaired ON entry (repaired) WHERE repaired IS NOT NULL;

-- The bundle made from a message, as it was signed.
CREATE TABLE body (
  n INTEGER PRIMARY KEY,
  i INTEGER NOT NULL,
  key INTEGER NOT NULL,
  bytes BLOB NOT NULL
);

-- What the city made of a bundle, later than the receipt. Its words are sealed: they may tell of a patient.
CREATE TABLE outcome (
  n INTEGER PRIMARY KEY,
  accepted INTEGER NOT NULL,
  rule TEXT NOT NULL,
  key INTEGER NOT NULL,
  text BLOB NOT NULL
);
CREATE INDEX outcome_rejected ON outcome (n) WHERE accepted = 0;

-- Quarantined messages an operator wants tried again.
CREATE TABLE replay (
  i INTEGER PRIMARY KEY,
  asked INTEGER NOT NULL
);

-- Where the delivery stands; one row.
CREATE TABLE delivery (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  due INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  code TEXT,
  detail TEXT
);
INSERT INTO delivery (id, due, attempts) VALUES (1, 0, 0);

-- Who did what on what ground; append-only, chained (tag 05 of the city contract).
CREATE TABLE audit (
  k INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  record BLOB NOT NULL,
  head TEXT NOT NULL
);
