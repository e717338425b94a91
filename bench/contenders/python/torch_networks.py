import torch
from inputs import PEOPLE, XOR_INPUTS, XOR_TARGETS, classes_of, layers_of, tangents_of, uniform
from torch import nn
from torch.nn import functional


def make(*args):
    return torch.from_numpy(uniform(*args))


def training(optimizer, loss_of):
    last = [None]

    def step():
        loss = loss_of()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        last[0] = loss.item()

    return step, lambda: last


def d2():
    x, y = torch.tensor(XOR_INPUTS, dtype=torch.float64), torch.tensor(XOR_TARGETS, dtype=torch.float64)
    w1, w2 = make(3, [3, 4], -1, 1).requires_grad_(), make(4, [4, 1], -1, 1).requires_grad_()
    loss = lambda: (((x @ w1).sigmoid() @ w2).sigmoid() - y).square().sum() * 0.5
    return training(torch.optim.SGD([w1, w2], lr=1), loss)


def scalar_network():
    numbers = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in uniform(5, [9], -1, 1)]
    w1, w2, w3, w4, w5, w6, b1, b2, b3 = numbers
    turn = [0]

    def loss():
        weight, height, answer = PEOPLE[turn[0] % len(PEOPLE)]
        turn[0] += 1
        h1 = (w1 * weight + w2 * height + b1).sigmoid()
        h2 = (w3 * weight + w4 * height + b2).sigmoid()
        return ((w5 * h1 + w6 * h2 + b3).sigmoid() - answer).square()

    return numbers, loss, torch.optim.SGD(numbers, lr=0.1)


def a4():
    _, loss, optimizer = scalar_network()
    return training(optimizer, loss)


def a4gradient():
    numbers, loss, optimizer = scalar_network()

    def step():
        optimizer.zero_grad()
        loss().backward()

    return step, lambda: [x.grad.item() for x in numbers]


def mlp(batch, hidden, dtype):
    model = nn.Sequential(nn.Linear(784, hidden), nn.ReLU(), nn.Linear(hidden, 10)).to(getattr(torch, dtype))
    with torch.no_grad():
        for p, initial in zip(model.parameters(), layers_of([784, hidden, 10], dtype)):
            p.copy_(torch.from_numpy(initial))
    x, y = make(1, [batch, 784], 0, 1, dtype), torch.from_numpy(classes_of(2, batch, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    return training(optimizer, lambda: functional.cross_entropy(model(x), y))


def functional_network(batch, hidden, dtype):
    parameters = [torch.from_numpy(p).requires_grad_() for p in layers_of([784, hidden, 10], dtype)]
    w1, b1, w2, b2 = parameters
    x, y = make(1, [batch, 784], 0, 1, dtype), torch.from_numpy(classes_of(2, batch, 10))
    linear, relu = functional.linear, functional.relu
    return parameters, lambda: functional.cross_entropy(linear(relu(linear(x, w1, b1)), w2, b2), y)


def flat(tensors):
    return torch.cat([x.reshape(-1) for x in tensors]).numpy()


def gradient(batch, hidden, dtype):
    parameters, loss = functional_network(batch, hidden, dtype)
    last = [None]

    def step():
        last[0] = torch.autograd.grad(loss(), parameters)

    return step, lambda: flat(last[0])


def hvp(batch, hidden, dtype):
    parameters, loss = functional_network(batch, hidden, dtype)
    tangents = [torch.from_numpy(t) for t in tangents_of([784, hidden, 10], dtype)]
    last = [None]

    def step():
        first = torch.autograd.grad(loss(), parameters, create_graph=True)
        last[0] = torch.autograd.grad(first, parameters, tangents)

    return step, lambda: flat(last[0])


def chain(size):
    w = torch.tensor(0.999, dtype=torch.float64, requires_grad=True)
    last = [None]

    def step():
        x = w
        for _ in range(size // 2):
            x = x * w + 0.001
        w.grad = None
        x.backward()
        last[0] = x.item()

    return step, lambda: [last[0], w.grad.item()]


def wide(size):
    w = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    factors = uniform(6, [size], -1, 1).tolist()
    last = [None]

    def step():
        x = torch.tensor(0.0, dtype=torch.float64)
        for factor in factors:
            x = x + w * factor
        w.grad = None
        x.backward()
        last[0] = x.item()

    return step, lambda: [last[0], w.grad.item()]


NETWORKS = {
    "d2": d2,
    "a4": a4,
    "a4gradient": a4gradient,
    "mlp": mlp,
    "gradient": gradient,
    "hvp": hvp,
    "chain": chain,
    "wide": wide,
}
