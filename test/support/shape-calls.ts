// Random calls of the type functions of shapes, valid and not, each beside the run-time rule it mirrors.
import * as core from "@chainrule/core";
import * as fc from "fast-check";
import {
  broadcastShapes,
  broadcastToShape,
  checkSameShape,
  checkScalar,
  checkShape,
  nestedShape,
  normalizeDim,
  normalizeDims,
  reduceShape,
  reducedDims,
  sizeOf,
} from "../../packages/core/src/shape.ts";
import * as rules from "../../packages/core/src/shape-rules.ts";

type Shape = number[];
/** An argument of a type function. A string stands for itself; `{ shape }` is a tensor. */
export type Argument = number | boolean | string | undefined | readonly Argument[] | { shape: Shape };
export interface Call {
  /** Name of the type function. */
  type: string;
  arguments: Argument[];
  /** The run time's answer: a shape or a list of shapes; or it throws. */
  run: () => unknown;
}

// ---------- generators

const size = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 2, max: 6 }) },
  { weight: 3, arbitrary: fc.constant(1) },
  { weight: 1, arbitrary: fc.constantFrom(0, 10, 28, 64, 100, 128, 784, 1000, 1001, 60_000) },
);
const shapeOf = (minLength: number, maxLength = 4): fc.Arbitrary<Shape> => fc.array(size, { minLength, maxLength });
const shape = shapeOf(0);
const dim = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -3, max: 2 }) },
  { weight: 1, arbitrary: fc.constantFrom(-6, -5, 4, 5, 17, 0.5, -1.5) },
);
const index = fc.integer({ min: -7, max: 7 });
const rarely = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 5, arbitrary: usual }, { weight: 1, arbitrary: rare });

/** A shape like `a`: some sizes become 1 or another, dims come or go in front. */
const like = (a: Shape): fc.Arbitrary<Shape> =>
  fc
    .tuple(
      fc.array(fc.constantFrom("keep", "keep", "keep", "keep", "one", "other"), {
        minLength: a.length,
        maxLength: a.length,
      }),
      size,
      fc.integer({ min: 0, max: a.length }),
      fc.array(size, { maxLength: 2 }),
    )
    .map(([changes, other, cut, lead]) => {
      const changed = a.map((n, i) => (changes[i] === "keep" ? n : changes[i] === "one" ? 1 : other));
      return cut % 2 === 0 ? changed : [...lead, ...changed.slice(cut)];
    });
const pair = shape.chain((a) => fc.tuple(fc.constant(a), rarely(like(a), shape)));
/** As `like`, with the rank and mostly the sizes of `a`. */
const close = (a: Shape, along = 0): fc.Arbitrary<Shape> =>
  fc.tuple(fc.nat(12), size, size).map(([kind, n, other]) => {
    if (kind === 0) return [...a, n];
    if (kind === 1) return a.map((old, i) => (i === a.length - 1 ? other : old));
    return kind < 6 ? a : a.map((old, i) => (i === (along < 0 ? along + a.length : along) ? n : old));
  });

/** What `reshape` may be asked for: the same factors grouped anew, −1 in places, or something else. */
const reshapeOf = (from: Shape): fc.Arbitrary<Shape> => {
  const factors = from.flatMap((n) => {
    const found: number[] = [];
    let rest = n;
    for (let f = 2; f * f <= rest; f++) for (; rest % f === 0 && rest > 0; rest /= f) found.push(f);
    return [...found, rest];
  });
  const grouped = fc
    .tuple(fc.shuffledSubarray(factors, { minLength: factors.length }), fc.integer({ min: 1, max: 4 }))
    .map(([order, groups]) => {
      const sizes = Array.from({ length: groups }, () => 1);
      for (const [i, f] of order.entries()) sizes[i % groups]! *= f;
      return sizes;
    });
  const target = fc.oneof(
    { weight: 6, arbitrary: grouped },
    { weight: 2, arbitrary: fc.constant(from) },
    { weight: 2, arbitrary: shape },
  );
  return fc.tuple(target, fc.nat(9), fc.constantFrom(-1, -1, -1, -1, -2, 1.5)).map(([to, at, odd]) => {
    const first = to.map((n, i) => (i === at - 4 ? odd : n));
    return at === 8 ? first.map((n, i) => (i < 2 ? odd : n)) : first;
  });
};

const matrices = fc
  .tuple(shapeOf(0, 2), shapeOf(0, 2), fc.tuple(size, size, size), fc.nat(9), fc.boolean(), size)
  .chain(([lead, leadB, [n, k, m], kind, agree, other]) => {
    const inner = agree || other === k ? k : rare(kind, other, k);
    const a = kind === 0 ? [] : kind === 1 ? [k] : [...lead, n, k];
    return (kind === 2 ? fc.constant(leadB) : like(lead)).map((b): [Shape, Shape] => [
      a,
      kind === 3 ? [inner] : kind === 4 && !agree ? [] : [...b, inner, m],
    ]);
  });
const rare = (kind: number, a: number, b: number): number => (kind < 5 ? a : b);

type Nested = number | boolean | Nested[];
const nested: fc.Arbitrary<Nested> = shapeOf(0, 3)
  .filter((s) => sizeOf(s) < 40)
  .chain((s) => {
    const build = (depth: number): Nested =>
      depth === s.length ? 1.5 : Array.from({ length: s[depth]! }, () => build(depth + 1));
    const whole = build(0);
    const damage = fc
      .tuple(fc.nat(3), fc.array(fc.nat(4), { maxLength: 3 }), fc.nat(3))
      .map(([damaged, path, kind]) => {
        const data = structuredClone(whole);
        if (damaged === 0 || !Array.isArray(data)) return data;
        let parent: Nested[] = data;
        for (const step of path.slice(1)) {
          const next = parent[step % (parent.length || 1)];
          if (!Array.isArray(next)) break;
          parent = next;
        }
        const place = (path[0] ?? 0) % (parent.length || 1);
        if (kind === 0) parent.push(parent[0] ?? 2.5);
        else if (kind === 1) parent[place] = 3;
        else if (kind === 2) parent[place] = [true];
        else parent.pop();
        return data;
      });
    return damage;
  });

// ---------- the calls: each type function beside the rule it mirrors

const call = (type: string, args: Argument[], run: () => unknown): Call => ({ type, arguments: args, run });
const quoted = (op: string): string => JSON.stringify(op);
const dims = rarely<number | number[] | undefined>(
  fc.array(dim, { maxLength: 3 }),
  fc.oneof(dim, fc.constant(undefined)),
);
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined, freq: 3 });

const layer = fc.oneof(
  fc
    .tuple(size, size)
    .map(([i, o]) => ({ type: `T.LinearFn<${i}, ${o}>`, run: (s: Shape) => rules.linearShape(s, i, o) })),
  fc.constant({ type: "T.SameFn", run: (s: Shape) => s }),
  fc.constantFrom(0, 1).map((start) => ({
    type: `T.FlattenFn<${start}>`,
    run: (s: Shape) => rules.flattenShape(s, start, -1),
  })),
);

export const calls: Record<string, fc.Arbitrary<Call>> = {
  Broadcast: pair.map(([a, b]) => call("Broadcast", [a, b, quoted("add")], () => broadcastShapes("add", a, b))),
  Broadcast3: fc
    .tuple(pair, shape)
    .chain(([[a, b], c]) =>
      rarely(like(b), fc.constant(c)).map((third) =>
        call("Broadcast3", [a, b, third, quoted("where")], () =>
          broadcastShapes("where", broadcastShapes("where", a, b), third),
        ),
      ),
    ),
  BroadcastTo: fc.tuple(pair, fc.nat(20)).map(([[a, b], bad]) => {
    const to = bad === 0 ? [-2, ...a] : bad === 1 ? a.map((n) => (n === 1 ? 2.5 : n)) : b;
    const from = a.map((n, i) => (bad % 3 === 0 && i === 0 ? 1 : n));
    return call("BroadcastTo", [from, to], () => broadcastToShape("broadcastTo", from, to));
  }),
  CheckShape: fc
    .array(rarely(size, fc.constantFrom(-1, -3, 2.5)), { maxLength: 3 })
    .map((s) => call("CheckShape", [s, quoted("zeros")], () => checkShape("zeros", s))),
  SameShape: pair.map(([a, b]) =>
    call("SameShape", [a, b, quoted("mseLoss")], () => {
      checkSameShape("mseLoss", a, b);
      return a;
    }),
  ),
  MatMul: matrices.map(([a, b]) => call("MatMul", [a, b], () => rules.matmulShape(a, b))),
  Dot: fc
    .tuple(size, size, fc.boolean(), shape, fc.nat(3))
    .map(([n, m, same, other, kind]): [Shape, Shape] => [kind === 0 ? other : [n], kind === 1 ? other : [same ? n : m]])
    .map(([a, b]) => call("Dot", [a, b], () => rules.dotShape(a, b))),
  Outer: fc
    .tuple(rarely(shapeOf(1, 1), shape), rarely(shapeOf(1, 1), shape))
    .map(([a, b]) => call("Outer", [a, b], () => rules.outerShape(a, b))),
  Reduce: fc
    .tuple(shape, dims, fc.boolean())
    .map(([s, d, keep]) =>
      call("Reduce", [s, d, keep, quoted("sum")], () => reduceShape(s, reducedDims("sum", d, s), keep)),
    ),
  CheckDims: fc.tuple(shape, dims).map(([s, d]) =>
    call("CheckDims", [s, d, quoted("rot90")], () => {
      normalizeDims("rot90", d, s);
      return s;
    }),
  ),
  Flip: fc
    .tuple(shape, dims)
    .map(([s, d]) => [s, d ?? [...s.keys()]] as const)
    .map(([s, d]) =>
      call("Flip", [s, d], () => {
        reducedDims("flip", d, s);
        return s;
      }),
    ),
  Along: fc.tuple(shape, dim).map(([s, d]) =>
    call("Along", [s, d, quoted("cumsum")], () => {
      normalizeDim("cumsum", d, s.length === 0 ? [1] : s);
      return s;
    }),
  ),
  Transpose: fc
    .tuple(shape, dim, dim)
    .map(([s, a, b]) => call("Transpose", [s, a, b], () => rules.transposeOrder(a, b, s).map((i) => s[i]!))),
  Permute: shape
    .chain((s) =>
      fc.tuple(
        fc.constant(s),
        rarely(fc.shuffledSubarray([...s.keys()], { minLength: s.length }), fc.array(dim, { maxLength: 4 })),
        fc.nat(7),
      ),
    )
    .map(([s, order, bits]) => {
      const mixed = order.map((d, i) => ((bits >> i) % 2 === 1 && d >= 0 && d < s.length ? d - s.length : d));
      return call("Permute", [s, mixed], () => rules.permuteOrder(mixed, s).map((i) => s[i]!));
    }),
  Reshape: shape
    .chain((s) => fc.tuple(fc.constant(s), reshapeOf(s)))
    .map(([s, to]) => call("Reshape", [s, to], () => rules.reshapeShape(s, to))),
  Flatten: fc
    .tuple(shape, dim, dim)
    .map(([s, start, end]) => call("Flatten", [s, start, end], () => rules.flattenShape(s, start, end))),
  Squeeze: fc.tuple(shape, dims).map(([s, d]) => call("Squeeze", [s, d], () => rules.squeezeShape(s, d))),
  Unsqueeze: fc.tuple(shape, dim).map(([s, d]) => call("Unsqueeze", [s, d], () => rules.unsqueezeShape(s, d))),
  Slice: fc
    .tuple(
      shapeOf(1, 2),
      rarely(fc.constantFrom(0, -1), dim),
      maybe(rarely(index, fc.constantFrom(2.5, 900, -900))),
      maybe(rarely(index, fc.constantFrom(1.5, 900, -900))),
      rarely<number | undefined>(fc.constantFrom(1, -1, -1, 2, -2, undefined), fc.constantFrom(0, 7, -100, 1.5)),
    )
    .map(([s, d, start, end, step]) =>
      call("Slice", [s, d, start, end, step], () => rules.sliceShape(s, d, start, end, step)),
    ),
  Select: fc.tuple(shapeOf(1), dim, rarely(index, fc.constantFrom(0.5, 783, -784, 99))).map(([s, d, i]) =>
    call("Select", [s, d, i], () => {
      rules.selectIndex(s, d, i);
      return reduceShape(s, normalizeDims("select", d, s), false);
    }),
  ),
  IndexSelect: fc
    .tuple(shape, dim, rarely(shapeOf(1, 1), shape))
    .map(([s, d, i]) => call("IndexSelect", [s, d, i], () => rules.indexSelectShape(s, d, i))),
  Gather: shape
    .chain((s) => fc.tuple(fc.constant(s), dim, rarely(close(s), shape)))
    .map(([s, d, i]) => call("Gather", [s, d, i], () => rules.gatherShape(s, d, i))),
  Pad: fc
    .tuple(
      shape,
      fc.array(rarely(fc.integer({ min: -2, max: 3 }), fc.constantFrom(100, -5, 0.5)), { maxLength: 7 }),
      fc.nat(8),
    )
    .map(([s, pads, odd]) => {
      const fitting = odd === 0 ? pads : pads.slice(0, 2 * Math.floor(Math.min(pads.length / 2, s.length)));
      return call("Pad", [s, fitting], () => rules.padShape(s, fitting));
    }),
  ConcatAll: shape
    .chain((s) => fc.tuple(fc.constant(s), dim))
    .chain(([s, d]) =>
      fc.tuple(fc.constant(d), rarely(fc.array(close(s, d), { minLength: 1, maxLength: 4 }), fc.constant<Shape[]>([]))),
    )
    .map(([d, list]) => call("ConcatAll", [list.map((s) => ({ shape: s })), d], () => rules.concatShape(list, d))),
  StackAll: fc.tuple(shape, dim, fc.nat(4), shape, fc.boolean()).map(([s, d, n, odd, same]) => {
    const list = Array.from({ length: n }, (_, i) => (!same && i === 1 ? odd : s));
    return call("StackAll", [list.map((one) => ({ shape: one })), d], () => rules.stackShape(list, d));
  }),
  Split: fc
    .tuple(
      shapeOf(1),
      dim,
      fc.nat(9),
      rarely(fc.integer({ min: 1, max: 40 }), fc.constantFrom(0, -1, 1.5)),
      fc.array(size),
    )
    .map(([s, d, kind, piece, list]) => {
      const n = s[d < 0 ? d + s.length : d] ?? 3;
      const fitting = kind > 6 || n < 2 ? list.slice(0, 3) : [1, n - 1].slice(0, kind);
      const sizes = kind < 4 && n < 40 * piece ? piece : kind === 5 && n > 3 ? [1, 0, n - 2, 1] : fitting;
      return call("Split", [s, sizes, d], () => {
        const at = normalizeDim("split", d, s);
        return rules.splitSizes(sizes, s, at).map((part) => s.map((old, i) => (i === at ? part : old)));
      });
    }),
  ShapeOfData: nested.map((data) => call("ShapeOfData", [data], () => nestedShape("tensor", data))),
  ScalarOnly: shape.map((s) =>
    call("ScalarOnly", [s], () => {
      checkScalar("backward", s);
      return s;
    }),
  ),
  OneElement: fc
    .oneof(
      shape.filter((s) => sizeOf(s) < 100_000),
      fc.array(fc.constantFrom(1, 1, 1, 1, 2), { maxLength: 4 }),
    )
    .map((s) =>
      call("OneElement", [s], () => {
        core.zeros(s).item();
        return s;
      }),
    ),
  // Sizes large enough for every digit to meet every other.
  Arithmetic: fc
    .tuple(
      fc.integer({ min: 1, max: 99_999 }),
      fc.integer({ min: 1, max: 99_999 }),
      fc.constantFrom(-1, 1, 7),
      fc.nat(4),
    )
    .map(([a, b, off, kind]) => {
      if (kind === 0)
        return call("ConcatAll", [[{ shape: [a] }, { shape: [b] }], 0], () => rules.concatShape([[a], [b]], 0));
      if (kind === 1) return call("Slice", [[a], 0, b, undefined, 1], () => rules.sliceShape([a], 0, b));
      if (kind > 2) return call("Flatten", [[a, b], 0, -1], () => rules.flattenShape([a, b], 0, -1));
      const to = [-1, (a % 499) + 1];
      const from = [((b % 8000) + 1) * to[1]! + (off === 7 ? 7 : 0)];
      return call("Reshape", [from, to], () => rules.reshapeShape(from, to));
    }),
  Jacobian: fc.tuple(shapeOf(0, 2), shapeOf(0, 2)).map(([y, x]) => call("Jacobian", [y, x], () => [...y, ...x])),
  Apply: fc.tuple(layer, shape).map(([one, s]) => call("Apply", [one.type, s], () => one.run(s))),
  Chain: fc
    .tuple(fc.array(layer, { maxLength: 4 }), shape)
    .map(([layers, s]) =>
      call("Chain", [layers.map(({ type }) => `{ shapeFn: ${type} }`), s], () =>
        layers.reduce((before, one) => one.run(before), s),
      ),
    ),
};
