// Random calls of convolutions and pools, valid and not, beside what the operations themselves give.
import * as core from "@chainrule/core";
import * as fc from "fast-check";
import type { Argument, Call } from "./shape-calls.ts";

type Options = Record<string, unknown>;
const { zeros } = core;
const functions = core as unknown as Record<string, (...args: unknown[]) => core.Tensor>;

const int = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
/** One number for all dims, or one for each. */
export const extent = (dims: number, min: number, max: number): fc.Arbitrary<number | number[]> =>
  fc.oneof(int(min, max), fc.array(int(min, max), { minLength: dims, maxLength: dims }));
export const seldom = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { freq: 1, nil: undefined });
/** An image: mostly with a batch or without, now and then with a dim too many. */
export const image = (dims: number, channels: number): fc.Arbitrary<number[]> =>
  fc
    .tuple(fc.constantFrom([], [], [2], [3], [3], [2, 2]), fc.array(int(1, 9), { minLength: dims, maxLength: dims }))
    .map(([lead, lengths]) => [...lead, channels, ...lengths]);

/** Options as a type; those that are left out stay out. */
export const written = (value: unknown): string =>
  Array.isArray(value)
    ? `readonly [${value.map(written).join(", ")}]`
    : typeof value === "object" && value !== null
      ? `{ ${Object.entries(value).map(([name, x]) => `readonly ${name}: ${written(x)}`).join("; ")} }` // prettier-ignore
      : JSON.stringify(value);
export const given = (options: Options): Options =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
const call = (type: string, dims: number, op: string, args: Argument[], run: () => core.Tensor): Call => ({
  type,
  arguments: [JSON.stringify(op), ...args, JSON.stringify(dims === 1 ? "length" : "height,width")],
  run: () => run().shape,
});

const dimsAnd = <T>(more: (dims: number) => fc.Arbitrary<T>): fc.Arbitrary<readonly [number, T]> =>
  int(1, 2).chain((dims) => more(dims).map((rest) => [dims, rest] as const));
const convolutions = (type: string, name: string): fc.Arbitrary<Call> =>
  dimsAnd((dims) =>
    fc.tuple(int(1, 2), int(1, 2), int(1, 2), fc.constantFrom(0, 0, 0, 0, 1)).chain(([groups, a, b, off]) =>
      fc.tuple(
        image(dims, groups * a + off),
        fc.constant(name === "conv" ? [groups * b, a] : [groups * a, b]),
        fc.array(int(1, 4), { minLength: dims, maxLength: dims }),
        fc.record({
          stride: seldom(extent(dims, 1, 3)),
          padding: seldom(name === "conv" ? fc.oneof(extent(dims, 0, 2), fc.constant("valid")) : fc.constant(0)),
          dilation: seldom(extent(dims, 1, 2)),
          groups: fc.constant(groups === 1 ? undefined : groups),
        }),
      ),
    ),
  ).map(([dims, [x, lead, kernel, options]]) => {
    const weight = [...lead, ...kernel];
    const passed = given(options);
    const op = `${name}${dims}d`;
    return call(type, dims, op, [x, weight, written(passed)], () =>
      functions[op]!(zeros(x), zeros(weight), null, passed),
    );
  });

export const windowCalls: Record<string, fc.Arbitrary<Call>> = {
  Conv: convolutions("Conv", "conv"),
  ConvTranspose: convolutions("ConvTranspose", "convTranspose"),
  Pool: dimsAnd((dims) =>
    fc.tuple(
      fc.constantFrom("maxPool", "avgPool"),
      image(dims, 2),
      extent(dims, 2, 3),
      fc.record({ stride: seldom(extent(dims, 1, 3)), padding: seldom(int(0, 1)) }),
    ),
  ).map(([dims, [name, x, window, options]]) => {
    const passed = given(options);
    const op = `${name}${dims}d`;
    return call("Pool", dims, op, [x, written(window), written(passed)], () =>
      functions[op]!(zeros(x), window, passed),
    );
  }),
  Adaptive: dimsAnd((dims) =>
    fc.tuple(
      image(dims, 2),
      fc.oneof(int(1, 4), fc.array(fc.constantFrom(null, 1, 3), { minLength: dims, maxLength: dims })),
    ),
  ).map(([dims, [x, output]]) => {
    const op = `adaptiveAvgPool${dims}d`;
    return call("Adaptive", dims, op, [x, written(output)], () => functions[op]!(zeros(x), output));
  }),
};
