/** How wrong is a prediction? The mean of the squared errors. */
import { tensor } from "@chainrule/core";
import { mseLoss } from "@chainrule/nn";
import { isProgram } from "./program.ts";

export function run({ truth = [1, 0, 0, 1], prediction = [0, 0, 0, 0] } = {}) {
  return { loss: mseLoss(tensor(prediction), tensor(truth)).item() };
}

if (isProgram(import.meta.url)) console.log(run().loss);
