#!/usr/bin/env python3
# Copyright (C) The Ergon contributors.
# SPDX-License-Identifier: Apache-2.0

"""Measures the engine and its peers, one after another on the same weights, and writes a table.

Each round runs every engine once, in a process of its own, so that whatever else the machine does
meets all of them; figures are medians over rounds. `make bench-engine` calls this with everything in
place; `peers.py --help` says what can be left out.
"""

import argparse
import ctypes
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

SHAPES = ["smollm2-135m", "qwen2.5-0.5b", "qwen3-0.6b", "tinyllama-1.1b"]
ENCODER = "MiniLM"
OURS = "ergon"
TEXT_ENGINES = [OURS, "llama-q8", "llama-q4", "candle-f32", "candle-q8", "candle-q4"]
EMBED_ENGINES = [OURS, "onnx", "candle"]
# What the contract asks of this engine, by what llama.cpp does with eight bits.
DECODE_GATE, PREFILL_GATE, AUDIT_GATE, ATTESTATION_GATE = 1.2, 2.0, 0.25, 0.02
# Of what the machine reads, from that many bytes of weights on: smaller models fit caches in part.
BANDWIDTH_GATE, LARGE_BYTES = 0.9, 10**9
# Positions that candle has tables for.
CANDLE_LIMIT = 4096


def token(index, vocabulary):
    return 300 + index * 7919 % (vocabulary - 300)


class Llama:
    """llama.cpp through its C interface."""

    def __init__(self, path, threads, sequences, length):
        import llama_cpp

        self.api = llama_cpp
        llama_cpp.llama_log_set(QUIET, ctypes.c_void_p(0))
        llama_cpp.llama_backend_init()
        options = llama_cpp.llama_model_default_params()
        options.n_gpu_layers = 0
        self.model = llama_cpp.llama_model_load_from_file(str(path).encode(), options)
        if not self.model:
            raise SystemExit(f"llama.cpp cannot read {path}")
        options = llama_cpp.llama_context_default_params()
        options.n_ctx = length * sequences
        options.n_batch = options.n_ubatch = 512
        options.n_seq_max = sequences
        options.n_threads = options.n_threads_batch = threads
        self.context = llama_cpp.llama_init_from_model(self.model, options)
        if not self.context:
            raise SystemExit(f"llama.cpp cannot run {path}")
        vocabulary = llama_cpp.llama_model_get_vocab(self.model)
        self.vocabulary = llama_cpp.llama_vocab_n_tokens(vocabulary)
        self.limit = llama_cpp.llama_model_n_ctx_train(self.model)

    def clear(self):
        self.api.llama_memory_clear(self.api.llama_get_memory(self.context), True)

    def feed(self, tokens, position, sequences=1, logits=True):
        """The same tokens at the same positions of every sequence, 512 at a time."""
        for start in range(0, len(tokens), 512):
            part = tokens[start : start + 512]
            batch = self.api.llama_batch_init(len(part) * sequences, 0, 1)
            batch.n_tokens = len(part) * sequences
            place = 0
            for sequence in range(sequences):
                for offset, value in enumerate(part):
                    batch.token[place] = value
                    batch.pos[place] = position + start + offset
                    batch.n_seq_id[place] = 1
                    batch.seq_id[place][0] = sequence
                    last = start + offset + 1 == len(tokens)
                    batch.logits[place] = last and logits
                    place += 1
            if self.api.llama_decode(self.context, batch) != 0:
                raise SystemExit("llama.cpp failed to decode")
            self.api.llama_synchronize(self.context)
            self.api.llama_batch_free(batch)


@ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)
def QUIET(_level, _text, _data):
    pass


def measure_llama(path, threads, plan):
    begin = time.perf_counter()
    longest = max([*plan.prefill, *(depth + plan.steps + 1 for depth in plan.depth)])
    engine = Llama(path, threads, 1, longest + 64)
    figures = {"load_seconds": time.perf_counter() - begin, "prefill": [], "decode": []}
    tokens = [token(index, engine.vocabulary) for index in range(longest + 1)]
    engine.feed(tokens[:16], 0)
    for count in plan.prefill:
        if count > engine.limit:
            continue
        engine.clear()
        begin = time.perf_counter()
        engine.feed(tokens[:count], 0)
        figures["prefill"].append([count, count / (time.perf_counter() - begin)])
    for depth in plan.depth:
        if depth + plan.steps >= engine.limit:
            continue
        engine.clear()
        # The first step is not measured.
        engine.feed(tokens[: depth + 1], 0)
        begin = time.perf_counter()
        for position in range(depth + 1, depth + 1 + plan.steps):
            engine.feed(tokens[position : position + 1], position)
        figures["decode"].append([depth, plan.steps / (time.perf_counter() - begin)])
    del engine
    engine = Llama(path, threads, plan.together, plan.steps + 64)
    engine.feed(tokens[:1], 0, plan.together)
    begin = time.perf_counter()
    for position in range(1, 1 + plan.steps):
        engine.feed(tokens[position : position + 1], position, plan.together)
    seconds = time.perf_counter() - begin
    figures["together"] = plan.steps * plan.together / seconds
    figures["peak_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return figures


def bert_as_onnx(folder, file):
    """The graph of a BERT encoder over the weights of its folder."""
    import numpy
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    from safetensors.numpy import load_file

    config = json.loads((folder / "config.json").read_text())
    heads, hidden = config["num_attention_heads"], config["hidden_size"]
    width, epsilon = hidden // heads, config["layer_norm_eps"]
    weights = {
        name: value.astype(numpy.float32)
        for name, value in load_file(folder / "model.safetensors").items()
        if value.dtype.kind == "f"
    }
    nodes, constants = [], []

    def constant(name, value):
        constants.append(numpy_helper.from_array(numpy.asarray(value), name))
        return name

    def node(kind, inputs, name, **attributes):
        nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def norm(x, name):
        scale = constant(f"{name}.weight", weights[f"{name}.weight"])
        bias = constant(f"{name}.bias", weights[f"{name}.bias"])
        return node("LayerNormalization", [x, scale, bias], f"{name}/out", epsilon=epsilon)

    def linear(x, name):
        matrix = constant(f"{name}.weight", weights[f"{name}.weight"].T.copy())
        bias = constant(f"{name}.bias", weights[f"{name}.bias"])
        return node("Add", [node("MatMul", [x, matrix], f"{name}/mm"), bias], f"{name}/out")

    words = constant("words", weights["embeddings.word_embeddings.weight"])
    fixed = weights["embeddings.position_embeddings.weight"]
    fixed = fixed + weights["embeddings.token_type_embeddings.weight"][0]
    x = node("Gather", [words, "ids"], "embedded")
    count = node("Shape", ["ids"], "shape", start=1)
    zero, axis = constant("zero", numpy.array([0])), constant("axis", numpy.array([0]))
    positions = node("Slice", [constant("fixed", fixed), zero, count, axis], "positions")
    x = norm(node("Add", [x, positions], "sum"), "embeddings.LayerNorm")
    split = constant("split", numpy.array([0, 0, heads, width]))
    merge = constant("merge", numpy.array([0, 0, hidden]))
    root = constant("root", numpy.float32(width**0.5))
    two, half = constant("sqrt2", numpy.float32(2**0.5)), constant("half", numpy.float32(0.5))
    one = constant("one", numpy.float32(1))
    for layer in range(config["num_hidden_layers"]):
        name = f"encoder.layer.{layer}"

        def head(part, order):
            out = linear(x, f"{name}.attention.self.{part}")
            shaped = node("Reshape", [out, split], f"{out}/heads")
            return node("Transpose", [shaped], f"{out}/turned", perm=order)

        query, value = head("query", [0, 2, 1, 3]), head("value", [0, 2, 1, 3])
        key = head("key", [0, 2, 3, 1])
        scores = node("Div", [node("MatMul", [query, key], f"{name}/qk"), root], f"{name}/scores")
        shares = node("Softmax", [scores], f"{name}/shares", axis=-1)
        mixed = node("MatMul", [shares, value], f"{name}/mixed")
        mixed = node("Transpose", [mixed], f"{name}/back", perm=[0, 2, 1, 3])
        mixed = node("Reshape", [mixed, merge], f"{name}/merged")
        out = linear(mixed, f"{name}.attention.output.dense")
        x = norm(node("Add", [x, out], f"{name}/middle"), f"{name}.attention.output.LayerNorm")
        inner = linear(x, f"{name}.intermediate.dense")
        erf = node("Erf", [node("Div", [inner, two], f"{name}/scaled")], f"{name}/erf")
        gate = node("Mul", [node("Add", [erf, one], f"{name}/shifted"), half], f"{name}/gate")
        out = linear(node("Mul", [inner, gate], f"{name}/gelu"), f"{name}.output.dense")
        x = norm(node("Add", [x, out], f"{name}/after"), f"{name}.output.LayerNorm")
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "count"])
    rows = helper.make_tensor_value_info(x, TensorProto.FLOAT, ["texts", "count", hidden])
    graph = helper.make_graph(nodes, "bert", [ids], [rows], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, file)


def measure_onnx(folder, threads, tokens, together):
    import numpy
    import onnxruntime

    file = Path(os.environ["ERGON_PEERS_WORK"]) / "encoder-of-batches.onnx"
    if not file.exists():
        bert_as_onnx(folder, file)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    begin = time.perf_counter()
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    load = time.perf_counter() - begin
    ids = numpy.array([[2000 + index * 7 % 20000 for index in range(tokens)]], dtype=numpy.int64)

    def rate(texts):
        batch = numpy.repeat(ids, texts, axis=0)
        session.run(None, {"ids": batch})
        begin = time.perf_counter()
        session.run(None, {"ids": batch})
        return texts * tokens / (time.perf_counter() - begin)

    figures = {"load_seconds": load, "prefill": [[tokens, rate(1)]], "decode": []}
    figures["together"] = rate(together)
    figures["peak_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return figures


def run(engine, folder, arguments, encoder):
    """One engine once, in a process of its own."""
    environment = dict(
        os.environ,
        RAYON_NUM_THREADS=str(arguments.threads),
        CANDLE_NUM_THREADS=str(arguments.threads),
        OMP_NUM_THREADS=str(arguments.threads),
    )
    threads = ["--threads", str(arguments.threads)]
    until = 1 if engine in arguments.short.split(",") else None
    plan = [
        f"--prefill={','.join(map(str, arguments.prefill[:until]))}",
        f"--depth={','.join(map(str, arguments.depth[:until]))}",
        f"--steps={arguments.steps}",
        f"--together={arguments.together}",
    ]
    here = [sys.executable, __file__, "--measure", engine, "--work", str(folder), *threads]
    if encoder:
        command = here if engine == "onnx" else [arguments.binary, "embed", engine, str(folder)]
        together = f"--together={arguments.together}"
        command = [*command, together] if engine == "onnx" else [*command, *threads, together]
    elif engine.startswith("llama"):
        command = [*here, *plan]
    else:
        command = [arguments.binary, "text", engine, str(folder), *threads, *plan]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        print(f"  {engine} failed: {reason}", flush=True)
        return None
    return json.loads(done.stdout.strip().splitlines()[-1])


def rounds(engines, folder, arguments, encoder=False):
    """Medians over rounds, by engine; engines that failed are left out."""
    results = {engine: [] for engine in engines}
    for number in range(arguments.rounds):
        for engine in engines:
            if results[engine] is None:
                continue
            figures = run(engine, folder, arguments, encoder)
            results[engine] = None if figures is None else [*results[engine], figures]
        print(f"  round {number + 1} of {arguments.rounds} done", flush=True)
    return {engine: median(all_of) for engine, all_of in results.items() if all_of}


def median(figures):
    def of(values):
        return statistics.median(values) if values else None

    def by_key(name):
        keys = [key for key, _ in figures[0].get(name) or []]
        return {str(key): of([dict(one[name])[key] for one in figures]) for key in keys}

    names = ["load_seconds", "together", "verify_to_generate", "attestation_share"]
    names += ["weight_bytes", "peak_bytes", "context"]
    middle = {name: of([one[name] for one in figures if one.get(name)]) for name in names}
    return {**middle, "prefill": by_key("prefill"), "decode": by_key("decode")}


def number(value, digits=1):
    return "" if value is None else f"{value:,.{digits}f}"


def ratio(ours, theirs, gate=None):
    if not ours or not theirs:
        return ""
    text = f"{ours / theirs:.2f}"
    return text if gate is None else f"{text} ({'met' if ours / theirs >= gate else 'missed'})"


def text_table(kept):
    """A row of figures for each engine, and below it why some cannot be measured."""
    results, together, steps = kept["results"], kept["together"], kept.get("steps", 0)
    context = (results.get(OURS) or {}).get("context")
    reasons = []

    def all_of(name):
        # Also lengths that no engine could be measured at.
        plan = {"prefill": "prefill", "decode": "depth"}[name]
        wanted = {str(key) for key in kept.get(plan, [])} if context else set()
        return sorted(wanted | {key for it in results.values() for key in it[name]}, key=int)

    def cell(engine, figure, positions):
        if figure is not None:
            return number(figure)
        limits = [(context, f"the model's context has {context or 0:,.0f} tokens")]
        if engine.startswith("candle"):
            limits.append((CANDLE_LIMIT, f"candle has tables for {CANDLE_LIMIT:,} positions"))
        for limit, reason in limits:
            if limit and positions > limit:
                reasons.extend([] if reason in reasons else [reason])
                return "n/a"
        return ""

    columns = [f"prefill {count}" for count in all_of("prefill")]
    columns += [f"decode at {int(depth):,}" for depth in all_of("decode")]
    columns += [f"decode {together} together", "peak GB", "load s"]
    lines = ["| engine | " + " | ".join(columns) + " |", "|---|" + "---:|" * len(columns)]
    for engine, it in results.items():
        cells = [cell(engine, it["prefill"].get(count), int(count)) for count in all_of("prefill")]
        cells += [
            # One step is taken before those that are measured.
            cell(engine, it["decode"].get(depth), int(depth) + steps + 1)
            for depth in all_of("decode")
        ]
        cells += [number(it["together"]), number((it["peak_bytes"] or 0) / 1e9, 2)]
        cells += [number(it["load_seconds"], 2)]
        lines.append(f"| {engine} | " + " | ".join(cells) + " |")
    return [*lines, "", f"n/a: {'; '.join(reasons)}."] if reasons else lines


def encoder_table(results, together):
    columns = ["tokens/s, one text of 128", f"{together} texts together", "verify by generate"]
    columns += ["peak GB", "load s"]
    lines = ["| engine | " + " | ".join(columns) + " |", "|---|" + "---:|" * len(columns)]
    for engine, it in results.items():
        audit = number(it["verify_to_generate"], 2) if engine == OURS else "n/a"
        cells = [number(next(iter(it["prefill"].values()))), number(it["together"]), audit]
        cells += [number(it["peak_bytes"] / 1e9, 2), number(it["load_seconds"], 2)]
        lines.append(f"| {engine} | " + " | ".join(cells) + " |")
    return [*lines, "", "n/a: there is nothing that could verify it."]


def gates(results, bandwidth):
    ours, theirs = results.get(OURS), results.get("llama-q8")
    if not ours or not theirs:
        return []
    middle = "512" if "512" in ours["prefill"] else next(iter(ours["prefill"]), None)
    lines = ["", "| gate | figure |", "|---|---|"]
    decode = ratio(ours["decode"].get("0"), theirs["decode"].get("0"), DECODE_GATE)
    lines.append(f"| decode by llama.cpp Q8_0, at least {DECODE_GATE} | {decode} |")
    prefill = ratio(ours["prefill"].get(middle), theirs["prefill"].get(middle), PREFILL_GATE)
    lines.append(f"| prefill of {middle} by llama.cpp Q8_0, at least {PREFILL_GATE} | {prefill} |")
    audit = ours["verify_to_generate"]
    if audit:
        met = "met" if audit <= AUDIT_GATE else "missed"
        lines.append(f"| verify by generate, at most {AUDIT_GATE} | {audit:.2f} ({met}) |")
    attestation = ours.get("attestation_share")
    if attestation:
        met = "met" if attestation <= ATTESTATION_GATE else "missed"
        lines.append(f"| share of decoding that attests, at most 2 % | {attestation:.2%} ({met}) |")
    if ours["weight_bytes"] and ours["decode"].get("0"):
        used = ours["weight_bytes"] * ours["decode"]["0"] / 1e9
        share = f"{used:.1f} of {bandwidth:.1f} GB/s = {100 * used / bandwidth:.0f} %"
        gate = "bytes of weights a second by what the machine reads"
        if ours["weight_bytes"] >= LARGE_BYTES:
            gate += f", at least {100 * BANDWIDTH_GATE:.0f} %"
            share += " (met)" if used / bandwidth >= BANDWIDTH_GATE else " (missed)"
        lines.append(f"| {gate} | {share} |")
    return lines


def machine(threads):
    model = "an unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    flags = Path("/proc/cpuinfo").read_text()
    known = ["avx2", "avx512_vnni", "amx_int8", "asimd"]
    have = ", ".join(flag for flag in known if f" {flag}" in flags) or "none of note"
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return (
        f"{model}, {os.cpu_count()} cores ({threads} threads used), {pages:.0f} GiB, "
        f"instruction sets: {have}; {platform.system()} {platform.release()}"
    )


def numbers(value):
    return [int(part) for part in value.split(",") if part]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", help="the program ergon-peers")
    parser.add_argument("--work", type=Path, required=True, help="a folder for models")
    parser.add_argument("--output", type=Path, help="the table to write")
    parser.add_argument("--minilm", type=Path, help="the Hugging Face folder of MiniLM")
    parser.add_argument("--shapes", default=",".join(SHAPES))
    parser.add_argument("--engines", default=",".join(TEXT_ENGINES))
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--prefill", type=numbers, default=[128, 512, 2048])
    parser.add_argument("--depth", type=numbers, default=[0, 1024, 4096])
    parser.add_argument("--steps", type=int, default=32)
    parser.add_argument("--together", type=int, default=8)
    parser.add_argument("--short", default="", help="engines to measure at the first of each only")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    os.environ["ERGON_PEERS_WORK"] = str(arguments.work)
    if arguments.measure == "onnx":
        os.environ["ERGON_PEERS_WORK"] = os.environ.get("TMPDIR", "/tmp")
        figures = measure_onnx(arguments.work, arguments.threads, 128, arguments.together)
        return print(json.dumps(figures))
    if arguments.measure:
        name = "q8_0.gguf" if arguments.measure == "llama-q8" else "q4_k.gguf"
        figures = measure_llama(arguments.work / name, arguments.threads, arguments)
        return print(json.dumps(figures))

    for shape in filter(None, arguments.shapes.split(",")):
        folder = arguments.work / shape
        print(shape, flush=True)
        # One that an older engine imported lacks a file.
        if not all((folder / name).exists() for name in ["q4_k.gguf", "ergon/text"]):
            shutil.rmtree(folder, ignore_errors=True)
            subprocess.run([arguments.binary, "make", shape, str(folder)], check=True)
        results = rounds(arguments.engines.split(","), folder, arguments)
        keep(arguments, shape, results)
    if arguments.minilm:
        print(ENCODER, flush=True)
        results = rounds(EMBED_ENGINES, arguments.minilm, arguments, encoder=True)
        keep(arguments, ENCODER, results)
    text = "\n".join(report(arguments)) + "\n"
    if arguments.output:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text(text)
    print(text)


def keep(arguments, name, results):
    """Keeps what was measured of a model, so that the table can be made of several runs."""
    command = [arguments.binary, "bandwidth", "--threads", str(arguments.threads)]
    bandwidth = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    kept = {
        "results": results,
        # Of the same hour: it is another one every day.
        "bandwidth": bandwidth,
        "rounds": arguments.rounds,
        "together": arguments.together,
        "prefill": arguments.prefill,
        "depth": arguments.depth,
        "steps": arguments.steps,
        "machine": machine(arguments.threads),
    }
    (arguments.work / f"{name}.json").write_text(json.dumps(kept))


def sections(text):
    """The lines of each section of an older table, by its name, with the machine it is of."""
    found, machine, lines = {}, None, []
    for line in text.splitlines():
        if line.startswith("## "):
            lines = []
            found[line[3:]] = (machine, lines)
        elif line.startswith("Machine: "):
            machine, lines = line[len("Machine: ") : -1], []
        else:
            lines.append(line)
    return {
        name: (machine, "\n".join(lines).strip("\n").splitlines())
        for name, (machine, lines) in found.items()
    }


def report(arguments):
    """The lines of the table of every model that was measured here, and of those that the older table
    has from elsewhere."""
    old = {}
    if arguments.output and arguments.output.exists():
        old = sections(arguments.output.read_text())
    lines = [
        "# The engine against its peers",
        "",
        "Written by `make bench-engine`. Tokens per second; medians of rounds in each of which every "
        "engine ran once, in a process of its own, on the same random weights. An empty cell was not "
        "measured.",
    ]
    described = None
    for name in [*SHAPES, ENCODER]:
        file = arguments.work / f"{name}.json"
        if file.exists():
            kept = json.loads(file.read_text())
            machine, section = kept["machine"], [f"{kept['rounds']} rounds.", ""]
            if name == ENCODER:
                section += encoder_table(kept["results"], kept["together"])
            else:
                section += text_table(kept) + gates(kept["results"], kept["bandwidth"])
        elif name in old:
            machine, section = old[name]
        else:
            continue
        if machine != described:
            described = machine
            lines += ["", f"Machine: {described}."]
        lines += ["", f"## {name}", "", *section]
    reading = Path(__file__).with_name("reading.md").read_text()
    return [*lines, "", *reading.rstrip().splitlines()]


if __name__ == "__main__":
    main()
