#!/usr/bin/env python3
# Copyright (C) The Ergon contributors.
# SPDX-License-Identifier: Apache-2.0
"""A second implementation of the exact arithmetic X1, checked against the golden vectors.

Written from the formulas in the documentation, with unbounded integers and the standard library only.
Run it without arguments; it names the first case that differs and ends with 1, or ends with 0.
"""

import hashlib
import json
import pathlib
import struct
import sys
from decimal import ROUND_FLOOR, Decimal, getcontext
from math import isqrt

FOLDER = pathlib.Path(__file__).parent
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494")
I64 = (-(2**63), 2**63 - 1)
I32 = (-(2**31), 2**31 - 1)
MAX_ELEMENT = 32_639


def clamp(value, limits):
    return max(limits[0], min(limits[1], value))


def shift_round(value, shift):
    """floor(value / 2^shift + 1/2); a negative shift multiplies and saturates."""
    if shift <= 0:
        return clamp(value << min(-shift, 64), I64)
    return (2 * value + (1 << shift)) >> (shift + 1)


def saturate(value):
    return clamp(value, I32)


def sat64(value):
    return clamp(value, I64)


# Rows.


def row_shift(magnitude):
    shift = 0
    while shift_round(magnitude, shift) > MAX_ELEMENT:
        shift += 1
    return shift


def quantise(values, fraction):
    shift = row_shift(max(map(abs, values), default=0))
    return [shift_round(value, shift) for value in values], shift - fraction


# Matrices.


def requantise(dot, mantissa, exponent):
    return saturate(shift_round(sat64(dot * mantissa), -(exponent + 16)))


# Norms.


def mean_square(values):
    shift = max(0, max((abs(v) for v in values), default=0).bit_length() - 23)
    return (sum((abs(v) >> shift) ** 2 for v in values) // max(1, len(values))) << (2 * shift)


def reciprocal_root(mean, epsilon):
    total = max(1, min(mean + epsilon, 2**64 - 1))
    zeros = (64 - total.bit_length()) // 2 * 2
    return 2**62 // isqrt(total << zeros), 42 - zeros // 2


def normalise(value, mantissa, shift):
    return saturate(shift_round(value * mantissa, shift))


# Tables.


def tables():
    getcontext().prec = 60

    def nearest(value):
        return int((value + Decimal("0.5")).to_integral_value(rounding=ROUND_FLOOR))

    def normal(x):
        """1/2 + density * (x + x^3 / 3 + x^5 / (3 * 5) + ...)."""
        density, term, odd, total = (-x * x / 2).exp() / (2 * PI).sqrt(), x, 3, Decimal(0)
        while term > Decimal(10) ** -50:
            total, term, odd = total + term, term * x * x / odd, odd + 2
        return Decimal("0.5") + density * total

    ln2 = Decimal(2).ln()
    reciprocal = [nearest(2**16 / (1 + (Decimal(i) + Decimal("0.5")) / 128)) for i in range(128)]
    return {
        "exp2": [nearest(2**30 * (-Decimal(i) / 256 * ln2).exp()) for i in range(256)],
        "sigmoid": [nearest(2**31 / (1 + (-Decimal(i) / 64).exp())) for i in range(1025)],
        "normal": [nearest(2**31 * normal(Decimal(i) / 64)) for i in range(513)],
        "reciprocal": reciprocal,
        "log2Reciprocal": [
            nearest(-(Decimal(c) / 2**16).ln() / ln2 * 2**62) for c in reciprocal
        ],
    }


TABLES = tables()
_LN2 = Decimal(2).ln()
LN2_Q62 = int(_LN2 * 2**62 + Decimal("0.5"))
LN2_Q22 = int(_LN2 * 2**22 + Decimal("0.5"))
HALF_LN2_SQUARED_Q18 = int(_LN2 * _LN2 / 2 * 2**18 + Decimal("0.5"))
MINUS_LN_LN2_Q56 = int(-_LN2.ln() * 2**56 + Decimal("0.5"))
LOG2_E = 1 / _LN2


# Norms of encoders, and of heads.


def rms_norm_q16(values, case):
    mantissa, shift = reciprocal_root(mean_square(values), case["epsilon"])
    weighted = [normalise(v, mantissa, shift) * w for v, w in zip(values, case["weights"])]
    return [saturate(shift_round(value, 4 + case["fraction"])) for value in weighted]


def check_encoder_norm(case):
    values = case["values"]
    assert rms_norm_q16(values, case) == case["rmsNorm"]
    mean = (2 * sum(values) + len(values)) // (2 * len(values))
    assert mean == case["mean"]
    normed = rms_norm_q16([saturate(value - mean) for value in values], case)
    assert [saturate(n + b) for n, b in zip(normed, case["biases"])] == case["layerNorm"]


# Softmax and attention.


def exp2_negative(distance):
    whole, index, rest = distance >> 16, (distance >> 8) & 255, distance & 255
    series = 2**30 - (rest * LN2_Q22 >> 8) + (rest * rest * HALF_LN2_SQUARED_Q18 >> 20)
    if 36 + whole > 63:
        return 0
    return min(2**24 - 1, shift_round(TABLES["exp2"][index] * series, 36 + whole))


def score_scale(width):
    quotient = int(LOG2_E * 2**56 + Decimal("0.5")) // isqrt(max(width, 1) << 48)
    excess = max(0, quotient.bit_length() - 22)
    return quotient >> excess, 32 - excess


def attention(case):
    mantissa, shift = score_scale(len(case["query"]))
    assert case["scoreScale"] == {"mantissa": mantissa, "shift": shift}
    scores = []
    for key, exponent in zip(case["keys"], case["keyExponents"]):
        dot = sum(q * k for q, k in zip(case["query"], key))
        exponent += case["queryExponent"] - shift
        scores.append(saturate(shift_round(sat64(dot * mantissa), -(exponent + 16))))
    assert scores == case["scores"]
    weights = [exp2_negative(max(scores) - score) for score in scores]
    assert weights == case["weights"]
    largest = max(case["valueExponents"])
    shared = [shift_round(w, largest - e) for w, e in zip(weights, case["valueExponents"])]
    assert shared == case["valueWeights"]
    total = sum(weights)
    bits = total.bit_length()
    leading = total >> (bits - 32) if bits > 32 else total << (32 - bits)
    assert case["normaliser"] == {"mantissa": 2**62 // leading, "bits": bits}
    output = []
    for column in zip(*case["values"]):
        numerator = shift_round(sum(w * v for w, v in zip(shared, column)), bits - 16)
        output.append(saturate(shift_round(numerator * (2**62 // leading), 30 - largest)))
    assert output == case["output"]


# Activation.


def chord(table, x):
    """A symmetric function from a table of steps of 1 / 64, times 2^31."""
    index, rest = abs(x) >> 10, abs(x) & 1023
    if index + 1 >= len(table):
        upper = 2**31
    else:
        low, high = table[index : index + 2]
        upper = low + ((high - low) * rest + 512 >> 10)
    return upper if x >= 0 else 2**31 - upper


def sigmoid(x):
    return chord(TABLES["sigmoid"], x)


def silu(x):
    return saturate(shift_round(x * sigmoid(x), 31))


def check_gelu(case):
    normal = chord(TABLES["normal"], case["x"])
    assert normal == case["normal"]
    assert saturate(shift_round(case["x"] * normal, 31)) == case["gelu"]


# Noise.


def chacha20_block(key, counter, nonce):
    """RFC 8439, section 2.3."""
    state = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574]
    state += struct.unpack("<8I", key) + (counter,) + struct.unpack("<3I", nonce)
    work = list(state)

    def turn(value, count):
        return (value << count | value >> (32 - count)) & 0xFFFFFFFF

    def quarter(a, b, c, d):
        for x, y, z, count in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            work[x] = (work[x] + work[y]) & 0xFFFFFFFF
            work[z] = turn(work[z] ^ work[x], count)

    for _ in range(10):
        for i in range(4):
            quarter(i, 4 + i, 8 + i, 12 + i)
        for i in range(4):
            quarter(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
    return [(a + b) & 0xFFFFFFFF for a, b in zip(work, state)]


def random_word(seed, position, token):
    nonce = b"ergon:x1" + struct.pack("<I", position)
    return chacha20_block(seed, token // 16, nonce)[token % 16]


def log2(value):
    whole = value.bit_length() - 1
    mantissa = value << (63 - whole)
    index = (mantissa >> 56) & 127
    r = (mantissa * TABLES["reciprocal"][index] - 2**79) >> 16
    series = [int(LOG2_E / n * 2**62 + Decimal("0.5")) for n in range(1, 7)]
    total = series[5]
    for coefficient in reversed(series[:5]):
        total = coefficient - (r * total >> 63)
    fraction = TABLES["log2Reciprocal"][index] + (r * total >> 63)
    return (whole << 56) + (fraction >> 6)


def gumbel(word):
    exponential = (33 << 56) - log2(2 * word + 1)
    value = (((56 << 56) - log2(exponential)) * LN2_Q62 >> 62) + MINUS_LN_LN2_Q56
    return shift_round(value, 32)


# Sampler.


def sample(case):
    candidates, temperature = case["candidates"], case["temperature"]
    if temperature == 0:
        return candidates[0][0]
    kept = candidates[: max(1, case["topK"])]
    weights = []
    for _, logit in kept:
        distance = kept[0][1] - logit
        log2_e = int(LOG2_E * 2**20 + Decimal("0.5"))
        if distance >= 256 << 16:
            weights.append(0)
        else:
            weights.append(exp2_negative(distance * 1000 * log2_e // temperature >> 20))
    mass, count = 0, 0
    while count < len(kept) and mass * 1000 < sum(weights) * case["topP"]:
        mass += weights[count]
        count += 1
    seed = bytes.fromhex(case["seed"])
    values = [
        ((logit << 8) * 1000 + temperature * gumbel(random_word(seed, case["position"], token)), -token)
        for token, logit in kept[: max(1, count)]
    ]
    return -max(values)[1]


# Hashes.


def blake2(*parts):
    return hashlib.blake2b(b"".join(parts), digest_size=32).digest()


def pack(kind, values):
    return struct.pack(f"<{len(values)}{kind}", *values)


def chunk_digest(case):
    hidden, candidates = [], []
    for position in case["positions"]:
        row = pack("h", [position["exponent"]] + position["hidden"])
        hidden.append(blake2(b"ergon:hidden:v1", row))
        assert hidden[-1].hex() == position["hiddenHash"]
        pairs = b"".join(struct.pack("<Ii", *pair) for pair in position["candidates"])
        candidates.append(blake2(b"ergon:candidates:v1", pairs))
        assert candidates[-1].hex() == position["candidatesHash"]
    tokens = [position["token"] for position in case["positions"]]
    head = b"ergon:chunk:v1" + bytes.fromhex(case["job"])
    return blake2(head, pack("I", [case["index"], len(tokens)] + tokens), *hidden, *candidates)


def work_digest(case):
    challenge = bytes.fromhex(case["challenge"])
    parts = [b"ergon:work:v1", challenge, pack("I", [case["positions"]])]
    for index, point in enumerate(case["points"]):
        drawn = blake2(b"ergon:point:v1", challenge, pack("I", [index]))
        position, layer = struct.unpack("<2Q", drawn[:16])
        assert point["position"] == position % case["positions"]
        assert point["layer"] == layer % case["layers"]
        parts += [pack("I", [point["position"], point["layer"]]), blake2(pack("i", point["row"]))]
    return blake2(*parts)


# The checks, one per file.


def check_shift_round(case):
    assert shift_round(case["value"], case["shift"]) == case["result"]


def check_row(case):
    assert quantise(case["values"], case["fraction"]) == (case["elements"], case["exponent"])


def check_linear(case):
    mantissa, exponent = case["scale"]["mantissa"], case["scale"]["exponent"]
    assert struct.pack("<Hh", mantissa, exponent).hex() == case["scaleBytes"]
    assert sum(w * x for w, x in zip(case["weights"], case["row"])) == case["dot"]
    assert requantise(case["dot"], mantissa, exponent + case["exponent"]) == case["output"]
    assert requantise(case["weights"][0], mantissa, exponent) == case["embedding"]


def check_norm(case):
    assert mean_square(case["values"]) == case["meanSquare"]
    mantissa, shift = reciprocal_root(case["meanSquare"], case["epsilon"])
    assert case["reciprocal"] == {"mantissa": mantissa, "shift": shift}
    normalised = [normalise(value, mantissa, shift) for value in case["values"]]
    assert normalised == case["normalised"]
    weighted = [value * weight for value, weight in zip(normalised, case["weights"])]
    assert quantise(weighted, 20 + case["fraction"]) == (case["elements"], case["exponent"])


def check_rope(case):
    (a, b), cosine, sine = case["pair"], case["cosine"], case["sine"]
    rotated = [a * cosine - b * sine, b * cosine + a * sine]
    assert [saturate(shift_round(value, 30)) for value in rotated] == case["rotated"]


def check_exp2(case):
    assert exp2_negative(case["distance"]) == case["weight"]


def check_silu(case):
    assert sigmoid(case["gate"]) == case["sigmoid"]
    assert silu(case["gate"]) == case["silu"]
    assert silu(case["gate"]) * case["up"] == case["product"]


def check_gumbel(cases):
    for case in cases["words"]:
        seed = bytes.fromhex(case["seed"])
        assert random_word(seed, case["position"], case["id"]) == case["word"]
    assert all(gumbel(word) == value for word, value in cases["gumbel"])
    assert all(log2(value) == result for value, result in cases["log2"])


def check_sampler(cases):
    for case in cases["candidates"]:
        ranked = sorted((-logit, token) for token, logit in enumerate(case["logits"]))[:64]
        assert [[token, -logit] for logit, token in ranked] == case["candidates"]
    for case in cases["samples"]:
        assert sample(case) == case["token"]


def check_pooling(cases):
    for case in cases["shares"]:
        distance = case["largestExponent"] - case["exponent"]
        assert shift_round(case["element"] << 16, distance) == case["share"]
    for case in cases["units"]:
        shift = max(map(abs, case["sums"])).bit_length() - 23
        scaled = [shift_round(value, shift) for value in case["sums"]]
        norm = isqrt(sum(x * x for x in scaled))
        unit = [(65_534 * x + norm) // (2 * norm) if norm else 0 for x in scaled]
        assert [clamp(x, (-32_767, 32_767)) for x in unit] == case["unit"]


def check_digest(cases):
    for case in cases["chunks"]:
        assert chunk_digest(case).hex() == case["digest"]
    for case in cases["embeddings"]:
        parts = b"ergon:embedding:v1", bytes.fromhex(case["job"]), pack("h", case["vector"])
        assert blake2(*parts).hex() == case["digest"]
    for case in cases["work"]:
        assert work_digest(case).hex() == case["digest"]


def check_tables(cases):
    assert cases == TABLES


def main():
    checks = {name[6:]: check for name, check in globals().items() if name.startswith("check_")}
    checks["attention"] = attention
    for name, check in sorted(checks.items()):
        cases = json.loads((FOLDER / f"{name}.json").read_text())
        for index, case in enumerate(cases if isinstance(cases, list) else [cases]):
            try:
                check(case)
            except AssertionError:
                sys.exit(f"{name}.json: case {index} differs: {json.dumps(case)[:400]}")
        print(f"{name}.json: reproduced")


if __name__ == "__main__":
    main()
