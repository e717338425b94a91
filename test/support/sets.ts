import { type KernelSet, setKernels, wasmKernels } from "@chainrule/core";

/** Sets of kernels, by name; the plain ones do what the others leave. */
export const sets: Readonly<Record<string, readonly KernelSet[]>> = { javascript: [], wasm: [wasmKernels] };

export function withKernels<T>(set: readonly KernelSet[], run: () => T): T {
  const before = setKernels(set);
  try {
    return run();
  } finally {
    setKernels(before);
  }
}
