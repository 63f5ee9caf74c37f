-- Version 2 of the store: what the rules had no use for, summed per source (store.Leftovers). No row holds a patient's value.

-- Fields that no rule reads. With type and segment empty: all fields beyond those that a source may have rows for.
CREATE TABLE leftover_field (
  source INTEGER NOT NULL,
  type TEXT NOT NULL,
  segment TEXT NOT NULL,
  field INTEGER NOT NULL,
  count INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  rules TEXT NOT NULL, -- version of the rules that left it over last
  sample TEXT NOT NULL, -- its shape
  PRIMARY KEY (source, type, segment, field)
) WITHOUT ROWID;

-- Codes that a table does not have, sealed with the sender's word for them: a HIS may send anything in a coded field.
CREATE TABLE leftover_code (
  id INTEGER PRIMARY KEY,
  source INTEGER NOT NULL,
  count INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  key INTEGER NOT NULL,
  sealed BLOB NOT NULL -- table, code and display, a line each
);
