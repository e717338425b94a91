"""NumPy, with forward and backward passes written by hand."""

import numpy as np
from blas import blas
from inputs import XOR_INPUTS, XOR_TARGETS, classes_of, layers_of, uniform


def about():
    return f"{np.__version__}, {blas()}"


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    e = np.exp(x - x.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def repeat(f, *inputs):
    last = [None]

    def step():
        last[0] = f(*inputs)

    return step, lambda: last[0]


def d2():
    x, y = np.array(XOR_INPUTS, dtype=float), np.array(XOR_TARGETS, dtype=float)
    w1, w2 = uniform(3, [3, 4], -1, 1), uniform(4, [4, 1], -1, 1)
    last = [None]

    def step():
        h = sigmoid(x @ w1)
        o = sigmoid(h @ w2)
        e = o - y
        last[0] = 0.5 * (e * e).sum()
        do = e * o * (1 - o)
        dh = do @ w2.T * h * (1 - h)
        w2[...] -= h.T @ do
        w1[...] -= x.T @ dh

    return step, lambda: [last[0]]


def mlp(batch, hidden, dtype):
    w1, b1, w2, b2 = parameters = layers_of([784, hidden, 10], dtype)
    velocity = [np.zeros_like(p) for p in parameters]
    x, y = uniform(1, [batch, 784], 0, 1, dtype), classes_of(2, batch, 10)
    rows = np.arange(batch)
    last = [None]

    def step():
        h = np.maximum(x @ w1.T + b1, 0)
        s = h @ w2.T + b2
        d = softmax(s)
        last[0] = -np.log(d[rows, y]).mean()
        d[rows, y] -= 1
        d /= batch
        dh = d @ w2
        dh[h <= 0] = 0
        for p, v, g in zip(parameters, velocity, (dh.T @ x, dh.sum(0), d.T @ h, d.sum(0))):
            v *= 0.9
            v += g
            p -= 0.01 * v

    return step, lambda: [last[0]]


def small():
    return repeat(np.add, uniform(1, [4, 3], -1, 1), uniform(2, [4, 3], -1, 1))


def matmul(n, dtype):
    return repeat(np.matmul, uniform(1, [n, n], -1, 1, dtype), uniform(2, [n, n], -1, 1, dtype))


def unary(f, size, dtype):
    return repeat({"exp": np.exp, "tanh": np.tanh, "sigmoid": sigmoid}[f], uniform(1, [size], -5, 5, dtype))


def rows(f, rows, columns):
    a = uniform(1, [rows, columns], -5, 5, "float32")
    if f == "add":
        return repeat(np.add, a, uniform(2, [rows, columns], -5, 5, "float32"))
    if f == "mul":
        return repeat(np.multiply, a, uniform(3, [columns], -5, 5, "float32"))
    if f == "sum":
        return repeat(np.sum, a)
    if f == "mean":
        return repeat(lambda x: x.mean(1), a)
    return repeat(softmax, a)


def convolution(batch, channels, outputs, side):
    w = uniform(2, [outputs, channels, 3, 3], -1, 1, "float32")

    def convolve(x):
        windows = np.lib.stride_tricks.sliding_window_view(np.pad(x, [(0, 0), (0, 0), (1, 1), (1, 1)]), (3, 3), (2, 3))
        return np.tensordot(windows, w, ([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2)

    return repeat(convolve, uniform(1, [batch, channels, side, side], -1, 1, "float32"))


KINDS = {
    "d2": d2,
    "mlp": mlp,
    "small": small,
    "matmul": matmul,
    "unary": unary,
    "rows": rows,
    "convolution": convolution,
}
