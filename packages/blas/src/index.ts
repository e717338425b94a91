import { type KernelSet, setKernels } from "@chainrule/core";
import { elementwiseOf } from "./elementwise.ts";
import { openLibrary } from "./library.ts";
import { axpbyOf, matmulOf } from "./products.ts";
import { multipliesRightly } from "./probe.ts";
import { runsOf } from "./sums.ts";

/**
 * Matrix products, sums and SGD's updates, of float32 and float64, by the platform's BLAS: OpenBLAS or BLIS on Linux, Accelerate on macOS,
 * or the library whose path the environment variable `CHAINRULE_BLAS` holds. Importing this package puts it in front of the kernels in
 * use. Where no library loads, it says so once on stderr, takes no work, and `kernelInfo()` tells why. OpenBLAS and BLIS get one thread
 * unless their own environment variables say otherwise.
 * @example
 * setKernels([blas]); // this and the plain kernels only
 */
export const blas: KernelSet = load();

function load(): KernelSet {
  const library = openLibrary();
  if (typeof library === "string") return unusable(library);
  const matmul = matmulOf(library);
  const { file, version, threads } = library;
  if (!multipliesRightly(matmul))
    return unusable(
      `${file} (${version}) multiplies wrongly on this machine; install another version, or another library`,
    );
  const detail = `${version}, ${file}, ${threads === 1 ? "1 thread" : "threads as its own settings say"}`;
  return {
    name: "blas",
    detail: () => detail,
    matmul,
    axpby: axpbyOf(library),
    elementwise: elementwiseOf(library),
    runs: runsOf(library),
  };
}

function unusable(why: string): KernelSet {
  console.warn(`@chainrule/blas is not used: ${why}; everything goes on with the other kernels.`);
  return { name: "blas", detail: () => `not used: ${why}` };
}

setKernels([blas, ...setKernels([])]);
