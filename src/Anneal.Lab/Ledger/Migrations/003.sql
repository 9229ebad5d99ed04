-- What was done to single runs: each intervention at each of its turns. Runs of studies are stopped, never repaired.

CREATE TABLE interventions (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    folder     TEXT NOT NULL,          -- of the run, absolute
    number     INTEGER NOT NULL,       -- of the intervention within the run, from 1
    branch     INTEGER NOT NULL,       -- times that the run had gone back to a checkpoint
    step       INTEGER NOT NULL,
    state      TEXT NOT NULL,          -- proposed, requested, applied, rejected, ignored, probation, kept, reverted, failed
    action     TEXT NOT NULL,
    cause      TEXT NOT NULL,
    detector   TEXT NOT NULL,
    seen       INTEGER NOT NULL,       -- step at which the trouble was seen
    since      INTEGER NOT NULL,       -- step at which it began, as far as can be told
    attempt    INTEGER NOT NULL,       -- try against the cause, from 1
    source     TEXT NOT NULL,          -- policy, or the model that advised it
    before     TEXT NOT NULL,          -- values by name, JSON
    after      TEXT NOT NULL,
    expected   REAL,                   -- loss asked for, nats a token
    reason     TEXT,
    made       TEXT NOT NULL,
    UNIQUE (folder, number, branch, step, state)
);
CREATE INDEX interventions_by_folder ON interventions (folder, id);

CREATE TRIGGER interventions_keep BEFORE UPDATE ON interventions BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: interventions'); END;
CREATE TRIGGER interventions_stay BEFORE DELETE ON interventions BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: interventions'); END;
