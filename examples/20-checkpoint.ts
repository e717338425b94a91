/** A training that is cut off and resumed from a file ends bit for bit where one that ran through does. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Generator } from "@chainrule/core";
import { batches, loadCheckpoint, saveCheckpoint, spirals } from "@chainrule/data";
import { readFile, writeFile } from "@chainrule/data/node";
import { BatchNorm1d, crossEntropyLoss, Dropout, Linear, ReLU, sequential } from "@chainrule/nn";
import { AdamW, CosineAnnealingLR } from "@chainrule/optim";
import { isProgram } from "./program.ts";

/** Everything that a training remembers, in `parts`: weights and statistics, moments, the rate, the state of the random numbers. */
function training(seed: number, epochs: number) {
  const data = spirals(192, { noise: 0.02, seed: 1 });
  const generator = new Generator(seed);
  const model = sequential(
    new Linear(2, 32, { generator }),
    new BatchNorm1d(32),
    new ReLU(),
    new Dropout(0.1, { generator }),
    new Linear(32, 2, { generator }),
  );
  const optimizer = new AdamW(model.parameters(), { lr: 0.02 });
  const schedule = new CosineAnnealingLR(optimizer, { tMax: epochs });
  const epoch = (): number => {
    let total = 0;
    for (const { x, y } of batches(data, { batchSize: 32, shuffle: true, generator })) {
      const loss = crossEntropyLoss(model.forward(x), y);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      total += loss.item();
    }
    schedule.step();
    return total;
  };
  return { parts: { model, optimizer, schedule, generator }, epoch };
}

export function run({ epochs = 40, cut = 15 } = {}) {
  const through = training(1, epochs);
  const losses = Array.from({ length: epochs }, through.epoch);

  const folder = mkdtempSync(join(tmpdir(), "chainrule-"));
  try {
    const file = join(folder, "training.safetensors");
    const first = training(1, epochs);
    for (let i = 0; i < cut; i++) first.epoch();
    writeFile(file, saveCheckpoint(first.parts, { epochs: cut }));

    const second = training(2, epochs); // begins with other weights and other random numbers, until it has read the file
    const { epochs: done } = loadCheckpoint(readFile(file), second.parts);
    const resumed = Array.from({ length: epochs - Number(done) }, second.epoch);
    const [a, b] = [through, second].map(({ parts }) => parts.model.stateDict());
    return { losses, resumed, same: Object.keys(a!).every((name) => a![name]!.eq(b![name]!).all().item() === 1) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (isProgram(import.meta.url)) {
  const { losses, resumed, same } = run();
  const cut = losses.length - resumed.length;
  console.log("epoch  ran through          resumed");
  for (let i = 0; i < losses.length; i += 3)
    console.log(`${String(i).padStart(5)}  ${String(losses[i]).padEnd(19)}  ${resumed[i - cut] ?? ""}`);
  if (!same || resumed.some((loss, i) => loss !== losses[cut + i]))
    throw new Error("the resumed training went another way");
  console.log("every loss and every weight is the same, bit for bit");
}
