/** Trains the network of example 10 before your eyes, then asks finite differences whether its gradients were right. */
import { styleText } from "node:util";
import { checkGradients, type GradientReport, tensor } from "@chainrule/core";
import { SingleBar } from "cli-progress";
import { INPUTS, lossOf, predict, run, start, TARGETS } from "./10-three-layers.ts";
import { curve } from "./program.ts";

const STEPS = 60_000;
/** Colours, a moving bar and a drawing need a terminal; a file or a pipe gets plain lines. */
const lively = process.stdout.isTTY && !process.env["NO_COLOR"];
const bold = (text: string) => (lively ? styleText("bold", text) : text);

const x = tensor(INPUTS);
const y = tensor(TARGETS);
const check = (weights: ReturnType<typeof start>): GradientReport =>
  checkGradients((w1, w2) => lossOf(predict({ w1, w2 }, x), y), [weights.w1, weights.w2], { throw: false });
const show = (when: string, report: GradientReport) => console.log(`gradient check ${when}: ${String(report)}`);

console.log(bold("Chainrule: a 3-4-1 network learns XOR, 60,000 steps of gradient descent"));
show("before training", check(start(1)));

const bar = lively ? new SingleBar({ format: "training {bar} {percentage} %  error {error}", hideCursor: true }) : null;
bar?.start(STEPS, 0, { error: "" });
const errors: number[] = [];
const begin = performance.now();
const trained = run({
  steps: STEPS,
  onStep(step, error) {
    if (step % 500 === 0) bar?.update(step, { error: error().toFixed(5) });
    if (step % 1000 === 0) errors.push(error());
  },
});
const seconds = (performance.now() - begin) / 1000;
bar?.update(STEPS);
bar?.stop();
console.log(`${STEPS} steps in ${seconds.toFixed(2)} s`);

if (lively) console.log(`\n${curve("mean absolute error, by step", errors, 1000)}\n`);
for (const { step, error } of trained.errors) console.log(`step ${String(step).padStart(5)}  error ${error}`);
console.log(bold("predictions"));
INPUTS.forEach((row, i) =>
  console.log(`  ${row.join(" ")} -> ${trained.outputs[i]!.toFixed(6)}  (target ${TARGETS[i]![0]})`),
);
show("after training", check(trained.weights));
