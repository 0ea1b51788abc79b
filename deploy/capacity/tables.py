#!/usr/bin/env python3
"""The tables of deploy/SCALING.md, from costs.json, the model and the simulation.

  deploy/capacity/tables.py            prints them
  deploy/capacity/tables.py --write    puts them into SCALING.md, between its marks
  deploy/capacity/tables.py --check    exits 1 when SCALING.md says something else

Needs nothing but Python 3. Takes half a minute."""
import math
import os
import random
import re
import sys

import model
import simulate
from model import Costs

SCALING = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../SCALING.md")


def two(number):
    """Two significant digits, with separators: what these numbers are good for."""
    if number == math.inf:
        return "never"
    if number == 0:
        return "0"
    rounded = float(f"{number:.1e}")
    return f"{rounded:,.{max(0, 1 - math.floor(math.log10(abs(rounded))))}f}"


def percent(share):
    return f"{100 * share:.0f} %" if share == 0 or share >= 0.1 else f"{100 * share:.1f} %"


def minutes(seconds):
    return "never" if seconds == math.inf else f"{seconds / 60:.1f}"


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows])


def costs_table(costs):
    entries = [("measured", costs.sections["measured"]), ("configured", costs.sections["set"])]
    rows = [(f"`{name}`", f"{entry['value']:,}", entry["what"], kind, entry["source"])
            for kind, section in entries for name, entry in section.items()]
    return table(["name", "value", "what", "", "from"], rows)


def assumptions_table(costs):
    return table(["name", "value", "what"], [(f"`{name}`", f"{entry['value']:,}", entry["what"])
                                             for name, entry in costs.sections["assumed"].items()])


def message_table(costs):
    rows = []
    for engine, words in (("none", "no model"), ("apertium", "Apertium"), ("neural", "a small neural model on CPU (assumed)")):
        cpu = model.message_cpu(costs, engine)
        total = sum(cpu.values())
        rows.append([words] + [two(cpu[part]) for part in ("call", "gate", "model", "proxy")]
                    + [two(total), two(model.replica_rate(costs, engine))])
    return table(["µs of a core, for an average message", "call", "gate", "model", "haproxy", "together",
                  "messages a second of a replica"], rows)


def fleet_table(_):
    rows = []
    for share, engine in ((0.01, "apertium"), (0.04, "apertium"), (0.2, "apertium"), (1, "apertium"), (0.04, "neural"), (1, "neural")):
        found = model.fleet(Costs(translated_share=share), engine)
        rows.append((percent(share), engine, two(found["rate"]), two(found["cores"]), percent(found["model_cores"] / found["cores"]),
                     two(math.ceil(found["replicas"])), two(found["memory"] / 1024), two(found["dollars_a_month"])))
    return table(["translated", "model", "messages a second at the peak", "cores", "of these for models", "replicas", "memory, GB",
                  "dollars a month"], rows)


def database_table(costs):
    rows = []
    for flush in (costs.default_flush_seconds, costs.flush_seconds, 600, 3600):
        found = model.database(costs, 100, flush)
        rows.append((f"{flush} s", two(found["rows"]), two(found["writer_busy"]), f"{model.most_replicas(costs, flush):,}",
                     two(found["refreshes"]), two(found["refresh_cores"])))
    return table(["`flush_interval_ms`", "rows a replica writes each time", "share of the time that 100 replicas hold the lock",
                  "replicas that may share a database", "looks for a revision a second, 100 replicas", "cores for these"], rows)


def cells_table(costs):
    largest = model.most_replicas(costs, costs.flush_seconds)
    rows = []
    for share in (0.04, 0.2, 1):
        replicas = math.ceil(model.fleet(Costs(translated_share=share))["replicas"])
        cells = math.ceil(replicas / largest)
        rows.append((percent(share), f"{replicas:,}", f"{cells:,}", percent(1 / cells)))
    return table(["translated", "replicas at the peak", f"cells of at most {largest}", "callers in one cell"], rows)


def regions_table(costs):
    rows = []
    for regions in (2, 3, 4, 5, 6):
        need = model.region_capacity(regions)
        row = [regions, f"{need:.2f}"]
        for spare in (1.0, 1.3):
            curve = simulate.region_lost(costs, regions, spare)
            row += [percent(curve[0][0]), next((f"{second} s" for second, (lost, _) in enumerate(curve) if lost == 0), "never")]
        rows.append(row)
    return table(["regions", "capacity to have, of a region's own peak", "turned away at first", "until", "with 30 % to spare: turned away",
                  "until"], rows)


def queue_table(costs):
    rng = random.Random(costs.seed)
    workers = costs.model_workers
    rows = []
    for utilisation in (0.5, 0.6, 0.7, 0.8, 0.9, 0.95):
        row = [percent(utilisation)]
        for policy in ("random", "least"):
            times = simulate.waits(rng, workers, 10, utilisation, policy)
            row += [f"{simulate.quantile(times, 0.5):.1f}", f"{simulate.quantile(times, 0.99):.1f}"]
        rows.append(row)
    return table(["threads busy", "at random: half within", "99 % within", "to the least busy: half within", "99 % within"], rows)


def storms_table(costs):
    rows = []
    for bounded, words in ((False, "keeps every call, answers in order"), (True, "turns away what it cannot answer (Signalbook)")):
        for budget in (None, 0.2, 0.1):
            found = simulate.storm(costs, budget, bounded)
            rows.append((words, "none" if budget is None else percent(budget), percent(found["during"]),
                         "never" if found["recovery"] == math.inf else f"{found['recovery']} s", f"{found['attempts']:.1f}"))
    return table(["the server", "retry budget", "answered while 60 % of the capacity is gone", "all answered again, after it is back",
                  "calls at the worst moment, of normal"], rows)


MARKETS = ((20, "20"), (200, "200"), (2000, "2,000"))


def halts_table(costs):
    rng = random.Random(costs.seed)
    rule = simulate.HaltRule()
    rows = []
    for rate, words in MARKETS:
        for share in (0.01, 0.1):
            row = [words, percent(share)]
            for worse in (1.25, 1.5, 2, 5):
                found = simulate.halts(rng, costs, rule, rate, share, worse, 60)
                if found["found"] < 0.5:
                    row.append("not in an hour" if found["found"] < 0.05 else f"{percent(found['found'])} in an hour")
                else:
                    row.append(f"{minutes(found['median'])} ({minutes(found['p95'])}); {two(found['answered'])}")
            rows.append(row)
    return table(["messages a second in the market", "to the canary", "a quarter more refused", "half more", "twice as many", "five times"], rows)


def false_halts_table(costs):
    rule = simulate.HaltRule()
    chosen = rule.score
    rows = []
    for score in (4, 6, 8, 10):
        rule.score = score
        false = sum(simulate.halts(random.Random(costs.seed + i), costs, rule, rate, share, 1, 200)["found"] * 200
                    for i, (rate, share) in enumerate(((200, 0.1), (2000, 0.01), (20, 0.1))))
        found = simulate.halts(random.Random(costs.seed), costs, rule, 200, 0.1, 1.5, 60)
        rows.append((f"**{score}**" if score == chosen else score, f"{false:.0f} of 600", minutes(found["median"]), minutes(found["p95"])))
    return table(["standard deviations", "false halts, of hours with a good book", "minutes to find half more (median)", "(95 %)"], rows)


def exposure_table(costs):
    rng = random.Random(costs.seed)
    rule = simulate.HaltRule()
    total = model.peak_rate(costs)
    steps = (("a canary in the smallest market", 20, 0.1), ("a canary in a middle market", 200, 0.1),
             ("a canary in the largest market", 2000, 0.01), ("everywhere at once, with 1 % left as it was", total, 0.99))
    rows = []
    for words, rate, share in steps:
        found = simulate.halts(rng, costs, rule, rate, share, 2, 40)
        rows.append((words, minutes(found["median"]), two(found["answered"]),
                     two(found["answered"] * costs.refusal_ratio), two(found["answered"] / costs.messages_per_visit)))
    return table(["begun with", "minutes until the halt", "messages that the bad book answered", "of these refused without need",
                  "people who asked"], rows)


TABLES = {
    "costs": costs_table, "assumptions": assumptions_table, "message": message_table, "fleet": fleet_table, "database": database_table,
    "cells": cells_table, "regions": regions_table, "queues": queue_table, "storms": storms_table, "halts": halts_table, "false-halts": false_halts_table,
    "exposure": exposure_table,
}
MARKS = re.compile(r"(<!-- table: ([a-z-]+) -->\n).*?(<!-- end -->)", re.S)


def fill(text, made):
    """`text` with every table between its marks."""
    names = [match.group(2) for match in MARKS.finditer(text)]
    if sorted(names) != sorted(made):
        raise ValueError(f"SCALING.md has marks for {', '.join(names)}; there are tables {', '.join(made)}")
    return MARKS.sub(lambda match: f"{match.group(1)}{made[match.group(2)]}\n{match.group(3)}", text)


def main(arguments):
    costs = Costs()
    made = {name: make(costs) for name, make in TABLES.items()}
    if not arguments:
        print("\n\n".join(f"{name}\n{text}" for name, text in made.items()))
        return 0
    if arguments not in (["--write"], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    with open(SCALING, encoding="utf8") as file:
        text = file.read()
    filled = fill(text, made)
    if arguments == ["--write"]:
        with open(SCALING, "w", encoding="utf8") as file:
            file.write(filled)
    elif filled != text:
        for old, new in zip(text.split("\n"), filled.split("\n")):
            if old != new:
                print(f"SCALING.md: {old}\n    is now: {new}", file=sys.stderr)
                break
        print("deploy/capacity/tables.py --write renews it", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
