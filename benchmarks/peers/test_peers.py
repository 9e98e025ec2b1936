#!/usr/bin/env python3
# Copyright (C) The Ergon contributors.
# SPDX-License-Identifier: Apache-2.0

"""Tests of how figures become a table: `python3 -m unittest discover -s benchmarks/peers`."""

import json
import tempfile
import types
import unittest
from pathlib import Path

import peers

RESULTS = Path(__file__).parent.parent / "results" / "engine.md"


def figures(prefill, decode, **more):
    names = ["together", "verify_to_generate", "attestation_share", "weight_bytes", "context"]
    rest = {**dict.fromkeys(names), "load_seconds": 1, "peak_bytes": 10**9, **more}
    return {"prefill": prefill, "decode": decode, **rest}


def kept(results, **more):
    plan = {"prefill": [128, 2048], "depth": [0, 4096], "steps": 32, "rounds": 1, "together": 8}
    return {"results": results, "bandwidth": 20.0, "machine": "a machine", **plan, **more}


class Report(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.work = Path(folder.name)
        self.output = self.work / "engine.md"

    def report(self, **measured):
        for name, of in measured.items():
            (self.work / f"{name}.json").write_text(json.dumps(of))
        arguments = types.SimpleNamespace(work=self.work, output=self.output)
        return "\n".join(peers.report(arguments)) + "\n"

    def section(self, name, **measured):
        return self.report(**measured).split(f"## {name}\n")[1].split("\n## ")[0]

    def test_sections_that_were_measured_elsewhere_stay_as_they_are(self):
        old = RESULTS.read_text()
        self.output.write_text(old)
        machines = old.count("Machine: ")
        before = peers.sections(old)
        self.assertLessEqual({*peers.SHAPES, peers.ENCODER}, set(before))
        # All but how the table is read, which is a file of its own.
        reading = "## How to read it"
        self.assertEqual(self.report().split(reading)[0], old.split(reading)[0])

        name = peers.SHAPES[1]
        new = self.report(**{name: kept({"ergon": figures({"128": 1.0}, {"0": 2.0})})})
        after = peers.sections(new)
        self.assertEqual(after[name][0], "a machine")
        self.assertIn("1 rounds.", after[name][1])
        for other in {*peers.SHAPES, peers.ENCODER} - {name}:
            self.assertEqual(after[other], before[other])
        # Which machine it was is said again where it changes.
        self.assertEqual(new.count("Machine: "), machines + 2)

    def test_without_an_older_table_only_what_was_measured_is_there(self):
        name = peers.SHAPES[0]
        new = self.report(**{name: kept({"ergon": figures({"128": 1.0}, {"0": 2.0})})})
        self.assertEqual(set(peers.sections(new)) - {"How to read it"}, {name})

    def test_what_is_beyond_a_context_is_named_and_what_was_left_out_stays_empty(self):
        ours = figures({"128": 1.0, "2048": 2.0}, {"0": 3.0}, context=2048)
        name = peers.SHAPES[3]
        section = self.section(name, **{name: kept({"ergon": ours, "llama-q8": figures({}, {})})})
        self.assertIn("| ergon | 1.0 | 2.0 | 3.0 | n/a |", section)
        self.assertIn("| llama-q8 |  |  |  | n/a |", section)
        self.assertIn("\nn/a: the model's context has 2,048 tokens.\n", section)

        ours = figures({"128": 1.0, "2048": 2.0}, {"0": 3.0, "4096": 4.0}, context=32768)
        results = {"ergon": ours, "candle-q8": figures({"128": 5.0}, {"0": 6.0})}
        section = self.section(name, **{name: kept(results)})
        self.assertIn("| ergon | 1.0 | 2.0 | 3.0 | 4.0 |", section)
        self.assertIn("| candle-q8 | 5.0 |  | 6.0 | n/a |", section)
        self.assertIn("\nn/a: candle has tables for 4,096 positions.\n", section)

    def test_every_gate_says_whether_it_is_met(self):
        name = peers.SHAPES[3]

        def row(weight_bytes, decode):
            ours = figures({"128": 1.0}, {"0": decode}, weight_bytes=weight_bytes)
            results = {"ergon": ours, "llama-q8": figures({"128": 1.0}, {"0": 10.0})}
            lines = self.section(name, **{name: kept(results)}).splitlines()
            return next(line for line in lines if "bytes of weights" in line)

        self.assertIn("at least 90 % | 17.8 of 20.0 GB/s = 89 % (missed)", row(10**9, 17.8))
        self.assertIn("at least 90 % | 18.0 of 20.0 GB/s = 90 % (met)", row(10**9, 18.0))
        # Asked for at a billion parameters only.
        self.assertTrue(row(10**8, 100.0).endswith("machine reads | 10.0 of 20.0 GB/s = 50 % |"))

    def test_encoders_have_a_table_of_their_own(self):
        ours = figures({"128": 6540.9}, {}, together=7000.0, verify_to_generate=1.01)
        theirs = figures({"128": 5591.6}, {}, together=6000.0)
        section = self.section("MiniLM", MiniLM=kept({"ergon": ours, "onnx": theirs}))
        self.assertIn("| ergon | 6,540.9 | 7,000.0 | 1.01 | 1.00 | 1.00 |", section)
        self.assertIn("| onnx | 5,591.6 | 6,000.0 | n/a | 1.00 | 1.00 |", section)
        self.assertIn("\nn/a: there is nothing that could verify it.\n", section)


if __name__ == "__main__":
    unittest.main()
