import { FileError } from "./errors.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * Reads JSON from a file that may be hostile: strict, in one pass, without building what the caller has not asked for. A key that
 * comes twice, or that is `__proto__`, is an error, and so is deep nesting.
 */
export class JsonReader {
  private at = 0;
  private depth = 0;
  private readonly op: string;
  private readonly text: string;

  constructor(op: string, text: string) {
    this.op = op;
    this.text = text;
  }

  /** Calls `entry` for each key of an object; it reads the value. */
  object(entry: (key: string) => void): void {
    const keys = new Set<string>();
    this.list("{", "}", () => {
      const key = this.string();
      if (key === "__proto__") this.fail('the key "__proto__" is not allowed');
      if (keys.has(key)) this.fail(`the key ${JSON.stringify(key)} comes twice`);
      keys.add(key);
      this.expect(":");
      entry(key);
    });
  }

  /** Calls `item` for each item of an array; it reads the item. */
  array(item: () => void): void {
    this.list("[", "]", item);
  }

  string(): string {
    this.expect('"');
    const start = this.at;
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code === 0x22) break;
      if (Number.isNaN(code)) this.fail("a string has no end");
      this.at += code === 0x5c ? 2 : 1;
    }
    return this.parse(start - 1, ++this.at) as string;
  }

  /** A whole number from 0 up, written in digits alone. */
  count(): number {
    const digits = this.match(/(?:0|[1-9]\d{0,15})(?![\d.eE])/y);
    const count = Number(digits ?? NaN);
    return Number.isSafeInteger(count) ? count : this.fail("expected a whole number from 0 to 2^53 - 1");
  }

  /** Any value, built. */
  value(): Json {
    switch (this.peek()) {
      case "{": {
        const entries: [string, Json][] = [];
        this.object((key) => entries.push([key, this.value()]));
        return Object.fromEntries(entries);
      }
      case "[": {
        const items: Json[] = [];
        this.array(() => items.push(this.value()));
        return items;
      }
      case '"':
        return this.string();
      default: {
        const start = this.at;
        if (this.match(/-?\d{1,400}(?:\.\d{1,400})?(?:[eE][-+]?\d{1,10})?|true|false|null/y) === null)
          this.fail("expected a value");
        return this.parse(start, this.at);
      }
    }
  }

  /** Nothing but white space may be left. */
  end(): void {
    this.peek();
    if (this.at < this.text.length) this.fail("expected the end");
  }

  fail(why: string): never {
    throw new FileError(this.op, `${why}, at character ${this.at} of the JSON`);
  }

  private list(open: string, close: string, item: () => void): void {
    this.expect(open);
    if (++this.depth > 64) this.fail("nested deeper than 64");
    if (this.peek() !== close) {
      item();
      while (this.peek() === ",") {
        this.at++;
        item();
      }
    }
    this.expect(close);
    this.depth--;
  }

  private expect(sign: string): void {
    if (this.peek() !== sign) this.fail(`expected ${sign}`);
    this.at++;
  }

  /** The next character that is no white space; "" at the end. */
  private peek(): string {
    for (;;) {
      const sign = this.text.charAt(this.at);
      if (sign !== " " && sign !== "\n" && sign !== "\r" && sign !== "\t") return sign;
      this.at++;
    }
  }

  private match(pattern: RegExp): string | null {
    this.peek();
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? null;
    if (found !== null) this.at += found.length;
    return found;
  }

  /** What a token says. */
  private parse(start: number, end: number): Json {
    try {
      return JSON.parse(this.text.slice(start, end)) as Json;
    } catch {
      return this.fail("a text is not written as JSON writes it");
    }
  }
}
