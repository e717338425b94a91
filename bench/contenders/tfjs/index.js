// @ts-check
import { arrays } from "./arrays.js";
import { networks } from "./networks.js";

/** @param {string} variant the backend: "cpu" or "wasm" */
export async function load(variant) {
  const tf = await start(variant);
  const simd = variant === "wasm" ? `, SIMD ${tf.env().getBool("WASM_HAS_SIMD_SUPPORT")}, one thread` : "";
  return { about: `${tf.version.tfjs} ${tf.getBackend()}${simd}`, kinds: { ...networks(tf), ...arrays(tf) } };
}

/** @param {string} variant */
export async function start(variant) {
  const { default: tf } = await import("@tensorflow/tfjs");
  if (variant === "wasm") (await import("@tensorflow/tfjs-backend-wasm")).default.setThreadsCount(1);
  await tf.setBackend(variant);
  await tf.ready();
  return tf;
}
