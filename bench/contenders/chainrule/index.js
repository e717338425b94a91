// @ts-check
import { existsSync } from "node:fs";
import { arrays } from "./arrays.js";
import { core } from "./library.js";
import { networks } from "./networks.js";
import { scalars } from "./scalars.js";

const BLAS = new URL("../../../packages/blas/dist/index.js", import.meta.url);
const names = () => core.kernelInfo().map(({ name, detail }) => `${name} (${detail})`).join(", then "); // prettier-ignore

/** @param {string} variant "shipped": as imported; "plain": JavaScript kernels only; "blas": with @chainrule/blas */
export async function load(variant) {
  const shipped = names();
  if (variant === "plain") {
    core.setKernels([]);
    if (names() === shipped) return { missing: "the same as chainrule: no other kernels in this build" };
  }
  if (variant === "blas") {
    if (!existsSync(BLAS)) return { missing: "no packages/blas in this build" };
    const { blas } = await import(BLAS.href);
    if (blas.matmul === undefined) return { missing: blas.detail() };
  }
  return { about: names(), kinds: { ...networks, ...scalars, ...arrays } };
}
