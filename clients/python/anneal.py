"""Tell `anneal watch` what a training loop does, and do what it asks. One file, no dependency, Python 3.8 or later.

    import anneal

    run = anneal.Run(steps=1000, on={"stop": None, "save_checkpoint": save, "set_lr_scale": set_lr_scale})
    for step in range(1, 1001):
        ...
        run.log(step, loss=loss, lr=lr, grad_norm=grad_norm)
        if run.poll(step):
            break

Under `anneal watch -- python train.py` the folder in ANNEAL_RUN_DIR is used; without that variable nothing happens. Nothing
here ever ends a training: a full disk or a read-only folder is a warning, once.

Handlers get the command's numbers by name: save_checkpoint(), load_checkpoint(step), skip_steps(start, stop),
set_lr_scale(value), set_clip(value), pause(), resume(), evaluate(). What they return goes into the answer: a path (of a
checkpoint), or a dict with `before`, `after`, `checkpoint`. What they raise refuses the command. `stop` needs no handler:
None says that the loop ends when poll() returns True.

Several processes: only rank 0 (RANK, SLURM_PROCID) reads and writes. Commands that all ranks must obey at the same step go
through `broadcast`, called on every rank with rank 0's list:

    def broadcast(commands):
        box = [commands]
        torch.distributed.broadcast_object_list(box, src=0)
        return box[0]

    if run.poll(step, broadcast): break
"""

import atexit
import json
import math
import os
import sys
import time

__all__ = ["Run"]

_NAMES = {
    "loss": "train/loss", "lr": "train/lr", "learning_rate": "train/lr", "grad_norm": "train/grad_norm", "tokens": "train/tokens",
    "update_norm": "train/update_norm", "param_norm": "train/param_norm", "nonfinite": "train/nonfinite", "clipped": "train/clipped",
    "batch_hash": "data/batch_hash", "val_loss": "val/loss", "val_bpb": "val/bpb", "step_seconds": "perf/step_seconds",
    "tokens_per_second": "perf/tokens_per_second", "rss_mb": "perf/rss_mb",
}
_ARGS = {  # name: (argument, least, most)
    "set_lr_scale": (("value", 0.0, 10.0),),
    "set_clip": (("value", 0.0, 1e6),),
    "load_checkpoint": (("step", 0, 2**31 - 1),),
    "skip_steps": (("start", 1, 2**31 - 1), ("stop", 1, 2**31 - 1)),
}
_MOST_SKIPPED = 10000
_POLL_SECONDS = 0.02
_BEAT_SECONDS = 0.25


class Run:
    """One training run under watch; does nothing where ANNEAL_RUN_DIR is not set, and on all ranks but 0."""

    def __init__(self, steps=0, on=None, directory=None, rank=None):
        """steps: of the whole run, 0 if unknown. on: handlers by command. directory: instead of ANNEAL_RUN_DIR."""
        self._handlers = dict(on or {})
        self._rank = _rank() if rank is None else rank
        self._root = directory or os.environ.get("ANNEAL_RUN_DIR")
        self._writes = bool(self._root) and self._rank == 0
        self._steps, self._step, self._loss = int(steps or 0), 0, None
        self._began = time.time()
        self._warned, self._files = set(), {}
        self._answered, self._waiting, self._seen = set(), {}, set()
        self._last_poll = self._last_beat = 0.0
        self._stopped, self._closed, self._checkpoint = False, False, None
        if not self._writes:
            return
        self._try("run folder", lambda: os.makedirs(os.path.join(self._root, "control"), exist_ok=True))
        self._try("acks.jsonl", self._recall)
        self._status("starting")
        atexit.register(self._at_exit)

    def log(self, step, metrics=None, **more):
        """Writes one step: steps done, from 1, and numbers by name; what is no number is left out."""
        if not self._writes:
            return
        record = {"step": int(step), "time": round(time.time() - self._began, 4)}
        for name, value in list((metrics or {}).items()) + list(more.items()):
            value = value if name in ("batch_hash", "data/batch_hash") else _number(value)
            if value is not None:
                record[_NAMES.get(name, name)] = value
        self._step = record["step"]
        self._loss = record.get("train/loss", self._loss)
        self._try("metrics.jsonl", lambda: self._append("metrics.jsonl", record))
        self._beat()

    def poll(self, step, broadcast=None):
        """Carries out commands that are due now that so many steps are done. True: the loop should end."""
        commands = self._due(int(step)) if self._writes else []
        if broadcast is not None and self._root:
            commands = broadcast(commands) or []
        for command in commands:
            self._apply(command, int(step))
        if self._writes:
            self._beat()
        return self._stopped

    def close(self, state=None, message=None):
        """Says how the run ended: done, stopped or failed. Called at the interpreter's end where it was not before."""
        if self._closed or not self._writes:
            return
        self._closed = True
        self._status(state or ("stopped" if self._stopped else "done"), message)
        for file in self._files.values():
            self._try("closing", file.close)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, _trace):
        self.close("failed" if error is not None else None, None if error is None else "%s: %s" % (kind.__name__, error))
        return False

    # Commands

    def _due(self, step):
        now = time.time()
        if now - self._last_poll >= _POLL_SECONDS:
            self._last_poll = now
            self._try("control", lambda: self._collect(step))
        due = []
        for name in sorted(self._waiting, key=_sequence):
            command = self._waiting[name]
            at = command.get("apply_at_step")
            if at is not None and at > step:
                continue
            del self._waiting[name]
            if at is not None and at < step:
                self._answer(command, "rejected", step, reason="apply_at_step %s has passed: %s steps are done" % (at, step))
            elif command.get("expires_at") is not None and command["expires_at"] < now:
                self._answer(command, "rejected", step, reason="it expired before it could be applied")
            else:
                due.append(command)
        return due

    def _collect(self, step):
        folder = os.path.join(self._root, "control")
        for name in os.listdir(folder):
            if not name.endswith(".json") or name in self._seen:
                continue
            self._seen.add(name)
            uuid = name[:-5].split("-", 1)[-1]
            if uuid in self._answered:
                continue
            try:
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    command = json.load(file)
                uuid = str(command["uuid"])
                str(command["command"])
                command["args"] = {str(k): float(v) for k, v in (command.get("args") or {}).items()}
                float(command.get("apply_at_step") or 0), float(command.get("expires_at") or 0)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                self._answer({"uuid": uuid, "command": None}, "rejected", step, reason="%s is no command: %s" % (name, error))
                continue
            if uuid in self._answered or any(other["uuid"] == uuid for other in self._waiting.values()):
                continue
            self._waiting[name] = command
            if (command.get("apply_at_step") or 0) > step:
                self._answer(command, "accepted", step)

    def _apply(self, command, step):
        verb, args = command["command"], command.get("args") or {}
        if verb not in self._handlers:
            return self._answer(command, "rejected", step, reason="this trainer does not understand %s; it understands %s" % (verb, ", ".join(sorted(self._handlers)) or "nothing"))
        values = {}
        for name, least, most in _ARGS.get(verb, ()):
            value = args.get(name)
            if value is None or not least <= value <= most:
                return self._answer(command, "rejected", step, reason="`%s` is %s: expected a number from %s to %s" % (name, value, least, most))
            values[name] = int(value) if isinstance(least, int) else value
        if verb == "skip_steps" and not step < values["start"] < values["stop"] <= values["start"] + _MOST_SKIPPED:
            return self._answer(command, "rejected", step, reason="start and stop must lie after step %s, at most %s apart" % (step, _MOST_SKIPPED))
        handler, result = self._handlers[verb], None
        try:
            if handler is not None:
                result = handler(**values)
        except Exception as error:  # the loop goes on without it
            return self._answer(command, "rejected", step, reason="%s: %s" % (type(error).__name__, error))
        self._stopped |= verb == "stop"
        if not isinstance(result, dict):
            result = {"checkpoint": os.fspath(result)} if isinstance(result, (str, os.PathLike)) else {}
        self._checkpoint = result.get("checkpoint") or self._checkpoint
        numbers = {side: {k: _number(v) for k, v in (result.get(side) or {}).items() if _number(v) is not None} for side in ("before", "after")}
        self._answer(command, "applied", step, before=numbers["before"], after=numbers["after"] or values, checkpoint=result.get("checkpoint"))

    def _answer(self, command, status, step, **more):
        if not self._writes:
            return
        if status != "accepted":
            self._answered.add(command["uuid"])
        record = {"uuid": command["uuid"], "command": command["command"], "args": command.get("args") or {}, "status": status, "step": step}
        record.update({key: value for key, value in more.items() if value is not None})
        if record["command"] is None:
            del record["command"]
        self._try("acks.jsonl", lambda: self._append("acks.jsonl", record))

    def _recall(self):
        path = os.path.join(self._root, "acks.jsonl")
        if not os.path.exists(path):
            return
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                try:
                    ack = json.loads(line)
                    if ack.get("status") != "accepted":
                        self._answered.add(str(ack["uuid"]))
                except (ValueError, KeyError, AttributeError):
                    pass  # torn by a crash: the command is answered again

    # Files

    def _append(self, name, record):
        file = self._files.get(name)
        if file is None:
            path = os.path.join(self._root, name)
            # Unbuffered: a line is written in one piece, or shows as torn.
            file = self._files[name] = open(path, "ab", buffering=0)
            if file.tell() > 0:
                with open(path, "rb") as tail:
                    tail.seek(-1, os.SEEK_END)
                    if tail.read(1) != b"\n":
                        file.write(b"\n")
        line = (json.dumps(record, allow_nan=False) + "\n").encode()
        try:
            if file.write(line) != len(line):
                raise OSError("written in part")
        except OSError:
            # Opened again for the next line, which then ends the torn one.
            self._files.pop(name).close()
            raise

    def _beat(self):
        now = time.time()
        if now - self._last_beat >= _BEAT_SECONDS:
            self._last_beat = now
            self._status("running")

    def _status(self, state, message=None):
        record = {
            "state": state, "step": self._step, "steps": self._steps, "pid": os.getpid(), "loss": self._loss,
            "capabilities": sorted(self._handlers), "last_checkpoint": self._checkpoint, "message": message, "updated_at": round(time.time(), 3),
        }

        def write():
            path = os.path.join(self._root, "status.json")
            with open(path + ".tmp", "w", encoding="utf-8") as file:
                json.dump({key: value for key, value in record.items() if value is not None}, file, allow_nan=False)
            os.replace(path + ".tmp", path)

        self._try("status.json", write)

    def _try(self, what, action):
        try:
            action()
        except Exception as error:  # the training is worth more than its record
            if what not in self._warned:
                self._warned.add(what)
                print("anneal: %s cannot be used, training goes on without: %s" % (what, error), file=sys.stderr)

    def _at_exit(self):
        crashed = getattr(sys, "last_type", None) is not None
        self.close("failed" if crashed else None, str(sys.last_value) if crashed else None)


def _rank():
    for name in ("RANK", "SLURM_PROCID", "OMPI_COMM_WORLD_RANK", "PMI_RANK"):
        if os.environ.get(name, "").isdigit():
            return int(os.environ[name])
    return 0


def _number(value):
    try:
        value = float(value)
    except Exception:  # a tensor of many numbers, a string, None
        return None
    if math.isfinite(value):
        return int(value) if value == int(value) and abs(value) < 2**53 else value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _sequence(name):
    head = name.split("-", 1)[0]
    return (int(head) if head.isdigit() else 0, name)
