// WebAssembly without the types of a browser or of Node: what is used of it.
export interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
export interface Engine {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (size: { initial: number }) => Memory;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
}
declare const WebAssembly: Engine | undefined;

const PAGE = 65536;

/**
 * A module of kernels, compiled when it is first asked for, and its memory. Kernels find their inputs and leave their results in the
 * memory behind `scratch()`, which nobody owns from call to call.
 */
export class WasmModule<Exports extends { scratch(): number }> {
  /** The memory as numbers; other arrays after `room` has made it larger. */
  floats: Float32Array = new Float32Array();
  doubles: Float64Array = new Float64Array();
  bytes: Uint8Array = new Uint8Array();
  private readonly binary: string;
  private readonly missing: string;
  private loaded: Exports | null | undefined = undefined;
  private memory: Memory | null = null;
  private start = 0;
  private reason = "";

  /** `missing` says what the engine lacks if the module is not valid there. */
  constructor(binary: string, missing: string) {
    this.binary = binary;
    this.missing = missing;
  }

  /** The kernels, or `null` where they cannot run. */
  get exports(): Exports | null {
    return this.loaded === undefined ? this.load() : this.loaded;
  }

  /** Why there are no kernels; empty if there are. */
  get why(): string {
    return this.exports === null ? this.reason : "";
  }

  /** The address of `bytes` bytes, a multiple of 64; 0 if there is not so much memory. */
  room(bytes: number): number {
    const wanted = this.start + bytes - this.bytes.length;
    if (wanted > 0) {
      const memory = this.memory!;
      try {
        memory.grow(Math.ceil(wanted / PAGE));
      } catch {
        return 0;
      }
      this.view(memory);
    }
    return this.start;
  }

  private view({ buffer }: Memory): void {
    this.floats = new Float32Array(buffer);
    this.doubles = new Float64Array(buffer);
    this.bytes = new Uint8Array(buffer);
  }

  private load(): Exports | null {
    this.loaded = null;
    if (typeof WebAssembly === "undefined") {
      this.reason = "this engine has no WebAssembly";
      return null;
    }
    try {
      const bytes = fromHex(this.binary);
      if (!WebAssembly.validate(bytes)) {
        this.reason = this.missing;
        return null;
      }
      // Both steps are refused where a page's content security policy forbids WebAssembly.
      const module = new WebAssembly.Module(bytes);
      const memory = new WebAssembly.Memory({ initial: 16 });
      this.loaded = new WebAssembly.Instance(module, { env: { memory } }).exports as Exports;
      this.memory = memory;
      this.start = this.loaded.scratch();
      this.view(memory);
    } catch (error) {
      this.reason = String(error);
    }
    return this.loaded;
  }
}

/** The bytes that pairs of digits 0 to 9 and a to f stand for. */
function fromHex(text: string): Uint8Array<ArrayBuffer> {
  const digit = (at: number): number => {
    const code = text.charCodeAt(at);
    return code < 58 ? code - 48 : code - 87;
  };
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = 16 * digit(2 * i) + digit(2 * i + 1);
  return bytes;
}
