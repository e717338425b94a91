import type { Walk } from "../autograd/graph.ts";
import { allocate } from "../dtype.ts";
import { materialize } from "../kernels/copying.ts";
import type { Generator } from "../random/generator.ts";
import { add } from "../families/elementwise.ts";
import { fromArray, type Tensor } from "../tensor.ts";

const SAMPLES = 3;

/**
 * How far rounding moves the outputs: every result on the way is off by half a unit in its last place, in a random direction, and forward mode
 * carries that to the outputs. Sees what the outputs alone do not tell, such as the digits lost in (10⁸ + x) − 10⁸.
 */
export function roundingNoise(
  walk: Walk,
  dependent: Uint8Array,
  outputs: readonly Tensor[],
  random: Generator,
): Tensor[][] {
  return Array.from({ length: SAMPLES }, () => {
    const carried = new Array<Tensor | null>(walk.nodes.length).fill(null);
    for (let at = 0; at < walk.nodes.length; at++) {
      const node = walk.nodes[at]!;
      if (node.inputs.length === 0 || dependent[at] === 0) continue;
      const incoming = node.inputs.map((x) => {
        const from = x.tracked ? walk.find(x) : -1;
        return from < 0 ? null : carried[from]!;
      });
      const pushed = incoming.some((t) => t !== null) ? node.op!.jvp(incoming, node) : null;
      const own = roundingOf(node, random);
      carried[at] = pushed === null ? own : add(pushed, own);
    }
    return outputs.map((y) => {
      const at = walk.find(y);
      return (at < 0 ? null : carried[at]!) ?? fromArray(y.shape, y.dtype, allocate(y.dtype, y.size));
    });
  });
}

function roundingOf(x: Tensor, random: Generator): Tensor {
  const unit = x.dtype === "float32" ? 2 ** -24 : 2 ** -53;
  const signs = random.rand([x.size]).toTypedArray();
  return fromArray(
    x.shape,
    x.dtype,
    materialize(x).map((v, i) => (signs[i]! < 0.5 ? -v : v) * unit),
  );
}
