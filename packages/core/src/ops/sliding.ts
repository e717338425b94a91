import { bilinear, type BilinearFunction } from "../families/bilinear.ts";
import { convolution, convolutionInput, convolutionWeight } from "../kernels/convolution.ts";
import type { Geometry } from "../kernels/geometry.ts";
import { rowMajor } from "../kernels/copying.ts";
import { produce } from "../tensor.ts";
import { pair, type Sliding } from "./windows.ts";

// A convolution and its two transposes. Each is linear in both inputs, and the transposes of each are the other two:
// ⟨y, x∗w⟩ = ⟨input(y, w), x⟩ = ⟨weight(x, y), w⟩.

export interface Convolution extends Sliding {
  /** Input and output channels are cut into so many groups, each convolved alone. */
  readonly groups: number;
}

const geometry = (batch: number, channels: number, outputs: number, params: Convolution): Geometry => ({
  batch,
  channels,
  outputs,
  groups: params.groups,
  lengths: pair(params.lengths),
  padding: pair(params.padding, 0),
  size: pair(params.size),
  dilation: pair(params.dilation),
  stride: pair(params.stride),
  count: pair(params.count),
});
const FLAT: Convolution = {
  size: [2, 2],
  dilation: [1, 2],
  stride: [2, 1],
  count: [2, 3],
  lengths: [4, 4],
  padding: [1, 1],
  groups: 1,
};
const GROUPED: Convolution = {
  size: [2],
  dilation: [1],
  stride: [1],
  count: [3],
  lengths: [4],
  padding: [0],
  groups: 2,
};

/** x [batch, channels, …lengths] and weight [outputs, channels/groups, …size] to [batch, outputs, …count]. */
export const convolutionOp: BilinearFunction<Convolution> = /* @__PURE__ */ bilinear<Convolution>({
  name: "convolution",
  forward: (x, weight, params) => {
    const of = geometry(x.shape[0]!, x.shape[1]!, weight.shape[0]!, params);
    return produce([of.batch, of.outputs, ...params.count], x.dtype, (out, start) =>
      convolution(out, start, x.dtype, rowMajor(x), rowMajor(weight), of),
    );
  },
  transposes: [
    (g, weight, _x, params) => convolutionInputOp(g, weight, params),
    (g, x, _weight, params) => convolutionWeightOp(x, g, params),
  ],
  alone: true,
  cases: [
    { shapes: [[2, 2, 4, 4], [3, 2, 2, 2]], params: FLAT },
    { shapes: [[2, 4, 4], [2, 2, 2]], params: GROUPED },
  ], // prettier-ignore
});

/** y [batch, outputs, …count] and weight to [batch, channels, …lengths]. */
export const convolutionInputOp: BilinearFunction<Convolution> = /* @__PURE__ */ bilinear<Convolution>({
  name: "convolutionInput",
  forward: (y, weight, params) => {
    const of = geometry(y.shape[0]!, weight.shape[1]! * params.groups, y.shape[1]!, params);
    return produce([of.batch, of.channels, ...params.lengths], y.dtype, (out, start) =>
      convolutionInput(out, start, y.dtype, rowMajor(y), rowMajor(weight), of),
    );
  },
  transposes: [
    (g, weight, _y, params) => convolutionOp(g, weight, params),
    (g, y, _weight, params) => convolutionWeightOp(g, y, params),
  ],
  alone: true,
  cases: [
    { shapes: [[2, 3, 2, 3], [3, 2, 2, 2]], params: FLAT },
    { shapes: [[2, 2, 3], [2, 2, 2]], params: GROUPED },
  ], // prettier-ignore
});

/** x and y to [outputs, channels/groups, …size]. */
export const convolutionWeightOp: BilinearFunction<Convolution> = /* @__PURE__ */ bilinear<Convolution>({
  name: "convolutionWeight",
  forward: (x, y, params) => {
    const of = geometry(x.shape[0]!, x.shape[1]!, y.shape[1]!, params);
    return produce([of.outputs, of.channels / of.groups, ...params.size], x.dtype, (out, start) =>
      convolutionWeight(out, start, x.dtype, rowMajor(x), rowMajor(y), of),
    );
  },
  transposes: [
    (g, y, _x, params) => convolutionInputOp(y, g, params),
    (g, x, _y, params) => convolutionOp(x, g, params),
  ],
  alone: true,
  cases: [
    { shapes: [[2, 2, 4, 4], [2, 3, 2, 3]], params: FLAT },
    { shapes: [[2, 4, 4], [2, 2, 3]], params: GROUPED },
  ], // prettier-ignore
});
