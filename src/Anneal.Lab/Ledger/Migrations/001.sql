-- One lab, one file. Rows are facts: once finished they are never changed, and triggers see to that.
-- Times are UTC, ISO 8601. Recipes are canonical YAML; lists and records are JSON.

-- The right to write. Each holder has its own epoch; a write under an older epoch is refused.
CREATE TABLE lease (
    id            INTEGER PRIMARY KEY CHECK (id = 1),
    epoch         INTEGER NOT NULL,
    study         TEXT,
    pid           INTEGER,
    process_start TEXT,
    host          TEXT,
    since         TEXT,
    heartbeat     TEXT
);
INSERT INTO lease (id, epoch) VALUES (1, 0);

CREATE TABLE studies (
    name       TEXT PRIMARY KEY,
    spec       TEXT NOT NULL,
    baseline   TEXT NOT NULL,
    provenance TEXT NOT NULL,
    created    TEXT NOT NULL
);

-- Each time that a process works on a study; seconds grow while it does.
CREATE TABLE sittings (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    study   TEXT NOT NULL REFERENCES studies(name),
    epoch   INTEGER NOT NULL,
    started TEXT NOT NULL,
    seconds REAL NOT NULL DEFAULT 0,
    allowed REAL,                      -- limit on the seconds of all sittings; null: none
    outcome TEXT                       -- null while it lasts (or it was killed), else interrupted, done or failed
);

-- What the researcher said as experiment `number`, having seen the first `seen` experiments. A null proposal: nothing left to try.
CREATE TABLE proposals (
    study     TEXT NOT NULL REFERENCES studies(name),
    number    INTEGER NOT NULL,
    seen      INTEGER NOT NULL,
    identity  TEXT,
    proposal  TEXT,
    control   TEXT,
    treatment TEXT,
    made      TEXT NOT NULL,
    PRIMARY KEY (study, number, seen)
);

-- Finished runs.
CREATE TABLE runs (
    sequence    INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT NOT NULL UNIQUE,
    study       TEXT NOT NULL REFERENCES studies(name),
    job         TEXT NOT NULL,
    experiment  INTEGER,
    role        TEXT NOT NULL,
    pair        INTEGER NOT NULL,
    rung        REAL NOT NULL,
    recipe      TEXT NOT NULL,
    recipe_hash TEXT NOT NULL,
    seed        INTEGER NOT NULL,
    order_seed  INTEGER NOT NULL,
    status      TEXT NOT NULL CHECK (status IN ('done', 'failed')),
    split       TEXT NOT NULL,
    value       REAL,
    steps       INTEGER NOT NULL,
    tokens      INTEGER NOT NULL,
    flops       REAL NOT NULL,
    seconds     REAL NOT NULL,
    parameters  INTEGER NOT NULL,
    curve       TEXT NOT NULL,
    finished    TEXT NOT NULL,
    UNIQUE (study, job)
);

-- Child processes, so that a later sitting can prove them dead before it reuses their directory.
CREATE TABLE attempts (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    run           TEXT NOT NULL,
    epoch         INTEGER NOT NULL,
    host          TEXT NOT NULL,
    started       TEXT NOT NULL,
    pid           INTEGER,             -- null for the moment between the intent and the start
    process_start TEXT,
    outcome       TEXT                 -- null while it runs (or its study was killed)
);
CREATE INDEX attempts_by_run ON attempts (run);

-- What the evaluator measured.
CREATE TABLE evaluations (
    run       TEXT NOT NULL REFERENCES runs(id),
    split     TEXT NOT NULL,
    loss      REAL NOT NULL,           -- nats a token
    bpb       REAL NOT NULL,
    tokens    INTEGER NOT NULL,
    bytes     INTEGER NOT NULL,
    documents TEXT NOT NULL,           -- bits per byte of each document
    domains   TEXT NOT NULL,           -- bits per byte by domain
    PRIMARY KEY (run, split)
);

CREATE TABLE screens (
    study           TEXT NOT NULL,
    experiment      INTEGER NOT NULL,
    rung            INTEGER NOT NULL,  -- index, from 0
    fraction        REAL NOT NULL,
    control         REAL,
    treatment       REAL,
    extrapolated    REAL NOT NULL,
    extrapolated_sd REAL NOT NULL,
    decision        TEXT NOT NULL,
    reason          TEXT NOT NULL,
    PRIMARY KEY (study, experiment, rung)
);

-- Judged pairs. kind: null, nudge, confirm, sealed; experiment is 0 outside of experiments.
CREATE TABLE pairs (
    study         TEXT NOT NULL,
    kind          TEXT NOT NULL,
    experiment    INTEGER NOT NULL,
    number        INTEGER NOT NULL,
    control       REAL NOT NULL,
    treatment     REAL NOT NULL,
    control_run   TEXT NOT NULL REFERENCES runs(id),
    treatment_run TEXT NOT NULL REFERENCES runs(id),
    PRIMARY KEY (study, kind, experiment, number)
);

CREATE TABLE verdicts (
    study      TEXT NOT NULL,
    experiment INTEGER NOT NULL,
    verdict    TEXT NOT NULL,
    reason     TEXT NOT NULL,
    effect     REAL,
    low        REAL,
    high       REAL,
    e_value    REAL,
    bar        REAL,
    control    TEXT NOT NULL,
    treatment  TEXT NOT NULL,
    champion   TEXT NOT NULL,          -- recipe to beat after this verdict
    decided    TEXT NOT NULL,
    PRIMARY KEY (study, experiment)
);

CREATE TABLE incidents (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    study      TEXT NOT NULL,
    run        TEXT NOT NULL,
    experiment INTEGER,
    step       INTEGER NOT NULL,
    severity   TEXT NOT NULL,
    action     TEXT NOT NULL,
    detector   TEXT NOT NULL,
    cause      TEXT NOT NULL,
    message    TEXT NOT NULL,
    seen       TEXT NOT NULL
);

-- The test split is opened once a study: the row is written before the first look.
CREATE TABLE openings (
    study    TEXT PRIMARY KEY REFERENCES studies(name),
    metric   TEXT NOT NULL,
    baseline TEXT NOT NULL,
    champion TEXT NOT NULL,
    opened   TEXT NOT NULL
);

CREATE TABLE seals (
    study  TEXT PRIMARY KEY REFERENCES openings(study),
    effect REAL NOT NULL,
    low    REAL NOT NULL,
    high   REAL NOT NULL,
    closed TEXT NOT NULL
);

-- Append-only.
CREATE TRIGGER studies_keep   BEFORE UPDATE ON studies   BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: studies'); END;
CREATE TRIGGER studies_stay   BEFORE DELETE ON studies   BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: studies'); END;
CREATE TRIGGER sittings_keep  BEFORE UPDATE ON sittings WHEN OLD.outcome IS NOT NULL BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: sittings'); END;
CREATE TRIGGER sittings_stay  BEFORE DELETE ON sittings  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: sittings'); END;
CREATE TRIGGER proposals_keep BEFORE UPDATE ON proposals BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: proposals'); END;
CREATE TRIGGER proposals_stay BEFORE DELETE ON proposals BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: proposals'); END;
CREATE TRIGGER runs_keep      BEFORE UPDATE ON runs      BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: runs'); END;
CREATE TRIGGER runs_stay      BEFORE DELETE ON runs      BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: runs'); END;
CREATE TRIGGER attempts_keep  BEFORE UPDATE ON attempts WHEN OLD.outcome IS NOT NULL BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: attempts'); END;
CREATE TRIGGER attempts_stay  BEFORE DELETE ON attempts  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: attempts'); END;
CREATE TRIGGER evaluations_keep BEFORE UPDATE ON evaluations BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: evaluations'); END;
CREATE TRIGGER evaluations_stay BEFORE DELETE ON evaluations BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: evaluations'); END;
CREATE TRIGGER screens_keep   BEFORE UPDATE ON screens   BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: screens'); END;
CREATE TRIGGER screens_stay   BEFORE DELETE ON screens   BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: screens'); END;
CREATE TRIGGER pairs_keep     BEFORE UPDATE ON pairs     BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: pairs'); END;
CREATE TRIGGER pairs_stay     BEFORE DELETE ON pairs     BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: pairs'); END;
CREATE TRIGGER verdicts_keep  BEFORE UPDATE ON verdicts  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: verdicts'); END;
CREATE TRIGGER verdicts_stay  BEFORE DELETE ON verdicts  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: verdicts'); END;
CREATE TRIGGER incidents_keep BEFORE UPDATE ON incidents BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: incidents'); END;
CREATE TRIGGER incidents_stay BEFORE DELETE ON incidents BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: incidents'); END;
CREATE TRIGGER openings_keep  BEFORE UPDATE ON openings  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: openings'); END;
CREATE TRIGGER openings_stay  BEFORE DELETE ON openings  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: openings'); END;
CREATE TRIGGER seals_keep     BEFORE UPDATE ON seals     BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: seals'); END;
CREATE TRIGGER seals_stay     BEFORE DELETE ON seals     BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: seals'); END;
