// @ts-check
// One contender in a process of its own: reads a request a line, writes an answer a line.
import { createInterface } from "node:readline";
import { checksum } from "./inputs.js";

/** @typedef {{ step: () => unknown; result: () => ArrayLike<number> | Promise<ArrayLike<number>>; dispose?: () => void; dtype?: string }} Workload */
/** @typedef {Record<string, (args: any) => Workload | null>} Kinds */

// What a library logs is no answer.
console.log = console.error;

const [family, variant] = /** @type {[string, string]} */ (process.argv.slice(2));
/** @type {Kinds} */
let kinds = {};
/** @type {Workload | null} */
let open = null;
/** What the last step returned, so that no engine may skip it. */
const kept = { last: /** @type {unknown} */ (null) };

/** @param {number} count */
async function run(count) {
  const { step } = /** @type {Workload} */ (open);
  for (let i = 0; i < count; i++) {
    const made = step();
    kept.last = made instanceof Promise ? await made : made;
  }
}

/** @type {Record<string, (request: any) => Promise<object>>} */
const answers = {
  async load() {
    const loaded = await (await import(`./${family}/index.js`)).load(variant);
    kinds = loaded.kinds ?? {};
    return { about: loaded.about, missing: loaded.missing };
  },
  /** Builds a workload, takes `steps` steps, and says what came out. */
  async open({ kind, args, steps = 1 }) {
    open = kinds[kind]?.(args) ?? null;
    if (open === null) return { missing: "not offered" };
    await run(steps);
    return { check: checksum(await open.result()), dtype: open.dtype };
  },
  /** Seconds an iteration over about `ms` milliseconds, and in the best twentieth of them. */
  async time({ ms }) {
    let count = 0;
    let batch = 1;
    let least = Infinity;
    const begin = performance.now();
    let now = begin;
    do {
      await run(batch);
      count += batch;
      const before = now;
      now = performance.now();
      if (now - before < ms / 20) batch *= 2;
      else least = Math.min(least, (now - before) / 1000 / batch);
    } while (now - begin < ms);
    return { seconds: (now - begin) / 1000 / count, least };
  },
  async close() {
    open?.dispose?.();
    open = kept.last = null;
    return {};
  },
  /** One step of a fresh process, and the most memory it has held. */
  async once({ kind, args }) {
    open = kinds[kind]?.(args) ?? null;
    if (open === null) return { missing: "not offered" };
    const begin = performance.now();
    await run(1);
    const seconds = (performance.now() - begin) / 1000;
    return { seconds, check: checksum(await open.result()), peak: process.resourceUsage().maxRSS / 1024 };
  },
  /** `steps` steps in one synchronous loop; memory in MB every `every` of them. */
  async soak({ kind, args, steps, every }) {
    open = kinds[kind]?.(args) ?? null;
    if (open === null) return { missing: "not offered" };
    const memory = [];
    const begin = performance.now();
    for (let i = 0; i < steps; i++) {
      const made = open.step();
      if (made instanceof Promise) return { missing: "not synchronous" };
      if ((i + 1) % every === 0) memory.push(process.memoryUsage.rss() / 2 ** 20);
    }
    const seconds = (performance.now() - begin) / 1000 / steps;
    return { seconds, memory, peak: process.resourceUsage().maxRSS / 1024 };
  },
  /** Import and first gradient. */
  async cold() {
    const begin = performance.now();
    const result = await (await import(`./${family}/cold.js`)).cold(variant);
    return { seconds: (performance.now() - begin) / 1000, check: checksum(result) };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  let answer;
  try {
    answer = await answers[request.do]?.(request);
  } catch (error) {
    answer = { failed: error instanceof Error ? error.message : String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
