"""What a load costs: cores, memory, database, money, from the costs of one request (costs.json). Plain sums; what is left to
chance is in simulate.py. Times in seconds, memory in megabytes, unless a name says otherwise."""
import functools
import json
import os

HERE = os.path.dirname(os.path.abspath(__file__))


class Costs:
    """The numbers of costs.json by name; some may be replaced: Costs(translated_share=1)."""

    def __init__(self, **other):
        with open(os.path.join(HERE, "costs.json"), encoding="utf8") as file:
            self.sections = json.load(file)
        self.seed = self.sections.pop("seed")
        self.values = {name: entry["value"] for section in self.sections.values() for name, entry in section.items()}
        unknown = set(other) - set(self.values)
        if unknown:
            raise KeyError(f"costs.json has no {', '.join(sorted(unknown))}")
        self.values.update(other)

    def __getattr__(self, name):
        try:
            return self.__dict__["values"][name]
        except KeyError:
            raise AttributeError(name) from None


def peak_rate(costs):
    """Messages a second that ask for a translation, in the busiest second."""
    return costs.users * costs.messages_per_user_day * costs.translated_share / 86400 * costs.peak_factor


def message_cpu(costs, model="apertium"):
    """CPU of one average message, in microseconds, by part."""
    sentences = costs.prose_share * costs.sentences_per_message
    model_cost = {"apertium": costs.apertium_sentence_cpu_us, "neural": costs.neural_sentence_cpu_us, "none": 0}[model]
    return {
        "call": costs.batched_share * costs.batch_message_cpu_us + (1 - costs.batched_share) * costs.unary_cpu_us,
        "gate": 0 if model == "none" else sentences * costs.gate_sentence_cpu_us,
        "model": sentences * (1 - costs.cache_hit_share) * model_cost,
        # A batch is one call; those of a stream are its messages.
        "proxy": (1 - costs.batched_share) * costs.proxy_call_cpu_us,
    }


def replica_rate(costs, model="apertium"):
    """Messages a second that a replica answers at the target utilisation; the proxy has machines of its own."""
    cpu = message_cpu(costs, model)
    return costs.cores_per_replica * costs.target_utilisation * 1e6 / (sum(cpu.values()) - cpu["proxy"])


def replica_memory(costs, model="apertium"):
    engines = costs.pipelines * costs.apertium_pipeline_mb if model == "apertium" else 0
    return costs.replica_private_mb + costs.cache_mb + engines + costs.book_mb / costs.replicas_per_machine


def fleet(costs, model="apertium"):
    """What the peak takes, before anything is lost."""
    rate = peak_rate(costs)
    cpu = message_cpu(costs, model)
    replicas = rate / replica_rate(costs, model)
    cores = rate * sum(cpu.values()) / 1e6 / costs.target_utilisation
    memory = replicas * replica_memory(costs, model)
    hourly = cores * costs.core_hour_dollars + memory / 1024 * costs.gigabyte_hour_dollars
    return {
        "rate": rate,
        "replicas": replicas,
        "cores": cores,
        "model_cores": rate * cpu["model"] / 1e6 / costs.target_utilisation,
        "memory": memory,
        "dollars_a_month": hourly * 24 * 30,
    }


@functools.lru_cache(maxsize=None)
def distinct_rows(asked, rows, skew):
    """How many of `rows` rows, asked for as Zipf's law says, are asked for at all in `asked` requests."""
    weights = [1 / (i + 1) ** skew for i in range(rows)]
    total = sum(weights)
    return sum(1 - (1 - weight / total) ** asked for weight in weights)


def database(costs, replicas, flush):
    """What `replicas` that write every `flush` seconds do to the database that they share."""
    asked = int(replica_rate(costs) * costs.rows_per_message * flush)
    rows = distinct_rows(asked, costs.known_rows, costs.row_skew)
    writes = replicas / flush
    # Every commit wakes all of them, and each looks whether there is a new revision.
    refreshes = replicas * (1 / costs.follow_seconds + writes)
    return {
        "rows": rows,
        "writer_busy": writes * rows * costs.database_row_ms / 1e3,
        "refreshes": refreshes,
        "refresh_cores": refreshes * costs.database_refresh_cpu_us / 1e6,
    }


def most_replicas(costs, flush):
    """How many replicas may share a database."""
    one = database(costs, 1, flush)["writer_busy"]
    return int(costs.writer_share / one)


def daily_curve(hour):
    """Share of the peak that is asked for at an hour of the day, of a region."""
    curve = [0.35, 0.25, 0.2, 0.18, 0.18, 0.22, 0.3, 0.42, 0.52, 0.58, 0.62, 0.66,
             0.7, 0.7, 0.69, 0.7, 0.73, 0.78, 0.85, 0.93, 1.0, 0.98, 0.8, 0.55]
    return curve[int(hour) % 24]


def region_capacity(regions, loaded=0.85, target=0.6):
    """Capacity of each of `regions` equal regions, spread around the world, as a multiple of what its own peak takes at `target`
    utilisation: enough that at any hour any one may be lost, and the others run at `loaded` at most."""
    worst = 0
    for hour in range(24):
        demand = [daily_curve(hour + 24 * region / regions) for region in range(regions)]
        worst = max(worst, sum(demand) / (regions - 1))
    return max(1.0, worst * target / loaded)
