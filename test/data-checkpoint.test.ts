/** Training that is resumed from a checkpoint goes on bit for bit, and a checkpoint that does not fit changes nothing. */
import { Generator, setDefaultDtype, Tensor, tensor, zeros } from "@chainrule/core";
import {
  batches,
  loadCheckpoint,
  loadSafetensors,
  moons,
  safetensorsMetadata,
  saveCheckpoint,
  saveSafetensors,
} from "@chainrule/data";
import { bceWithLogitsLoss, Linear, sequential, Tanh } from "@chainrule/nn";
import { Adam, SGD, StepLR } from "@chainrule/optim";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allBits, bitsOf, refusal } from "./support/files.ts";

const data = moons(40, { noise: 0.1, seed: 3 });
const optimizers = {
  "SGD with momentum": (model: { parameters(): Tensor[] }) => new SGD(model.parameters(), { lr: 0.1, momentum: 0.9 }),
  Adam: (model: { parameters(): Tensor[] }) => new Adam(model.parameters(), { lr: 0.01 }),
};

function training(make: (model: { parameters(): Tensor[] }) => SGD | Adam, seed: number) {
  const generator = new Generator(seed);
  const model = sequential(new Linear(2, 4, { generator }), new Tanh(), new Linear(4, 1, { generator }));
  const optimizer = make(model);
  const scheduler = new StepLR(optimizer, { stepSize: 2, gamma: 0.5 });
  const epoch = (): number => {
    let sum = 0;
    for (const { x, y } of batches(data, { batchSize: 8, shuffle: true, generator })) {
      const loss = bceWithLogitsLoss(
        model.forward(x.add(generator.randn([2]).mul(0.01))).reshape([-1]),
        y.to("float64"),
      );
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      sum += loss.item();
    }
    scheduler.step();
    return sum;
  };
  return { parts: { model, optimizer, scheduler, generator }, epoch };
}

describe("resuming", () => {
  test.each(Object.entries(optimizers))("%s: bit for bit, wherever it is stopped", (_, make) => {
    const straight = training(make, 1);
    const losses = Array.from({ length: 6 }, straight.epoch);
    for (const stop of [0, 1, 3, 5]) {
      const first = training(make, 1);
      const before = Array.from({ length: stop }, first.epoch);
      const bytes = saveCheckpoint(first.parts, { epoch: stop });
      const resumed = training(make, 99);
      const { epoch } = loadCheckpoint(bytes, resumed.parts);
      const after = Array.from({ length: 6 - (epoch as number) }, resumed.epoch);
      expect([...before, ...after]).toEqual(losses);
      expect(allBits(resumed.parts.model.stateDict())).toEqual(allBits(straight.parts.model.stateDict()));
      expect(saveCheckpoint(resumed.parts)).toEqual(saveCheckpoint(straight.parts));
    }
  });

  test("float32", () => {
    const before = setDefaultDtype("float32");
    try {
      const [a, b] = [training(optimizers.Adam, 1), training(optimizers.Adam, 2)];
      a.epoch();
      loadCheckpoint(saveCheckpoint(a.parts), b.parts);
      expect(allBits(b.parts.model.stateDict())).toEqual(allBits(a.parts.model.stateDict()));
      expect([b.epoch(), b.epoch()]).toEqual([a.epoch(), a.epoch()]);
    } finally {
      setDefaultDtype(before);
    }
  });

  test("the weights are there for other programs", () => {
    const { parts } = training(optimizers.Adam, 1);
    const tensors = loadSafetensors(saveCheckpoint(parts));
    expect(bitsOf(tensors["model.0.weight"]!)).toBe(bitsOf(parts.model.stateDict()["0.weight"]!));
  });

  test("a part of it, when asked", () => {
    const { parts, epoch } = training(optimizers.Adam, 1);
    epoch();
    const bytes = saveCheckpoint(parts);
    const { model } = training(optimizers.Adam, 2).parts;
    loadCheckpoint(bytes, { model }, { strict: false });
    expect(allBits(model.stateDict())).toEqual(allBits(parts.model.stateDict()));
  });
});

describe("a checkpoint that does not fit", () => {
  const { parts } = training(optimizers.Adam, 1);
  const bytes = saveCheckpoint(parts, { epoch: 1 });
  /** The file with something in the description of the states replaced. */
  const edited = (from: string | RegExp, to: string): Uint8Array => {
    const { state, ...metadata } = safetensorsMetadata(bytes);
    expect(state).toMatch(from);
    return saveSafetensors(loadSafetensors(bytes), { ...metadata, state: state!.replace(from, to) });
  };
  const other = () => {
    const generator = new Generator(5);
    const model = sequential(new Linear(2, 3, { generator }), new Linear(3, 1, { generator }));
    return { model, generator };
  };
  const { scheduler: _, ...fewer } = parts;
  const cases: [why: string, load: () => unknown][] = [
    ["a part is missing", () => loadCheckpoint(bytes, { ...parts, extra: new Generator(1) })],
    ["a part too many", () => loadCheckpoint(bytes, fewer)],
    ["another model", () => loadCheckpoint(bytes, { ...parts, model: other().model })],
    [
      "an optimizer of another kind",
      () => loadCheckpoint(bytes, { ...parts, optimizer: new SGD(parts.model.parameters(), { lr: 1 }) }),
    ],
    [
      "an optimizer of another model",
      () => loadCheckpoint(bytes, { ...parts, optimizer: new Adam(other().model.parameters()) }),
    ],
    [
      "a generator that is none",
      () => loadCheckpoint(edited(/"generator":\{"words":\{"\$numbers":"[^"]*"\}/, '"generator":{"words":[]'), parts),
    ],
    ["plain weights", () => loadCheckpoint(saveSafetensors(parts.model.stateDict()), parts)],
    ["no file at all", () => loadCheckpoint(new Uint8Array(5), parts)],
    ["nothing to load into", () => loadCheckpoint(bytes, {})],
    ["a part without state", () => loadCheckpoint(bytes, { ...parts, model: {} as never })],
    [
      "a tensor asked for twice",
      () => loadCheckpoint(edited('"$tensor":"model.0.bias"', '"$tensor":"model.0.weight"'), parts),
    ],
    ["an unknown tensor", () => loadCheckpoint(edited('"$tensor":"model.0.bias"', '"$tensor":"toString"'), parts)],
    ["an unknown sign", () => loadCheckpoint(edited('"$tensor":"model.0.bias"', '"$call":"model.0.bias"'), parts)],
    [
      "a tensor and more",
      () => loadCheckpoint(edited('"$tensor":"model.0.bias"', '"$tensor":"model.0.bias","x":1'), parts),
    ],
    [
      "more and a tensor",
      () => loadCheckpoint(edited('"$tensor":"model.0.bias"', '"x":1,"$tensor":"model.0.bias"'), parts),
    ],
    ["extra that is no record", () => loadCheckpoint(edited('"extra":{"epoch":1}', '"extra":[1]'), parts)],
    ["a key twice", () => loadCheckpoint(edited('"epoch":1', '"epoch":1,"epoch":2'), parts)],
    ["__proto__", () => loadCheckpoint(edited('"epoch":1', '"__proto__":{"x":1}'), parts)],
    ["deep nesting", () => loadCheckpoint(edited('"epoch":1', `"epoch":${"[".repeat(1e5)}`), parts)],
  ];
  const snapshot = () => [
    allBits(parts.model.stateDict()),
    parts.optimizer.stateDict(),
    parts.scheduler.stateDict(),
    parts.generator.getState(),
  ];
  test("says why, and nothing is changed", () => {
    const before = snapshot();
    expect(cases.map(([why, load]) => `${why}: ${refusal(load)}`).join("\n")).toMatchInlineSnapshot(`
      "a part is missing: ArgumentError: loadCheckpoint: the checkpoint lacks extra, has model, optimizer, scheduler, generator
      a part too many: ArgumentError: loadCheckpoint: the checkpoint also holds scheduler
      another model: ArgumentError: loadCheckpoint: model of the checkpoint does not fit: loadStateDict: missing 1.weight, 1.bias; unexpected 2.weight, 2.bias; 0.weight is [4,2], expected [3,2]; 0.bias is [4], expected [3]
      an optimizer of another kind: ArgumentError: loadCheckpoint: optimizer of the checkpoint does not fit: loadStateDict: the state is of Adam, expected SGD
      an optimizer of another model: ArgumentError: loadCheckpoint: optimizer of the checkpoint does not fit: loadStateDict: parameter 0 is [4,2], expected [3,2]
      a generator that is none: FileError: loadCheckpoint: the checkpoint is damaged: tensors without a place: generator.words
      plain weights: FileError: loadCheckpoint: this is no checkpoint but plain tensors; read them with model.loadStateDict(loadSafetensors(bytes))
      no file at all: FileError: loadCheckpoint: 5 bytes are too few to be safetensors
      nothing to load into: ArgumentError: loadCheckpoint: needs a record of what to hold, such as { model, optimizer, generator }
      a part without state: ArgumentError: loadCheckpoint: model has neither stateDict and loadStateDict nor getState and setState
      a tensor asked for twice: FileError: loadCheckpoint: the checkpoint is damaged: there is no tensor "model.0.weight", or it is asked for twice
      an unknown tensor: FileError: loadCheckpoint: the checkpoint is damaged: there is no tensor "toString", or it is asked for twice
      an unknown sign: FileError: loadCheckpoint: the checkpoint is damaged: $call is unknown
      a tensor and more: FileError: loadCheckpoint: the checkpoint is damaged: $tensor stands among other keys
      more and a tensor: FileError: loadCheckpoint: the checkpoint is damaged: $tensor stands among other keys
      extra that is no record: FileError: loadCheckpoint: the checkpoint is damaged
      a key twice: FileError: loadCheckpoint: the key "epoch" comes twice, at character 722 of the JSON
      __proto__: FileError: loadCheckpoint: the key "__proto__" is not allowed, at character 716 of the JSON
      deep nesting: FileError: loadCheckpoint: nested deeper than 64, at character 776 of the JSON"
    `);
    expect(snapshot()).toEqual(before);
  });
  test("the parts before the one that fails are put back", () => {
    const there = training(optimizers.Adam, 8);
    there.epoch();
    const before = [
      allBits(there.parts.model.stateDict()),
      there.parts.optimizer.stateDict(),
      there.parts.generator.getState(),
    ];
    const late = { getState: () => 0, setState: () => { throw new TypeError("not today"); } }; // prettier-ignore
    const { model, optimizer, generator } = there.parts;
    const file = saveCheckpoint({ model: parts.model, optimizer: parts.optimizer, generator: parts.generator, late });
    expect(refusal(() => loadCheckpoint(file, { model, optimizer, generator, late }))).toMatch(
      /^ArgumentError: loadCheckpoint: late of the checkpoint does not fit: not today/,
    );
    expect([allBits(model.stateDict()), optimizer.stateDict(), generator.getState()]).toEqual(before);
  });
});

describe("states of your own", () => {
  const json = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom<unknown>(null, undefined, true, false, NaN, Infinity, -Infinity, -0, 0, "", "$", "é\u0000"),
      fc.double(),
      fc.string({ unit: "grapheme" }),
      fc.array(fc.oneof(fc.double(), fc.constantFrom(-0, NaN)), { minLength: 8, maxLength: 12 }),
      fc.array(tie("tree"), { maxLength: 4 }),
      fc
        .dictionary(
          fc
            .oneof(fc.constantFrom("$tensor", "$is", "$numbers", "$$x", "a.b", "a", "constructor"), fc.string())
            .filter((key) => key !== "__proto__"),
          tie("tree"),
          { maxKeys: 4 },
        )
        .map((record) => ({ ...record })),
    ),
  })).tree;
  test("come back as they were", () => {
    fc.assert(
      fc.property(json, json, (state, extra) => {
        let held: unknown = "before";
        const part = { stateDict: () => state, loadStateDict: (next: unknown) => void (held = next) };
        const back = loadCheckpoint(saveCheckpoint({ part }, { extra }), { part });
        expect(held).toEqual(state);
        expect(back).toEqual({ extra });
      }),
      { numRuns: 300 },
    );
  });
  test("with tensors anywhere, of the same name too", () => {
    const x = tensor([1, 2]);
    const extra = { "a.b": zeros([2, 0]), a: { b: tensor(5), list: [x, x] } };
    const back = loadCheckpoint(saveCheckpoint({ g: new Generator(1) }, extra), {
      g: new Generator(2),
    }) as typeof extra;
    expect([back["a.b"].shape, back.a.b.item(), back.a.list.map((y) => y.toArray())]).toEqual([[2, 0], 5, [[1, 2], [1, 2]]]); // prettier-ignore
    expect(back.a.b).toBeInstanceOf(Tensor);
  });
  test("what is no state", () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const g = new Generator(1);
    const states = {
      f: () => 1,
      big: 1n,
      map: new Map(),
      date: new Date(),
      symbol: Symbol("x"),
      array: new Uint8Array(1),
      circular,
    };
    const list = Object.entries(states).map(
      ([name, x]) =>
        () =>
          saveCheckpoint({ g }, { [name]: x }),
    );
    expect(
      [
        ...list,
        () => saveCheckpoint({}),
        () => saveCheckpoint(null as never),
        () => saveCheckpoint({ g: null as never }),
        () => saveCheckpoint({ g }, [] as never),
      ]
        .map(refusal)
        .join("\n"),
    ).toMatchInlineSnapshot(`
      "ArgumentError: saveCheckpoint: extra.f is a function; a state holds tensors, numbers, texts, bools, arrays and plain records
      ArgumentError: saveCheckpoint: extra.big is a bigint; a state holds tensors, numbers, texts, bools, arrays and plain records
      ArgumentError: saveCheckpoint: extra.map is an object of class Map; a state holds tensors, numbers, texts, bools, arrays and plain records
      ArgumentError: saveCheckpoint: extra.date is an object of class Date; a state holds tensors, numbers, texts, bools, arrays and plain records
      ArgumentError: saveCheckpoint: extra.symbol is a symbol; a state holds tensors, numbers, texts, bools, arrays and plain records
      ArgumentError: saveCheckpoint: extra.array is an object of class Uint8Array; a state holds tensors, numbers, texts, bools, arrays and plain records
      ArgumentError: saveCheckpoint: extra.circular.self.self.self.self.self.… is nested too deep, or contains itself
      ArgumentError: saveCheckpoint: needs a record of what to hold, such as { model, optimizer, generator }
      ArgumentError: saveCheckpoint: needs a record of what to hold, such as { model, optimizer, generator }
      ArgumentError: saveCheckpoint: g has neither stateDict and loadStateDict nor getState and setState
      ArgumentError: saveCheckpoint: extra is a record of plain data and tensors"
    `);
  });
});
