"""Inputs that every contender makes for itself, the same in all languages: see inputs.js."""

import numpy as np


def scramble(x):
    """The finaliser of MurmurHash3, on uint32."""
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    x = (x ^ (x >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return x ^ (x >> np.uint32(16))


def uniform(seed, shape, low, high, dtype="float64"):
    size = int(np.prod(shape))
    start = np.uint32(seed * 0x9E3779B9 % 2**32)
    counter = np.arange(size, dtype=np.uint32) + start
    return (low + (high - low) * (scramble(counter) / 2**32)).astype(dtype).reshape(shape)


def classes_of(seed, size, classes):
    return np.floor(uniform(seed, [size], 0, classes)).astype(np.int64)


def layers_of(sizes, dtype):
    """Weights [out, inputs] and biases of dense layers, uniform in ±1/√inputs."""
    layers = []
    for layer, (inputs, out) in enumerate(zip(sizes, sizes[1:])):
        bound = 1 / np.sqrt(inputs)
        layers.append(uniform(10 + layer, [out, inputs], -bound, bound, dtype))
        layers.append(uniform(20 + layer, [out], -bound, bound, dtype))
    return layers


def tangents_of(sizes, dtype):
    """Directions for the Hessian-vector product, in the order of layers_of."""
    shapes = [shape for inputs, out in zip(sizes, sizes[1:]) for shape in ([out, inputs], [out])]
    return [uniform(30 + i, shape, -1, 1, dtype) for i, shape in enumerate(shapes)]


def checksum(result):
    """Σ result·w for fixed w in [−½, ½), and Σ |result·w| to judge a difference by."""
    result = np.asarray(result, dtype=np.float64).reshape(-1)
    terms = result * uniform(99, [result.size], -0.5, 0.5)
    return {"sum": float(terms.sum()), "scale": float(np.abs(terms).sum()), "size": result.size}


XOR_INPUTS = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]
XOR_TARGETS = [[0], [1], [1], [0]]
PEOPLE = [[-2, -1, 1], [25, 6, 0], [17, 4, 0], [-15, -6, 1]]
