// Run by engines.test.ts in Node and in browsers, on compiled code: programs whose results are compared bit for bit.
import { Generator, kernelInfo, tensor } from "@chainrule/core";
import { registry } from "@chainrule/core/registry";
import { Conv2d, crossEntropyLoss, Linear, mseLoss, ReLU, sequential, Sigmoid, Tanh } from "@chainrule/nn";
import { Adam, SGD } from "@chainrule/optim";

/** FNV-1a of the bits of arrays, as 8 hexadecimal digits. */
function hashOf(arrays) {
  let hash = 0x811c9dc5;
  for (const { buffer, byteOffset, byteLength } of arrays)
    for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/** The bits of all parameters after 200 steps. */
function trained(optimizer, parameters, lossOf) {
  for (let step = 0; step < 200; step++) {
    optimizer.zeroGrad();
    lossOf().backward();
    optimizer.step();
  }
  const values = parameters.map((parameter) => parameter.toTypedArray());
  if (!values.every((array) => array.every(Number.isFinite))) throw new Error("the training went astray");
  return hashOf(values);
}

const TRAININGS = {
  "a tiny network of sigmoids": (dtype) => {
    const generator = new Generator(1);
    const [hidden, last] = [new Linear(3, 4, { generator, dtype }), new Linear(4, 1, { generator, dtype })];
    const model = sequential(hidden, new Sigmoid(), last, new Sigmoid());
    const x = tensor([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], { dtype }); // prettier-ignore
    const y = tensor([[0], [1], [1], [0]], { dtype });
    return trained(new SGD(model.parameters(), { lr: 1 }), model.parameters(), () => mseLoss(model.forward(x), y));
  },
  "a rectified network with momentum": (dtype) => {
    const generator = new Generator(2);
    const model = sequential(
      new Linear(40, 64, { generator, dtype }),
      new ReLU(),
      new Linear(64, 10, { generator, dtype }),
    );
    const [x, y] = [generator.randn([32, 40], { dtype }), generator.randn([32, 10], { dtype })];
    const optimizer = new SGD(model.parameters(), { lr: 0.05, momentum: 0.9, nesterov: true });
    return trained(optimizer, model.parameters(), () => mseLoss(model.forward(x), y));
  },
  "a convolution": (dtype) => {
    const generator = new Generator(3);
    const convolution = new Conv2d(1, 6, 3, { generator, dtype });
    const last = new Linear(6 * 36, 3, { generator, dtype });
    const [x, y] = [generator.randn([8, 1, 8, 8], { dtype }), generator.randn([8, 3], { dtype })];
    const parameters = [...convolution.parameters(), ...last.parameters()];
    const optimizer = new SGD(parameters, { lr: 0.01, weightDecay: 0.01 });
    const output = () =>
      last.forward(
        convolution
          .forward(x)
          .relu()
          .reshape([8, 6 * 36]),
      );
    return trained(optimizer, parameters, () => mseLoss(output(), y));
  },
  "a classifier of tanh and softmax with Adam": (dtype) => {
    const generator = new Generator(4);
    const model = sequential(
      new Linear(40, 64, { generator, dtype }),
      new Tanh(),
      new Linear(64, 10, { generator, dtype }),
    );
    const [x, y] = [generator.randn([32, 40], { dtype }), generator.randint(0, 10, [32])];
    const optimizer = new Adam(model.parameters(), { lr: 0.01 });
    return trained(optimizer, model.parameters(), () => crossEntropyLoss(model.forward(x), y));
  },
};

/** Inputs of a case of the registry; elementwise operations get more numbers than their case has. */
function inputsOf({ shapes, domain, op }, generator, dtype) {
  return shapes.map((shape, i) => {
    const sizes = op?.arity === undefined ? shape : [2000];
    const [low, high] = domain[i];
    if (i < (op?.conditions ?? 0)) return generator.rand(sizes).lt(0.5);
    return generator
      .rand(sizes)
      .mul(high - low)
      .add(low)
      .to(dtype);
  });
}

/** Hashes of what the programs compute, by name, with the kernels in use. */
export function run() {
  const [trainings, operations] = [{}, {}];
  for (const dtype of ["float64", "float32"]) {
    for (const [name, train] of Object.entries(TRAININGS)) trainings[`${name}, ${dtype}`] = train(dtype);
    for (const [name, cases] of Object.entries(registry)) {
      const generator = new Generator(5);
      const results = cases.flatMap((of) =>
        Array.from({ length: 10 }, () => of.call(...inputsOf(of, generator, dtype)).toTypedArray()),
      );
      operations[`${name}, ${dtype}`] = hashOf(results);
    }
  }
  return { trainings, operations, kernels: kernelInfo() };
}
