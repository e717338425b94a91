import { mersenne, mersenneFromState } from "pure-rand/generator/mersenne";
import { ArgumentError, quoted } from "../errors.ts";
import { glibcLog } from "./log.ts";

/** Where a stream stands, as plain data that survives JSON. */
export interface StreamState {
  /** The 625 words of the Mersenne twister. */
  readonly words: readonly number[];
  /** The normal number already drawn but not yet given out, or null. */
  readonly gauss: number | null;
}

/**
 * The stream of NumPy's legacy `RandomState(seed)`, bit for bit: MT19937 seeded by Knuth's recurrence, uniform doubles of 53
 * bits, the polar Box–Muller method for normal ones, masked rejection for integers. Throws `ArgumentError` unless the seed is an
 * integer from 0 to 2³² − 1.
 */
export class LegacyStream {
  private twister: ReturnType<typeof mersenne>;
  private gaussLeft: number | null = null;

  constructor(seed: number) {
    if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
      throw new ArgumentError(`Generator: the seed is an integer from 0 to 4294967295, got ${quoted(seed)}`);
    }
    this.twister = mersenne(seed);
  }

  /** Uniform in [0, 1), a multiple of 2⁻⁵³: `random_sample()`. */
  random(): number {
    const { twister } = this;
    const high = twister.next() >>> 5;
    const low = twister.next() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** Standard normal: `standard_normal()`. Two come from one pair of uniform draws; the second waits for the next call. */
  gauss(): number {
    if (this.gaussLeft !== null) {
      const waiting = this.gaussLeft;
      this.gaussLeft = null;
      return waiting;
    }
    let x: number;
    let y: number;
    let square: number;
    do {
      x = 2 * this.random() - 1;
      y = 2 * this.random() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square === 0);
    const radius = Math.sqrt((-2 * glibcLog(square)) / square);
    this.gaussLeft = radius * x;
    return radius * y;
  }

  /** Uniform integer in [0, max], for max below 2⁵³: draws of as many bits as max has, until one is not above it. */
  interval(max: number): number {
    if (!Number.isSafeInteger(max) || max < 0) {
      throw new ArgumentError(`Generator: the largest integer to draw is from 0 to 2^53 - 1, got ${quoted(max)}`);
    }
    if (max === 0) return 0;
    const { twister } = this;
    if (max <= 0xffffffff) {
      const mask = 0xffffffff >>> Math.clz32(max);
      for (;;) {
        const value = (twister.next() & mask) >>> 0;
        if (value <= max) return value;
      }
    }
    const highMask = 0xffffffff >>> Math.clz32(Math.floor(max / 2 ** 32));
    for (;;) {
      const high = twister.next() & highMask; // the high word is drawn first
      const value = high * 2 ** 32 + (twister.next() >>> 0);
      if (value <= max) return value;
    }
  }

  /** Uniform integer in [low, high): `randint(low, high)`. */
  randint(low: number, high: number): number {
    checkBounds(low, high);
    return low + this.interval(high - 1 - low);
  }

  /** The integers 0 … n − 1 in random order: `permutation(n)`. */
  permutation(n: number): Int32Array {
    if (!Number.isInteger(n) || n < 0 || n > 0x7fffffff) {
      throw new ArgumentError(`permutation: the length is an integer from 0 to 2147483647, got ${quoted(n)}`);
    }
    const order = new Int32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    this.shuffle(order);
    return order;
  }

  /** Puts the elements into random order, in place: `shuffle(array)` of a one-dimensional array. */
  shuffle<T>(array: { readonly length: number; [index: number]: T }): void {
    for (let i = array.length - 1; i > 0; i--) {
      const j = this.interval(i);
      const moved = array[i]!;
      array[i] = array[j]!;
      array[j] = moved;
    }
  }

  getState(): StreamState {
    return { words: [...this.twister.getState()], gauss: this.gaussLeft };
  }

  /** Continues exactly where `getState` was called. Throws `ArgumentError`, and changes nothing, on anything else. */
  setState(state: StreamState): void {
    const { words, gauss } = checkedState(state);
    this.twister = mersenneFromState(words);
    this.gaussLeft = gauss;
  }
}

export function checkBounds(low: number, high: number): void {
  if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high)) {
    throw new ArgumentError(
      `randint: the bounds are integers within ±(2^53 - 1), got ${quoted(low)} and ${quoted(high)}`,
    );
  }
  if (low >= high) throw new ArgumentError(`randint: low must be below high, got ${low} and ${high}`);
  if (!Number.isSafeInteger(high - 1 - low)) {
    throw new ArgumentError(`randint: the range from ${low} to ${high} is wider than 2^53; draw from a narrower one`);
  }
}

function checkedState(state: unknown): StreamState {
  const { words, gauss = Number.NaN } = (state ?? {}) as Partial<StreamState>;
  const wordsFit =
    Array.isArray(words) &&
    words.length === 625 &&
    words.every((word, i) => word === (word | 0) && (i > 0 || (word >= 0 && word < 624))) &&
    words.some((word, i) => i > 0 && word !== 0); // from zeros the twister gives zeros for ever
  if (!wordsFit || !(gauss === null || Number.isFinite(gauss))) {
    throw new ArgumentError(
      "Generator: this is not a state that getState() returned, or it has been changed or cut short",
    );
  }
  return { words, gauss };
}
