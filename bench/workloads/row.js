// @ts-check

/**
 * A row of the table: what is measured, and what Chainrule must reach.
 * @typedef {object} Row
 * @property {string} name
 * @property {"float32" | "float64"} dtype of the workload; "" where none matters
 * @property {"once" | "soak" | "cold" | "page"} [how] one step of a fresh process, many steps of one, import and first gradient, or
 * bytes of a bundle; slices of time in turn if left out
 * @property {string} kind the name contenders offer it under
 * @property {object} args
 * @property {number} [steps] taken before results are compared
 * @property {number} [operations] in one iteration, to give a rate in place of a time
 * @property {string} [unit] of the rate: 1e9 of them a second for "GF/s", 1e6 for "Mop/s"
 * @property {number} [shorter] for "once": a size, smaller by ten, that shows how time grows
 * @property {readonly string[]} [contenders] the only ones that are asked
 * @property {readonly Target[]} targets
 */

/**
 * Chainrule's figure ≤ `factor` × the best of the contenders `of`, ≤ `factor` × its own in the row `row`, or ≤ `most`.
 * @typedef {object} Target
 * @property {string} text
 * @property {string} [by] which Chainrule; the shipped one if left out
 * @property {readonly string[]} [of]
 * @property {string} [row]
 * @property {number} [factor]
 * @property {number} [most]
 * @property {"seconds" | "peak" | "growth"} [figure] time if left out
 */

/** @param {Row} row */
export const rowOf = (row) => row;

export const JS = ["tfjs cpu", "tfjs wasm", "jax eager", "jax jitted"];
const SHORT = { "tfjs wasm": "tfjs-wasm", torch: "PyTorch", numpy: "NumPy" };

/** @param {string} name @param {number} factor @returns {Target} */
export const against = (name, factor, by = "chainrule") => ({
  text: `≤ ${factor} ${SHORT[/** @type {keyof typeof SHORT} */ (name)] ?? name}${by === "chainrule" ? "" : " (BLAS)"}`,
  of: [name],
  factor,
  by,
});
/** @param {number} factor @returns {Target} */
export const againstJax = (factor) => ({ text: `≤ ${factor} jax-js`, of: ["jax eager", "jax jitted"], factor });
/** @param {number} factor @returns {Target} */
export const againstAllJs = (factor) => ({ text: `≤ ${factor} any JS peer`, of: JS, factor });
/** @param {string} text @param {number} most @param {Target["figure"]} [figure] @returns {Target} */
export const atMost = (text, most, figure = "seconds") => ({ text, most, figure });
