"""deploy/capacity: that deploy/SCALING.md says what it computes, and that it computes sensibly."""
import math
import os
import random
import re
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "deploy/capacity"))
sys.dont_write_bytecode = True

import model  # noqa: E402
import simulate  # noqa: E402
import tables  # noqa: E402
from model import Costs  # noqa: E402


class PageTest(unittest.TestCase):
    def test_the_page_says_what_is_computed(self):
        self.assertEqual(tables.main(["--check"]), 0)

    def test_another_page_would_be_noticed(self):
        made = {name: "| x |" for name in tables.TABLES}
        text = "".join(f"<!-- table: {name} -->\nold\n<!-- end -->\n" for name in made)
        filled = tables.fill(text, made)
        self.assertNotIn("old", filled)
        self.assertEqual(tables.fill(filled, made), filled)
        with self.assertRaises(ValueError, msg="a table that stands nowhere"):
            tables.fill(text.replace("table: fleet", "table: fleets"), made)

    def test_numbers_as_people_read_them(self):
        for number, text in ((0, "0"), (0.0123, "0.012"), (0.96, "0.96"), (9.96, "10"), (123.4, "120"), (69444, "69,000"), (math.inf, "never")):
            self.assertEqual(tables.two(number), text)

    def test_every_cost_says_where_it_comes_from(self):
        for section in ("measured", "set", "assumed"):
            for name, entry in Costs().sections[section].items():
                wanted = {"measured": ("source", "renew"), "set": ("source",), "assumed": ()}[section]
                for key in ("value", "what", *wanted):
                    self.assertTrue(entry.get(key), f"{name}: {key}")

    def test_what_is_configured_is_what_the_files_say(self):
        costs = Costs()

        def read(path):
            with open(os.path.join(ROOT, path), encoding="utf8") as file:
                return file.read()
        config = read("deploy/kubernetes/base/signalbook.textproto")
        self.assertIn(f"model_workers: {costs.model_workers}\n", config)
        self.assertIn(f"flush_interval_ms: {costs.flush_seconds * 1000}\n", config)
        self.assertIn(f"model_cache_mib: {costs.cache_mb}\n", config)
        self.assertIn(f"kFollowTimeout = absl::Seconds({costs.follow_seconds});", read("service/moderation/moderation.cc"))
        self.assertIn("absl::Seconds(%d);" % costs.default_flush_seconds, read("service/moderation/moderation.h"))
        production = read("deploy/kubernetes/overlays/production/kustomization.yaml")
        most = int(re.search(r"maxReplicas: (\d+)", production)[1])
        self.assertLessEqual(most, model.most_replicas(costs, costs.flush_seconds))
        # Four pipelines, the cache and the rest fit into what a pod may have; what it asks for holds them too.
        self.assertIn("memory: 1536Mi", read("deploy/kubernetes/base/deployment.yaml"))
        self.assertLess(model.replica_memory(costs) + costs.book_mb, 768)


class ModelTest(unittest.TestCase):
    def test_twice_the_cost_is_twice_the_cores(self):
        one = model.fleet(Costs())
        costs = Costs()
        twice = Costs(**{name: 2 * getattr(costs, name) for name in costs.values if name.endswith("_cpu_us")})
        self.assertAlmostEqual(model.fleet(twice)["cores"], 2 * one["cores"])
        self.assertAlmostEqual(model.replica_rate(twice), model.replica_rate(costs) / 2)

    def test_twice_the_people_are_twice_of_everything(self):
        one, twice = model.fleet(Costs()), model.fleet(Costs(users=2 * Costs().users))
        for name, value in one.items():
            self.assertAlmostEqual(twice[name], 2 * value, msg=name)

    def test_a_full_cache_leaves_no_work_to_models(self):
        self.assertEqual(model.message_cpu(Costs(cache_hit_share=1))["model"], 0)

    def test_an_unknown_cost_is_an_error(self):
        with self.assertRaises(KeyError):
            Costs(user=1)

    def test_rows_grow_with_what_is_asked_and_end(self):
        rows = [model.distinct_rows(asked, 1000, 1.05) for asked in (1, 100, 10_000, 10_000_000)]
        self.assertAlmostEqual(rows[0], 1)
        self.assertEqual(rows, sorted(rows))
        self.assertAlmostEqual(rows[-1], 1000, places=3)

    def test_more_regions_need_no_more_each(self):
        needs = [model.region_capacity(regions) for regions in range(2, 9)]
        self.assertEqual(needs, sorted(needs, reverse=True))


class SimulationTest(unittest.TestCase):
    def test_queues_wait_as_erlang_says(self):
        for utilisation in (0.5, 0.8):
            times = simulate.waits(random.Random(1), 8, 1, utilisation, "random", 200_000)
            self.assertAlmostEqual(sum(times) / len(times), simulate.erlang_c(8, utilisation), delta=0.05)

    def test_the_least_busy_waits_no_longer(self):
        waits = [simulate.quantile(simulate.waits(random.Random(1), 8, 10, 0.9, policy), 0.99) for policy in ("random", "least")]
        self.assertLess(waits[1], waits[0])

    def test_a_region_that_is_lost_is_made_up_for(self):
        curve = simulate.region_lost(Costs(), 3, 1.0)
        self.assertGreater(curve[0][0], 0)
        self.assertEqual(curve[-1][0], 0)
        self.assertLessEqual(curve[-1][1], 0.85)

    def test_no_storm_without_a_loss(self):
        for bounded in (False, True):
            found = simulate.storm(Costs(), None, bounded, lost=0.0)
            self.assertAlmostEqual(found["during"], 1)
            self.assertAlmostEqual(found["attempts"], 1)

    def test_budgets_and_bounds_help(self):
        worst = simulate.storm(Costs(), None, bounded=False)
        budget = simulate.storm(Costs(), 0.1, bounded=False)
        bounded = simulate.storm(Costs(), 0.1, bounded=True)
        self.assertEqual(worst["recovery"], math.inf)
        self.assertLess(budget["recovery"], math.inf)
        self.assertLess(bounded["recovery"], budget["recovery"])
        self.assertGreater(bounded["during"], budget["during"])

    def test_the_halt_rule_is_the_one_that_runs(self):
        rule = simulate.HaltRule()
        self.assertGreaterEqual(rule.score, 3)
        # The rows of deploy/prometheus/canary_test.yml, in 15 minutes.
        rows = (("de", (9000, 1800), (81000, 8100), True), ("fr", (9000, 900), (81000, 8100), False),
                ("ja", (9000, 60), (81000, 8100), True), ("pt", (300, 60), (2700, 270), False),
                ("es", (30_000_000, 3_150_000), (30_000_000, 3_000_000), False))
        for market, canary, stable, fires in rows:
            self.assertEqual(rule.fires(canary, stable), fires, market)

    def test_the_worse_the_sooner(self):
        rule = simulate.HaltRule()
        medians = [simulate.halts(random.Random(5), Costs(), rule, 200, 0.1, worse, 30)["median"] for worse in (1, 1.5, 5)]
        self.assertEqual(medians, sorted(medians, reverse=True))
        self.assertEqual(medians[0], math.inf)
        self.assertLessEqual(medians[2], 180)

    def test_bunches_spread_and_keep_the_mean(self):
        rng = random.Random(7)
        for messages in (200, 5000):  # both ways to draw them
            drawn = [simulate.refused_of(rng, messages, 0.06, 2.5) for _ in range(4000)]
            mean = sum(drawn) / len(drawn)
            variance = sum((value - mean) ** 2 for value in drawn) / len(drawn)
            self.assertAlmostEqual(mean / messages, 0.06, delta=0.003)
            self.assertAlmostEqual(variance / mean, 4, delta=0.6)


if __name__ == "__main__":
    unittest.main()
