// @ts-check
import { XOR } from "../inputs.js";

export async function cold() {
  // Where `cold` of harness/measure.js has laid out what is published.
  const { core, nn, optim } = await import(new URL("../../.published/library.js", import.meta.url).href);
  const model = nn.sequential(new nn.Linear(3, 4, { bias: false }), new nn.Sigmoid());
  model.layers[0].weight.assign(core.full([4, 3], 0.5));
  const loss = model.forward(core.tensor(XOR.inputs)).sum();
  loss.backward();
  new optim.SGD(model.parameters(), { lr: 1 }).step();
  return [loss.item()];
}
