// Run by scale.test.ts under plain node, on compiled code: `node scale.js <core/index.js> <task> <length>` prints what it measured as JSON.
import process from "node:process";

const [, , core, task, size] = process.argv;
const length = Number(size);
const { checkGradients, checkpoint, customGradient, full, grad, jvp, tensor, value } = await import(core);

/** Seconds that `fn` takes, and what it returns. */
function timed(fn) {
  const start = process.hrtime.bigint();
  const result = fn();
  return [Number(process.hrtime.bigint() - start) / 1e9, result];
}
const repeat = (x, f) => {
  let y = x;
  for (let i = 0; i < length; i++) y = f(y);
  return y;
};
const factor = Math.exp(-1 / length);
const near = (a, b) => Math.abs(a - b) <= 1e-6 * Math.abs(b);

const TASKS = {
  /** A chain of scalar operations: build, backward, forward mode, printing. */
  scalars() {
    const x = value(2, { requiresGrad: true });
    const chain = { end: null }; // let go of when it has served
    const [build] = timed(() => (chain.end = repeat(x, (z) => z.mul(factor))));
    const [backward] = timed(() => chain.end.backward());
    const printed = String(chain.end);
    chain.end = null;
    const [forward, [, dy]] = timed(() => jvp((z) => repeat(z, (w) => w.mul(factor)), [value(2)], [value(1)]));
    const right = near(x.grad.item(), 1 / Math.E) && near(dy.item(), 1 / Math.E) && printed.startsWith("Tensor(0.7357");
    return { right, seconds: { build, backward, forward } };
  },
  /** The same with tensors of 2 × 3, where each result is used twice. */
  tensors() {
    const x = full([2, 3], 2, { requiresGrad: true });
    const step = (z) => z.mul(factor / 2).add(z.mul(factor / 2));
    const chain = { end: null };
    const [build] = timed(() => (chain.end = repeat(x, step).sum()));
    const [backward] = timed(() => chain.end.backward());
    chain.end = null;
    const [forward, [, dy]] = timed(() => jvp((z) => repeat(z, step), [full([2, 3], 2)], [full([2, 3], 1)]));
    const right = near(x.grad.toTypedArray()[5], 1 / Math.E) && near(dy.toTypedArray()[0], 1 / Math.E);
    return { right, seconds: { build, backward, forward } };
  },
  /** Gradient checking and second derivatives of a chain. */
  checking() {
    const f = (x) => repeat(x, (z) => z.mul(factor)).mul(x);
    const [check, report] = timed(() => checkGradients(f, [value(0.5)]));
    const [second, slope] = timed(() => grad(grad(f))(value(0.5)));
    return { right: report.passed !== false && near(slope.item(), 2 / Math.E), seconds: { check, second } };
  },
  /** Checkpoints and operations with rules of their own, one after the other. */
  custom() {
    const scale = value(factor, { requiresGrad: true });
    const saved = checkpoint((z) => z.mul(scale).add(tensor([0, 0])));
    const own = customGradient({ forward: (z) => z.mul(factor), vjp: (g) => g.mul(factor) });
    const x = tensor([2, 2], { requiresGrad: true });
    const [checkpoints] = timed(() => repeat(x, saved).sum().backward());
    const [rules, [, dy]] = timed(() => jvp((z) => repeat(z, own), [tensor([2, 2])], [tensor([1, 1])]));
    return {
      right: near(x.grad.toTypedArray()[0], 1 / Math.E) && near(dy.toTypedArray()[0], 1 / Math.E),
      seconds: { checkpoints, rules },
    };
  },
};

const result = TASKS[task]();
process.stdout.write(JSON.stringify({ ...result, megabytes: Math.round(process.resourceUsage().maxRSS / 1024) }));
