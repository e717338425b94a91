import { mode } from "../ambient.ts";
import { MatrixError } from "../errors.ts";
import type { CustomOp } from "../families/custom.ts";
import { asIs } from "../families/linear.ts";
import { eliminate, factorBlocks, invertLU, solveLU, zeroPivot } from "../kernels/linalg.ts";
import { FEW } from "../kernels/substitution.ts";
import { forEachOffset, stridesOf } from "../kernels/strided.ts";
import { apply } from "../op.ts";
import { sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { add, neg } from "./arithmetic.ts";
import { matmul } from "./matmul.ts";
import { batchOf, load, nameOf, produceMatrices } from "./matrices.ts";
import { transpose } from "./movement.ts";

/** LU factors of all matrices of a tensor, one after the other as `eliminate` leaves them, and n row swaps for each. */
export interface Factors {
  readonly lu: Float64Array;
  readonly pivots: Int32Array;
  /** So many matrices in a row are the same, and stand here once. */
  readonly repeats: number;
}

export function factor(x: Tensor): Factors {
  const n = x.shape.at(-1)!;
  const all = batchOf(x);
  const steps = stridesOf(x).slice(0, all.length);
  let dims = all.length;
  while (dims > 0 && steps[dims - 1] === 0) dims--;
  const batch = all.slice(0, dims);
  const count = sizeOf(batch);
  const lu = new Float64Array(count * n * n);
  const pivots = new Int32Array(count * n);
  forEachOffset(batch, [steps], [x.offset], (at, i) => {
    const matrix = i * n * n;
    load(lu, matrix, x, at[0]!);
    if (n > FEW) {
      if (factorBlocks(lu, matrix, n, pivots, i * n)) return;
      load(lu, matrix, x, at[0]!);
    }
    eliminate(lu, matrix, n, pivots, i * n, 0, n);
  });
  return { lu, pivots, repeats: sizeOf(all.slice(dims)) };
}

/** Keeps the factors of one tensor, as long as it holds what it held: derivatives do not factor again what the forward pass has factored. */
export class Known {
  private x: Tensor | null = null;
  private version = 0;
  private factors: Factors | null = null;

  of(x: Tensor): Factors {
    if (this.factors === null || this.x !== x || this.version !== x.version) {
      this.factors = factor(x);
      this.x = x;
      this.version = x.version;
    }
    return this.factors;
  }
}

/** Where the factors of a matrix begin, by how many matrices came before. */
export const place = ({ repeats }: Factors, count: number): number =>
  repeats === 1 ? count : Math.floor(count / repeats);

function checkRegular(op: string, a: Tensor, { lu }: Factors, at: number, count: number): void {
  const n = a.shape.at(-1)!;
  if (zeroPivot(lu, at, n + 1, n) >= 0)
    throw new MatrixError(
      `${op}: ${nameOf(a, count)} is singular; add a small multiple of the identity, or look for rows that depend on each other`,
    );
}

/** A cotangent that has come to a solution, and what has been solved with it. */
interface Solved {
  readonly cotangent: Tensor;
  readonly version: number;
  readonly mode: number;
  readonly b: Tensor;
}
const solved = /* @__PURE__ */ new WeakMap<Tensor, Solved>();

/** The cotangent of the right side of a system with solution `x`. That of the matrix needs it too: it is solved once for the two. */
export function rightSide(x: Tensor, cotangent: Tensor, index: number, solve: () => Tensor): Tensor {
  const before = solved.get(x);
  solved.delete(x);
  const { version } = cotangent;
  if (index === 1 && before?.cotangent === cotangent && before.version === version && before.mode === mode)
    return before.b;
  const b = solve();
  if (index === 0 && x.inputs[1]!.tracked) solved.set(x, { cotangent, version, mode, b });
  return b;
}

interface Solving {
  /** Who asks, for messages. */
  readonly op: string;
  readonly transposed: boolean;
  readonly known: Known;
}

/** A⁻¹·B, or A⁻ᵀ·B, of equal batches. */
export const solveOp: CustomOp<Solving> = {
  name: "solve",
  cases: [],
  forward([a, b], { op, transposed, known }) {
    const n = a!.shape.at(-1)!;
    const columns = b!.shape.at(-1)!;
    const factors = known.of(a!);
    return produceMatrices(b!.shape, b!.dtype, [b!], (x, o, at, i) => {
      const first = place(factors, i) * n;
      checkRegular(op, a!, factors, first * n, i);
      load(x, o, b!, at[0]!);
      solveLU(factors.lu, first * n, n, factors.pivots, first, x, o, columns, transposed);
    });
  },
  // A·X = B: dB = A⁻ᵀ·dX, dA = −dB·Xᵀ (Giles 2008, 2.3.1); Aᵀ·X = B: dA = −X·dBᵀ
  vjp(cotangent, x, index) {
    const { op, transposed, known } = x.params as Solving;
    const b = rightSide(x, cotangent, index, () =>
      apply(solveOp, [x.inputs[0]!, cotangent], { op, transposed: !transposed, known }),
    );
    if (index === 1) return b;
    return transposed ? matmul(neg(x), transpose(b)) : matmul(neg(b), transpose(x));
  },
  jvp([da, db], x) {
    const params = x.params as Solving;
    const right = da ? neg(matmul(params.transposed ? transpose(da) : da, x)) : null;
    return apply(solveOp, [x.inputs[0]!, right && db ? add(db, right) : (right ?? db!)], params);
  },
  lead: asIs,
};

interface Inverting {
  readonly op: string;
  /** Who has factors already, or will want them. */
  readonly known: Known | null;
}

export const inverseOp: CustomOp<Inverting> = {
  name: "inverse",
  cases: [],
  forward([a], { op, known }) {
    const n = a!.shape.at(-1)!;
    const factors = known === null ? factor(a!) : known.of(a!);
    return produceMatrices(a!.shape, a!.dtype, [a!], (x, o, _, i) => {
      const first = place(factors, i) * n;
      checkRegular(op, a!, factors, first * n, i);
      invertLU(factors.lu, first * n, n, factors.pivots, first, x, o);
    });
  },
  // C = A⁻¹: dA = −Cᵀ·dC·Cᵀ (Giles 2008, 2.2.3)
  vjp(cotangent, c) {
    const across = transpose(c);
    return matmul(matmul(neg(across), cotangent), across);
  },
  jvp: ([tangent], c) => matmul(matmul(neg(c), tangent!), c),
  lead: asIs,
};
