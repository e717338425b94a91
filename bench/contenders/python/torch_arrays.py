import torch
from inputs import uniform


def make(*args):
    return torch.from_numpy(uniform(*args))


def repeat(f, *inputs):
    last = [None]

    def step():
        last[0] = f(*inputs)

    return step, lambda: last[0].numpy()


def small():
    return repeat(torch.add, make(1, [4, 3], -1, 1), make(2, [4, 3], -1, 1))


def matmul(n, dtype):
    return repeat(torch.matmul, make(1, [n, n], -1, 1, dtype), make(2, [n, n], -1, 1, dtype))


def unary(f, size, dtype):
    return repeat(getattr(torch, f), make(1, [size], -5, 5, dtype))


def rows(f, rows, columns):
    a = make(1, [rows, columns], -5, 5, "float32")
    if f == "add":
        return repeat(torch.add, a, make(2, [rows, columns], -5, 5, "float32"))
    if f == "mul":
        return repeat(torch.mul, a, make(3, [columns], -5, 5, "float32"))
    if f == "sum":
        return repeat(torch.sum, a)
    return repeat(lambda x: getattr(x, f)(1), a)


def convolution(batch, channels, outputs, side):
    x = make(1, [batch, channels, side, side], -1, 1, "float32")
    w = make(2, [outputs, channels, 3, 3], -1, 1, "float32")
    return repeat(lambda: torch.nn.functional.conv2d(x, w, padding="same"))


def convolution_gradient(batch, channels, outputs, side):
    x = make(1, [batch, channels, side, side], -1, 1, "float32").requires_grad_()
    w = make(2, [outputs, channels, 3, 3], -1, 1, "float32").requires_grad_()
    cotangent = make(3, [batch, outputs, side, side], -1, 1, "float32")

    def step():
        x.grad = w.grad = None
        torch.nn.functional.conv2d(x, w, padding="same").backward(cotangent)

    return step, lambda: torch.cat([x.grad.reshape(-1), w.grad.reshape(-1)]).numpy()


ARRAYS = {
    "small": small,
    "matmul": matmul,
    "unary": unary,
    "rows": rows,
    "convolution": convolution,
    "convolutionGradient": convolution_gradient,
}
