"""What chance does: the canary's alert, queues, a region that is lost, retries. Seeded, so that a run can be repeated; every
function takes its own random.Random. Times in seconds."""
import heapq
import math
import os
import re
import statistics

from model import daily_curve

HERE = os.path.dirname(os.path.abspath(__file__))


class HaltRule:
    """The numbers of deploy/prometheus/canary.yml, read from there: what is simulated is what runs."""

    def __init__(self):
        with open(os.path.join(HERE, "../prometheus/canary.yml"), encoding="utf8") as file:
            text = file.read()

        def number(pattern):
            found = re.findall(pattern, text)
            if len(set(found)) != 1:
                raise ValueError(f"canary.yml: {pattern!r} stands there {len(set(found))} times, not once")
            return float(found[0])

        self.score = number(r"canary_refusal_score\) > ([\d.]+)")
        self.least_change = number(r"> ([\d.]+) \* sum by")
        self.least_messages = number(r'track="canary"\}\) > (\d+)')
        self.window = number(r"\[(\d+)m\]") * 60
        self.interval = number(r"interval: (\d+)s")
        self.hold = number(r"for: (\d+)m") * 60

    def fires(self, canary, stable, score=None):
        """Whether the alert's expression holds for (messages, refused) of both."""
        (seen, refused), (seen_stable, refused_stable) = canary, stable
        if seen <= self.least_messages or not seen_stable:
            return False
        pooled = (refused + refused_stable) / (seen + seen_stable)
        if not 0 < pooled < 1:
            return False
        ratio, ratio_stable = refused / seen, refused_stable / seen_stable
        deviation = math.sqrt(pooled * (1 - pooled) * (1 / seen + 1 / seen_stable))
        return (abs(ratio - ratio_stable) / deviation > (score or self.score)
                and abs(ratio - ratio_stable) > self.least_change * ratio_stable)


def poisson(rng, mean):
    if mean > 30:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, count, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count


def refused_of(rng, messages, ratio, in_a_row):
    """Of so many messages, how many are refused: bunches of a geometric size, `in_a_row` on average."""
    mean = messages * ratio
    if mean > 60:
        count = rng.gauss(mean, math.sqrt(mean * (2 * in_a_row - 1)))
        return min(messages, max(0, round(count)))
    count = 0
    for _ in range(poisson(rng, mean / in_a_row)):
        count += 1
        while rng.random() > 1 / in_a_row:
            count += 1
    return min(messages, count)


def canary(rng, costs, rule, rate, share, worse, stage, score=None):
    """Runs a canary for `stage` seconds: `share` of `rate` messages a second go to a book that refuses `worse` times as many. Time
    until the alert fires, None when it does not; and what the bad book had answered by then."""
    kept = int(rule.window / rule.interval)
    steps = [[], []]
    held = 0
    answered = 0
    bias = 1 + rng.gauss(0, costs.canary_bias)
    for step in range(1, int(stage / rule.interval) + 1):
        # Both see the same day: what moves them together moves nothing.
        base = costs.refusal_ratio * (1 + 0.2 * math.sin(step / 40))
        for kind, (part, ratio) in enumerate(((share, base * worse * bias), (1 - share, base))):
            messages = poisson(rng, rate * part * rule.interval)
            steps[kind].append((messages, refused_of(rng, messages, min(1, ratio), costs.refusals_in_a_row)))
            answered += messages if kind == 0 else 0
        sums = [(sum(m for m, _ in kind[-kept:]), sum(r for _, r in kind[-kept:])) for kind in steps]
        held = held + 1 if rule.fires(*sums, score) else 0
        if held and (held - 1) * rule.interval >= rule.hold:
            return step * rule.interval, answered
    return None, answered


def quantile(values, q):
    values = sorted(values)
    return values[min(len(values) - 1, int(q * len(values)))]


def halts(rng, costs, rule, rate, share, worse, runs, stage=3600):
    results = [canary(rng, costs, rule, rate, share, worse, stage) for _ in range(runs)]
    times = [time if time is not None else math.inf for time, _ in results]
    return {
        "found": sum(time < math.inf for time in times) / runs,
        "median": quantile(times, 0.5),
        "p95": quantile(times, 0.95),
        "answered": statistics.median(answered for _, answered in results),
    }


def waits(rng, servers, replicas, utilisation, policy, calls=30000):
    """Queues in front of `replicas` with `servers` each, calls that come at random and take a time of mean 1 (exponential). Times from
    a call to its answer, after a warm-up."""
    rate = utilisation * servers * replicas
    now, times = 0.0, []
    busy = [[] for _ in range(replicas)]  # when each call under way ends
    free = [[0.0] * servers for _ in range(replicas)]
    for call in range(calls):
        now += rng.expovariate(rate)
        if policy == "random":
            chosen = rng.randrange(replicas)
        else:
            for ends in busy:
                while ends and ends[0] <= now:
                    heapq.heappop(ends)
            fewest = min(len(ends) for ends in busy)
            chosen = rng.choice([i for i, ends in enumerate(busy) if len(ends) == fewest])
        start = max(now, free[chosen][0])
        end = start + rng.expovariate(1)
        heapq.heapreplace(free[chosen], end)
        if policy != "random":
            heapq.heappush(busy[chosen], end)
        if call > calls / 10:
            times.append(end - now)
    return times


def erlang_c(servers, utilisation):
    """Mean time in a queue with `servers`, and at them, by Erlang's formula: what waits(…, 1, …) must come near."""
    load = servers * utilisation
    terms = [load ** k / math.factorial(k) for k in range(servers)]
    last = load ** servers / math.factorial(servers) / (1 - utilisation)
    return 1 + last / (sum(terms) + last) / (servers * (1 - utilisation))


def region_lost(costs, regions, spare, hour=20, seconds=600):
    """`regions` equal regions, one of which is lost at second 0 while it is at its peak; its callers go to the others. Each has `spare`
    times what its own load now takes at the target utilisation (which autoscaling left it with), and doubles what it has
    every 30 seconds, 90 seconds late, as the autoscaler does. By second: share of calls turned away, worst survivor's utilisation."""
    demand = [daily_curve(hour + 24 * region / regions) for region in range(regions)]
    more = demand[0] / (regions - 1)
    capacity = [d / costs.target_utilisation * spare for d in demand[1:]]
    wanted = [c for c in capacity]
    ready = []  # (when, region, capacity)
    curve = []
    for second in range(seconds):
        for when, region, amount in [item for item in ready if item[0] <= second]:
            capacity[region] = max(capacity[region], amount)
        ready = [item for item in ready if item[0] > second]
        loads = [(d + more) / c for d, c in zip(demand[1:], capacity)]
        lost = sum(max(0, d + more - c) for d, c in zip(demand[1:], capacity)) / sum(demand)
        curve.append((lost, max(loads)))
        if second % 30 == 0:
            for region, load in enumerate(loads):
                need = (demand[region + 1] + more) / costs.target_utilisation
                target = min(need, wanted[region] * 2)
                if load > costs.target_utilisation and target > wanted[region]:
                    wanted[region] = target
                    ready.append((second + 90, region, target))
    return curve


def storm(costs, budget, bounded, load=0.7, lost=0.6, begin=20, end=50, seconds=180, patience=2.0):
    """A cell with capacity 1 and `load` that loses `lost` of its capacity for a while. Callers try again `retries` times, within a budget of
    `budget` retries for a first attempt (None: as often as they like). `bounded`: the server turns away what it cannot answer in
    time, at once (Signalbook's queue); otherwise it keeps everything and answers in order, though nobody waits any more. By tenths of a
    second; the share of messages answered in time, by second."""
    step = 0.1
    pending = {}  # step: [messages on attempt 0, 1, 2 …]
    tokens = 0.0
    queue = []  # of the server that keeps everything: [arrival, amount, attempt, given up]
    good = [0.0] * seconds
    attempts_most = 0.0
    for tick in range(int(seconds / step)):
        now = tick * step
        capacity = (1 - lost if begin <= now < end else 1.0) * step
        arriving = pending.pop(tick, [0.0] * (costs.retries + 1))
        arriving[0] += load * step
        if budget is not None:
            tokens = min(tokens + budget * load * step, budget * load * 10)
        attempts_most = max(attempts_most, sum(arriving) / (load * step))
        failed = [0.0] * (costs.retries + 1)
        if bounded:
            total = sum(arriving)
            served = min(total, max(0.0, (capacity - costs.rejection_cost * total) / (1 - costs.rejection_cost)))
            good[int(now)] += served
            failed = [amount * (1 - served / total) for amount in arriving]
        else:
            queue += [[now, amount, attempt, False] for attempt, amount in enumerate(arriving) if amount]
            left = capacity
            while queue and left > 1e-12:
                arrival, amount, _, _ = queue[0]
                done = min(amount, left)
                left -= done
                if now - arrival <= patience:
                    good[int(now)] += done
                if done < amount:
                    queue[0][1] -= done
                else:
                    queue.pop(0)
            # Who has waited long enough gives up, and asks anew; the server does not know.
            for item in queue:
                if not item[3] and now - item[0] > patience:
                    failed[item[2]] += item[1]
                    item[3] = True
        for attempt, amount in enumerate(failed[:-1]):
            again = amount
            if budget is not None:
                again = min(amount, tokens)
                tokens -= again
            if again:
                # 0.1 s, then twice that, spread over as much again.
                first = tick + 1 + (1 << attempt)
                for later in range(first, first + (1 << attempt) + 1):
                    slot = pending.setdefault(later, [0.0] * (costs.retries + 1))
                    slot[attempt + 1] += again / ((1 << attempt) + 1)
    share = [amount / load for amount in good]
    during = share[begin + 5:end]
    well = next((second for second in range(end, seconds - 5) if min(share[second:second + 5]) > 0.99), None)
    return {
        "during": sum(during) / len(during),
        "recovery": math.inf if well is None else well - end,
        "attempts": attempts_most,
    }
