// Random calls of layers, valid and not, beside what the layers themselves give.
import { type Tensor, zeros } from "@chainrule/core";
import * as nn from "@chainrule/nn";
import * as fc from "fast-check";
import type { Argument, Call } from "./shape-calls.ts";
import { given, image, extent, seldom, written } from "./window-calls.ts";

type Options = Record<string, unknown>;
type AnyLayer = { forward(...inputs: unknown[]): unknown; eval(): AnyLayer };
const layers = nn as unknown as Record<string, new (...args: unknown[]) => AnyLayer>;
const make = (name: string, ...args: unknown[]): AnyLayer => new layers[name]!(...args);

const int = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
/** Mostly this size, now and then one more. */
const nearly = (size: number): fc.Arbitrary<number> => fc.constantFrom(size, size, size, size, size, size + 1);
/** Dims before the last, of which there are two or one, and seldom another number. */
const lead = fc.constantFrom<number[][]>([2, 3], [2, 3], [4, 1], [3], [3], [], [1, 2, 2]);
const options: fc.Arbitrary<Options> = fc
  .record({
    numLayers: seldom(int(1, 3)),
    bidirectional: fc.option(fc.boolean(), { nil: undefined }),
    batchFirst: fc.option(fc.boolean(), { nil: undefined }),
  })
  .map(given);
const call = (type: string, args: Argument[], run: () => unknown): Call => ({
  type,
  arguments: args,
  run: () => (run() as Tensor).shape,
});

interface Sequence {
  readonly x: number[];
  readonly options: Options;
  readonly name: string;
}
const sequences: fc.Arbitrary<Sequence> = fc
  .tuple(lead, nearly(3), options, fc.constantFrom("RNN", "LSTM", "GRU"), int(0, 1))
  .map(([before, last, passed, name, projSize]) => ({
    x: [...before, last],
    options: name === "LSTM" && projSize > 0 ? { ...passed, projSize } : passed,
    name,
  }));
const fits = ({ x }: Sequence): boolean => x.at(-1) === 3 && (x.length === 2 || x.length === 3);
/** Output and last state, of an LSTM the cell state, from zeros or a first state of this shape. */
function through({ name, options: passed, x }: Sequence, first?: number[]): [Tensor, Tensor] {
  const layer = make(name, 3, 2, passed);
  const from = (state: unknown) => layer.forward(zeros(x), state) as [Tensor, Tensor | [Tensor, Tensor]];
  const [output, state] = from(undefined);
  const start = first && zeros(first);
  if (!Array.isArray(state)) return first === undefined ? [output, state] : (from(start) as [Tensor, Tensor]);
  return first === undefined ? [output, state[1]] : [output, from([state[0], start])[1][1 as never]];
}
/** Shapes near one that is wanted. */
const near = (shape: number[]): fc.Arbitrary<number[]> =>
  fc.oneof(
    fc.constant(shape),
    fc.constantFrom<number[][]>(shape.slice(1), [...shape.slice(0, -1), 1, ...shape.slice(-1)], [1, ...shape]),
    fc.constantFrom(...shape.map((_, d) => shape.map((n, i) => n + Number(i === d)))),
  );

export const layerCalls: Record<string, fc.Arbitrary<Call>> = {
  ConvLayer: int(1, 2)
    .chain((dims) =>
      fc.tuple(
        fc.constant(dims),
        nearly(2).chain((channels) => image(dims, channels)),
        fc.array(int(1, 4), { minLength: dims, maxLength: dims }),
        fc.record({
          stride: seldom(extent(dims, 1, 3)),
          padding: seldom(fc.oneof(extent(dims, 0, 2), fc.constantFrom("valid", "same"))),
          dilation: seldom(extent(dims, 1, 2)),
        }),
      ),
    )
    .filter(([, , , { stride, padding }]) => padding !== "same" || stride === undefined)
    .map(([dims, x, kernel, rest]) => {
      const name = `Conv${dims}d`;
      const passed = given(rest);
      const size = kernel.length === 1 ? kernel[0]! : kernel;
      const sliding = written({ size, stride: 1, padding: 0, dilation: 1, ...passed });
      const spatial = dims === 1 ? "length" : "height,width";
      return call("ConvShape", [JSON.stringify(name), x, 2, 3, sliding, JSON.stringify(spatial)], () =>
        make(name, 2, 3, size, passed).forward(zeros(x)),
      );
    }),
  ConvTransposeLayer: int(1, 2)
    .chain((dims) =>
      fc.tuple(
        fc.constant(dims),
        nearly(2).chain((channels) => image(dims, channels)),
        fc.array(int(1, 4), { minLength: dims, maxLength: dims }),
        fc.record({ stride: seldom(extent(dims, 1, 3)), dilation: seldom(extent(dims, 1, 2)) }),
      ),
    )
    .map(([dims, x, kernel, rest]) => {
      const name = `ConvTranspose${dims}d`;
      const passed = given(rest);
      const size = kernel.length === 1 ? kernel[0]! : kernel;
      const spatial = dims === 1 ? "length" : "height,width";
      return call(
        "ConvTransposeShape",
        [JSON.stringify(name), x, 2, 3, written(size), written(passed), JSON.stringify(spatial)],
        () => make(name, 2, 3, size, passed).forward(zeros(x)),
      );
    }),
  LastNorm: fc
    .tuple(lead, nearly(4), nearly(3), fc.constantFrom<(number | number[])[]>(3, 3, 3, [3], [4, 3], [4, 3], []))
    .chain(([before, first, last, sizes]) =>
      fc.constantFrom([...before, first, last], [...before.slice(1), last], [last], []).map((x) => ({ x, sizes })),
    )
    .chain((drawn) =>
      fc.constantFrom(["LayerNorm", "layerNorm"], ["RMSNorm", "rmsNorm"]).map(([name, op]) => ({ ...drawn, name, op })),
    )
    .map(({ x, sizes, name, op }) =>
      call("LastNormShape", [JSON.stringify(op), x, sizes], () => make(name, sizes).forward(zeros(x))),
    ),
  ChannelNorm: fc
    .tuple(
      fc.constantFrom("BatchNorm1d", "BatchNorm2d", "GroupNorm", "InstanceNorm", "PReLU"),
      int(1, 3),
      nearly(4),
      int(0, 3),
      fc.constantFrom(4, 4, 4, 4, 1),
    )
    .map(([name, batch, channels, more, size]) => {
      const x = [batch, channels, 5, 4, 2]
        .slice(0, more + 2)
        .slice(name.length % 2 === batch % 2 && more === 0 ? 1 : 0);
      const sizes = name === "GroupNorm" ? [1, size] : [size];
      return call(`${name}Shape`, [x, ...sizes], () =>
        make(name, ...sizes)
          .eval()
          .forward(zeros(x)),
      );
    }),
  RecurrentOutput: sequences.map((drawn) =>
    call(
      "RecurrentOutput",
      [JSON.stringify(drawn.name), drawn.x, 3, 2, written(drawn.options)],
      () => through(drawn)[0],
    ),
  ),
  RecurrentState: sequences
    .filter(fits)
    .map((drawn) => call("RecurrentState", [drawn.x, 2, written(drawn.options)], () => through(drawn)[1])),
  FirstStates: sequences
    .filter(fits)
    .map((drawn) => [drawn, through(drawn)[1].shape] as const)
    .chain(([drawn, wanted]) => fc.tuple(fc.constant(drawn), fc.constant(wanted), near(wanted)))
    .map(([drawn, wanted, first]) =>
      call("StatesShape", [`"${drawn.name}(3, 2)"`, first, wanted], () => through(drawn, first)[1]),
    ),
  FirstState: fc
    .tuple(fc.constantFrom<number[][]>([4, 2], [1, 2], [2]), fc.constantFrom("RNNCell", "LSTMCell", "GRUCell"))
    .chain(([wanted, name]) => fc.tuple(fc.constant(wanted), fc.constant(name), near(wanted)))
    .map(([wanted, name, first]) =>
      call("StateShape", [`"${name}(3, 2)"`, first, wanted], () => {
        const h = zeros(first);
        const next = make(name, 3, 2).forward(
          zeros([...wanted.slice(0, -1), 3]),
          name === "LSTMCell" ? [zeros(wanted), h] : h,
        ) as Tensor | [Tensor, Tensor];
        return Array.isArray(next) ? next[1] : next;
      }),
    ),
  Cell: fc.tuple(lead, nearly(3), fc.constantFrom("RNNCell", "LSTMCell", "GRUCell")).map(([before, last, name]) => {
    const x = [...before.slice(1), last];
    return call("CellShape", [JSON.stringify(name), x, 3, 2], () => {
      const next = make(name, 3, 2).forward(zeros(x)) as Tensor | [Tensor, Tensor];
      return Array.isArray(next) ? next[0] : next;
    });
  }),
  Encoder: fc.tuple(lead, nearly(4), fc.boolean()).map(([before, last, batchFirst]) => {
    const x = [...before, last];
    const passed = { dimFeedforward: 2, batchFirst };
    return call("EncoderShape", [x, 4, 2, written(passed)], () =>
      make("TransformerEncoderLayer", 4, 2, passed).forward(zeros(x)),
    );
  }),
  Attention: fc
    .tuple(lead, nearly(4), nearly(3), nearly(2), nearly(0), nearly(0), nearly(0), fc.boolean())
    .map(([before, last, ofKey, ofValue, longer, batch, other, batchFirst]) => {
      const moved = (by: number, also: number): number[] => before.map((n, d) => n + (d === 0 ? by : also));
      const q = [...before, last];
      const k = [...moved(longer, batch), ofKey];
      const v = [...moved(longer + other, batch), ofValue];
      const passed = { kdim: 3, vdim: 2, batchFirst };
      return call("AttentionShape", [q, k, v, 4, 2, written(passed)], () => {
        const attention = make("MultiHeadAttention", 4, 2, passed);
        return (attention.forward(zeros(q), zeros(k), zeros(v)) as [Tensor])[0];
      });
    }),
  AttentionWeights: fc
    .tuple(
      fc.constantFrom<number[][]>([5, 6], [5]),
      int(1, 3),
      fc
        .record({
          batchFirst: fc.option(fc.boolean(), { nil: undefined }),
          addBiasKv: fc.option(fc.boolean(), { nil: undefined }),
          addZeroAttn: fc.option(fc.boolean(), { nil: undefined }),
        })
        .map(given),
      fc.record({ averageAttnWeights: fc.option(fc.boolean(), { nil: undefined }) }).map(given),
    )
    .map(([before, keys, passed, asked]) => {
      const first = passed["batchFirst"] === true && before.length === 2;
      const q = [...before, 4];
      const k = first ? [5, keys, 4] : [keys, ...before.slice(1), 4];
      return call("AttentionWeights", [q, k, 2, written(passed), written(asked)], () => {
        const attention = make("MultiHeadAttention", 4, 2, passed);
        return (attention.forward(zeros(q), zeros(k), zeros(k), asked) as [Tensor, Tensor])[1];
      });
    }),
  Bilinear: fc
    .tuple(lead, nearly(2), nearly(3), fc.constantFrom(0, 0, 0, 1), fc.constantFrom(0, 0, 0, 0, 1, 2))
    .map(([before, last, right, more, cut]) => {
      const x = [...before, last].slice(cut === 2 ? 9 : 0);
      const y = [...before.map((n) => n + more), right].slice(cut === 1 ? 1 : 0);
      return call("BilinearShape", [x, y, 2, 3, 4], () => make("Bilinear", 2, 3, 4).forward(zeros(x), zeros(y)));
    }),
};
