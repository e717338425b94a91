// @ts-check
import { arrays } from "./arrays.js";
import { networks } from "./networks.js";

/** @param {string} variant "eager", or "jitted": the whole step compiled */
export async function load(variant) {
  const jax = await start();
  /** @type {(f: any) => any} */
  const compile = variant === "jitted" ? jax.jit : (f) => f;
  return { about: "wasm, one thread", kinds: { ...networks(jax, compile), ...arrays(jax, compile) } };
}

export async function start() {
  // It names a class that Node 20 does not have; nothing here is made of it.
  // @ts-expect-error
  globalThis.Float16Array ??= function () {};
  const jax = await import("@jax-js/jax");
  await jax.init("wasm");
  jax.defaultDevice("wasm");
  return jax;
}
