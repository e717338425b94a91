import type { TypedArray } from "../../dtype.ts";
import type { ConvolutionKernel, ConvolutionName } from "../sets.ts";
import type { WasmModule } from "./module.ts";
import { type Layout, Plan, type Steps } from "./plan.ts";

// oxfmt-ignore
export type ConvolutionExports = {
  scratch(): number;
  /** On addresses; packages/core/kernels/memory.ts. */
  copyBlocks(
    to: number, toBlock: number, toRow: number, from: number, fromBlock: number, fromRow: number,
    blocks: number, rows: number, bytes: number,
  ): void;
} & {
  /** On addresses; packages/core/kernels/convolution.ts. */
  readonly [Name in ConvolutionName]: (
    single: boolean, y: number, weight: number, x: number, outputs: number, windows: number, depth: number,
    starts: number, places: number, free: number,
  ) => void;
};

/** Bytes beyond which images are left to other kernels: memory that has grown stays. */
const LARGEST = 2 ** 28;

/** Convolutions of a module: image after image, or some small ones together, is copied into its memory and padded there. */
export const convolutionOf =
  (module: WasmModule<ConvolutionExports>) =>
  (name: ConvolutionName): ConvolutionKernel | null => {
    const { exports } = module;
    if (exports === null) return null;
    const kernel = exports[name];
    return (out, o, a, ai, b, bi, of) => {
      if (!(out instanceof Float32Array || out instanceof Float64Array)) return false;
      const size = out.BYTES_PER_ELEMENT;
      const plan = new Plan(of, size);
      const base = plan.end > LARGEST ? 0 : module.room(plan.end);
      if (base === 0) return false;
      const memory = size === 4 ? module.floats : module.doubles;
      const region = (from: number, bytes: number): TypedArray =>
        memory.subarray((base + from) / size, (base + from + bytes) / size);
      const copy = (to: Steps, from: Steps, { blocks, rows, bytes }: Layout): void =>
        exports.copyBlocks(base + to[0], to[1], to[2], base + from[0], from[1], from[2], blocks, rows, bytes);
      const enter = (layout: Layout, data: TypedArray, at: number): void => {
        const { blocks, rows, bytes, inside, raw } = layout;
        region(raw[0], blocks * rows * bytes).set(data.subarray(at, at + (blocks * rows * bytes) / size));
        if (raw !== inside) copy(inside, raw, layout);
      };
      const leave = (layout: Layout, at: number): void => {
        const { blocks, rows, bytes, inside, raw } = layout;
        if (raw !== inside) copy(raw, inside, layout);
        out.set(region(raw[0], blocks * rows * bytes), at);
      };

      plan.writeTables(memory.buffer, base);
      const weight = region(plan.weight, of.outputs * plan.depth * size);
      const x = region(plan.x, plan.images * plan.padded * size);
      if (name === "convolutionWeight") weight.fill(0);
      else weight.set(b.subarray(bi, bi + weight.length));
      x.fill(0);
      for (let image = 0; image < of.batch; image += plan.images) {
        const images = Math.min(plan.images, of.batch - image);
        const [seen, made] = [plan.imagesOf(images), plan.matrixOf(images)];
        if (name === "convolutionInput") enter(made, a, ai + image * plan.made);
        else enter(seen, a, ai + image * plan.given);
        if (name === "convolutionWeight") enter(made, b, bi + image * plan.made);
        for (let group = 0; group < of.groups; group++) {
          // oxfmt-ignore
          kernel(
            size === 4,
            base + plan.y + (group * images * plan.made * size) / of.groups,
            base + plan.weight + group * weight.byteLength / of.groups,
            base + plan.x + (group * plan.padded * size) / of.groups,
            of.outputs / of.groups, images * plan.windows, plan.depth, base + plan.starts, base + plan.places, base + plan.free,
          );
        }
        if (name === "convolution") leave(made, o + image * plan.made);
        if (name === "convolutionInput") {
          leave(seen, o + image * plan.given);
          x.fill(0);
        }
      }
      if (name === "convolutionWeight") out.set(weight, o);
      return true;
    };
  };
