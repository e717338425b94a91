import { describeArgument } from "@chainrule/core/internal";
import { ArgumentError, type ChainFn, type Fits, Tensor } from "@chainrule/core/lean";
import { Layer } from "./layer.ts";
import { Module } from "./module.ts";
import { atLayer } from "./place.ts";

/** What `sequential` strings together: a module whose `forward` takes one tensor and returns one, or a function that does. */
export type LayerLike = (Module & { forward(x: never): Tensor }) | ((x: Tensor) => Tensor);

/**
 * One layer after the other. The compiler checks that each fits those before it, and types `forward` from end to end; behind a plain
 * function, or a module whose `forward` says nothing of shapes, it knows none. An error that a layer raises ends with its place, as in
 * `Linear(64, 10): input [32,128] ends in 128, expected 64 (layer 2)`, which is also its `path`.
 *
 * @example
 * const model = new Sequential(new Linear(784, 128), new ReLU(), new Linear(128, 10));
 * model.forward(zeros([32, 784])).shape; // [32, 10]
 * model.parameters().length; // 4: 0.weight, 0.bias, 2.weight, 2.bias
 * @throws ArgumentError for what is neither a module with `forward` nor a function.
 */
export class Sequential<L extends readonly LayerLike[] = readonly LayerLike[]> extends Layer<ChainFn<L>> {
  readonly layers: L;

  constructor(...layers: { [I in keyof L]: Fits<L, I, L[I]> }) {
    super();
    this.layers = layers as unknown as L;
    layers.forEach((layer: unknown, i) => {
      const wrong = wrongLayer(layer);
      if (wrong !== undefined) throw new ArgumentError(`Sequential: layer ${i} is ${wrong}`);
    });
  }

  protected compute(x: Tensor): Tensor {
    const layers: readonly LayerLike[] = this.layers;
    let at = 0;
    try {
      for (; at < layers.length; at++) {
        const layer = layers[at]!;
        x = typeof layer === "function" ? layer(x) : layer.forward(x as never);
        if (!(x instanceof Tensor))
          throw new ArgumentError(`Sequential: a layer returns a tensor, got ${describeArgument(x)}`);
      }
      return x;
    } catch (error) {
      throw atLayer(error, at);
    }
  }

  /** Layers go by their place: the weight of the first is `0.weight`, as in PyTorch. */
  override members(): Iterable<readonly [string, unknown]> {
    return Object.entries(this.layers);
  }

  protected override contents(): Iterable<readonly [name: string, text: string]> {
    return Object.entries(this.layers).map(([i, layer]) => [i, nameOf(layer)]);
  }
}

/**
 * One layer after the other, as `new Sequential(...)`.
 *
 * @example
 * const model = sequential(new Linear(2, 3), new Tanh(), new Linear(3, 1), (x) => x.sin());
 */
export const sequential = <L extends readonly LayerLike[]>(
  ...layers: { [I in keyof L]: Fits<L, I, L[I]> }
): Sequential<L> => new Sequential<L>(...layers);

/** What stands in the place of a layer and is none. */
function wrongLayer(x: unknown): string | undefined {
  if (typeof x === "function")
    return x.prototype instanceof Module ? `the class ${x.name}; write new ${x.name}(…)` : undefined;
  if (typeof (x as { forward?: unknown } | null)?.forward === "function") return undefined;
  return Array.isArray(x)
    ? "an array; spread it: sequential(...layers)"
    : "neither a module with forward() nor a function";
}

/** A module prints itself, an operation has its name, and so may a function. */
const nameOf = (layer: LayerLike & { readonly op?: { readonly name: string } }): string =>
  typeof layer === "function" ? (layer.op?.name ?? layer.name) || "function" : layer.toString();
