// @ts-check
// One contender in a process of its own: reads a request a line, writes an answer a line.
import { createInterface } from "node:readline";
import { clockOf } from "./clock.js";
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
/** Steps between two looks at the clock. */
let batch = 1;
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
    batch = 1;
    await run(steps);
    return { check: checksum(await open.result()), dtype: open.dtype };
  },
  /** Seconds an iteration over about `ms` milliseconds, and in the best twentieth of them. */
  async time({ ms, cpu }) {
    const clock = clockOf(cpu);
    const end = performance.now() + ms;
    let count = 0;
    let sum = 0;
    let least = Infinity;
    do {
      const size = batch;
      const begin = clock();
      await run(size);
      const spent = (clock() - begin) / 1000;
      count += size;
      sum += spent;
      if (spent * 1000 < ms / 20) batch *= 2;
      else least = Math.min(least, spent / size);
    } while (performance.now() < end || least === Infinity);
    return { seconds: sum / count, least };
  },
  async close() {
    open?.dispose?.();
    open = kept.last = null;
    return {};
  },
  /** One step of a fresh process, and the most memory it has held. */
  async once({ kind, args, cpu }) {
    open = kinds[kind]?.(args) ?? null;
    if (open === null) return { missing: "not offered" };
    const clock = clockOf(cpu);
    const begin = clock();
    await run(1);
    const seconds = (clock() - begin) / 1000;
    return { seconds, check: checksum(await open.result()), peak: process.resourceUsage().maxRSS / 1024 };
  },
  /** `steps` steps in one synchronous loop; memory in MB every `every` of them. */
  async soak({ kind, args, steps, every, cpu }) {
    open = kinds[kind]?.(args) ?? null;
    if (open === null) return { missing: "not offered" };
    const memory = [];
    const clock = clockOf(cpu);
    const begin = clock();
    for (let i = 0; i < steps; i++) {
      const made = open.step();
      if (made instanceof Promise) return { missing: "not synchronous" };
      if ((i + 1) % every === 0) memory.push(process.memoryUsage.rss() / 2 ** 20);
    }
    const seconds = (clock() - begin) / 1000 / steps;
    return { seconds, memory, peak: process.resourceUsage().maxRSS / 1024 };
  },
  /** Import and first gradient. */
  async cold({ cpu }) {
    const clock = clockOf(cpu);
    const begin = clock();
    const result = await (await import(`./${family}/cold.js`)).cold(variant);
    return { seconds: (clock() - begin) / 1000, check: checksum(result) };
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
