-- What is said to and by language models, code that proposals bring, and what was refused.

ALTER TABLE sittings ADD COLUMN usd REAL;   -- limit on the dollars of all sittings; null: none

-- Each call is written down before it is sent, so that one lost in flight is known to be uncertain.
CREATE TABLE calls (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    study        TEXT NOT NULL REFERENCES studies(name),
    conversation TEXT NOT NULL,        -- proposal/3, diagnosis/RUN/STEP
    turn         INTEGER NOT NULL,     -- from 0; a turn that failed is called again
    provider     TEXT NOT NULL,
    model        TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    request      TEXT NOT NULL,        -- what is new in this turn, JSON
    reserved_usd REAL NOT NULL,        -- most that it can cost
    sent         TEXT NOT NULL
);
CREATE INDEX calls_by_turn ON calls (study, conversation, turn);

-- What became of a call. A call without a row was lost in flight: uncertain, charged at its reservation.
CREATE TABLE answers (
    call         INTEGER PRIMARY KEY REFERENCES calls(id),
    outcome      TEXT NOT NULL CHECK (outcome IN ('answered', 'failed', 'uncertain')),
    reply        TEXT,                 -- JSON, as it came
    error        TEXT,
    input        INTEGER NOT NULL,     -- tokens
    output       INTEGER NOT NULL,
    cache_read   INTEGER NOT NULL,
    cache_write  INTEGER NOT NULL,
    usd          REAL NOT NULL,
    seconds      REAL NOT NULL,
    ended        TEXT NOT NULL
);

-- Proposals that never became experiments, and judged code that tried to win without learning.
CREATE TABLE refusals (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    study      TEXT NOT NULL REFERENCES studies(name),
    experiment INTEGER,                -- number it was meant for or is
    source     TEXT NOT NULL,          -- who proposed
    rule       TEXT NOT NULL,          -- which rule it broke, snake case
    detail     TEXT NOT NULL,
    made       TEXT NOT NULL
);

-- A second opinion on an incident, after the fact.
CREATE TABLE diagnoses (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    study      TEXT NOT NULL,
    run        TEXT NOT NULL,
    step       INTEGER NOT NULL,
    detector   TEXT NOT NULL,
    source     TEXT NOT NULL,          -- model that said so
    cause      TEXT NOT NULL,
    confidence REAL NOT NULL,
    action     TEXT,                   -- at most one of the closed list
    explanation TEXT NOT NULL,
    taken      TEXT NOT NULL,          -- what the policy made of it
    made       TEXT NOT NULL,
    UNIQUE (study, run, step, detector)
);

CREATE TRIGGER calls_keep     BEFORE UPDATE ON calls     BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: calls'); END;
CREATE TRIGGER calls_stay     BEFORE DELETE ON calls     BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: calls'); END;
CREATE TRIGGER answers_keep   BEFORE UPDATE ON answers   BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: answers'); END;
CREATE TRIGGER answers_stay   BEFORE DELETE ON answers   BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: answers'); END;
CREATE TRIGGER refusals_keep  BEFORE UPDATE ON refusals  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: refusals'); END;
CREATE TRIGGER refusals_stay  BEFORE DELETE ON refusals  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: refusals'); END;
CREATE TRIGGER diagnoses_keep BEFORE UPDATE ON diagnoses BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: diagnoses'); END;
CREATE TRIGGER diagnoses_stay BEFORE DELETE ON diagnoses BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: diagnoses'); END;
