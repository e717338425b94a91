/** A character-level LSTM: it reads a text letter by letter, guesses each next letter, and then writes on its own. */
import { Generator, noGrad, stack, type Tensor, tensor } from "@chainrule/core";
import { crossEntropyLoss, Embedding, Linear, LSTM, Module } from "@chainrule/nn";
import { Adam, clipGradNorm } from "@chainrule/optim";
import { isProgram } from "./program.ts";

const WORDS = {
  which: ["a", "the", "every", "no"],
  how: ["small", "grey", "clever", "sleepy", "quiet"],
  who: ["fox", "owl", "cat", "heron", "badger"],
  does: ["sees", "follows", "likes", "forgets"],
};

/** Sentences such as `every sleepy owl likes the fox.`, each of all possible ones as likely. */
function write(generator: Generator, sentences: number): string {
  const one = (list: readonly string[]) => list[generator.randint(0, list.length, []).item()]!;
  const { which, how, who, does } = WORDS;
  const sentence = () => [one(which), one(how), one(who), one(does), one(which), one(who)].join(" ");
  return Array.from({ length: sentences }, () => `${sentence()}. `).join("");
}
/** As many as there are, in nats: what cannot be guessed of a sentence. */
const CHOICE = Math.log(WORDS.which.length ** 2 * WORDS.how.length * WORDS.who.length ** 2 * WORDS.does.length);

const SENTENCES = 400;

type State = readonly [hidden: Tensor, cell: Tensor];

class Writer extends Module {
  readonly letters: Embedding;
  readonly memory: LSTM;
  readonly guess: Linear;

  constructor(letters: number, hidden: number, generator: Generator) {
    super();
    this.letters = new Embedding(letters, 8, { generator });
    this.memory = new LSTM(8, hidden, { batchFirst: true, generator });
    this.guess = new Linear(hidden, letters, { generator });
  }
  /** Scores of the next letter, `[batch, time, letters]`, and what it remembers. */
  forward(text: Tensor, state?: State): [scores: Tensor, state: State] {
    const [output, next] = this.memory.forward(this.letters.forward(text), state);
    return [this.guess.forward(output), next];
  }
}

export function run({ seed = 1, steps = 240, window = 24, batchSize = 16, onStep = (_line: string) => {} } = {}) {
  const generator = new Generator(seed);
  const text = write(generator, SENTENCES);
  const letters = text.split("");
  const alphabet = [...new Set(letters)].sort();
  const codes = tensor(
    letters.map((letter) => alphabet.indexOf(letter)),
    { dtype: "int32" },
  ).as([-1]);
  const shares = alphabet.map((letter) => letters.filter((other) => other === letter).length / text.length);
  const unigram = -shares.reduce((sum, p) => sum + p * Math.log(p), 0);
  onStep(`${text.length} letters of ${alphabet.length} kinds; loss of a guess`);
  onStep(`  by how often each letter comes: ${unigram.toFixed(3)}`);
  onStep(`  by one who knows the sentences: ${((CHOICE * SENTENCES) / text.length).toFixed(3)}`);

  const model = new Writer(alphabet.length, 40, generator);
  const optimizer = new Adam(model.parameters(), { lr: 0.02 });

  /** Begins with one letter and draws each next one with the probability the model gives it. */
  const sample = (length: number): string => {
    let written = "";
    let state: State | undefined;
    let letter = alphabet.indexOf("t");
    for (let i = 0; i < length; i++) {
      written += alphabet[letter];
      const [scores, next] = noGrad(() => model.forward(tensor([[letter]], { dtype: "int32" }), state));
      state = next;
      let left = generator.rand([]).item();
      letter = scores
        .reshape([-1])
        .softmax()
        .toArray()
        .findIndex((p) => (left -= p) < 0);
    }
    return written;
  };

  let average = unigram;
  for (let step = 1; step <= steps; step++) {
    const starts = generator.randint(0, text.length - window, [batchSize]).toArray();
    const rows = stack(starts.map((start) => codes.slice(0, { start, end: start + window + 1 })));
    const [scores] = model.forward(rows.slice(1, { end: -1 }));
    const loss = crossEntropyLoss(scores.reshape([-1, alphabet.length]), rows.slice(1, { start: 1 }).reshape([-1]));
    optimizer.zeroGrad();
    loss.backward();
    clipGradNorm(model.parameters(), 1);
    optimizer.step();
    average += 0.05 * (loss.item() - average);
    if (step % 40 === 0) onStep(`step ${step}  loss ${average.toFixed(3)}  ${JSON.stringify(sample(60))}`);
  }
  return { unigram, loss: average, sample: sample(200) };
}

if (isProgram(import.meta.url)) {
  const { unigram, loss, sample } = run({ onStep: console.log });
  console.log(sample);
  if (loss > unigram / 3) throw new Error(`a loss of ${loss.toFixed(3)} is not well below ${unigram.toFixed(3)}`);
}
