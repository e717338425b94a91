import type Koffi from "koffi";

/** C functions that are called with numbers and typed arrays; what they return depends on the function. */
type Native = (...args: readonly (number | ArrayBufferView)[]) => unknown;
type Loaded = ReturnType<typeof Koffi.load>;

export interface Library {
  readonly file: string;
  readonly version: string;
  /** Threads it has been limited to; `null` where its own settings hold. */
  readonly threads: number | null;
  readonly sgemm: Native;
  readonly dgemm: Native;
  readonly sdot: Native;
  readonly ddot: Native;
  readonly saxpy: Native;
  readonly daxpy: Native;
  readonly sscal: Native;
  readonly dscal: Native;
  readonly sger: Native;
  readonly dger: Native;
  readonly sgemv: Native;
}

/** What differs between libraries: how they are asked for their version, and told to use one thread. */
interface Kind {
  readonly name: string;
  readonly version: string;
  readonly setThreads: string;
  readonly count: string;
  /** Environment variables by which users choose the threads themselves. */
  readonly variables: readonly string[];
}
const KINDS: readonly Kind[] = [
  {
    name: "OpenBLAS",
    version: "openblas_get_config",
    setThreads: "openblas_set_num_threads",
    count: "int",
    variables: ["OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS"],
  },
  {
    name: "BLIS",
    version: "bli_info_get_version_str",
    setThreads: "bli_thread_set_num_threads",
    count: "int64_t", // dim_t of the usual 64-bit builds
    variables: ["BLIS_NUM_THREADS", "OMP_NUM_THREADS"],
  },
];

/** Names under which the platforms' loaders know the libraries, best first, and what to install where there is none. */
const PLATFORMS: Record<string, { readonly files: readonly string[]; readonly install: string }> = {
  linux: {
    files: ["libopenblas.so.0", "libopenblas.so.3", "libopenblas.so", "libblis.so.4", "libblis.so"],
    install: "install OpenBLAS (apt install libopenblas0, dnf install openblas, apk add openblas)",
  },
  darwin: {
    files: ["/System/Library/Frameworks/Accelerate.framework/Accelerate"],
    install: "Accelerate should be a part of macOS",
  },
  win32: { files: ["libopenblas.dll", "openblas.dll"], install: "put OpenBLAS's libopenblas.dll on the PATH" },
};
const ELSEWHERE = { files: ["libopenblas.so"], install: "install OpenBLAS" };

/** Loads the library that `CHAINRULE_BLAS` names, else the platform's; a string says why there is none and what to do. */
export function openLibrary(): Library | string {
  // Not a static import: where there is no Node or no koffi, everything goes on.
  const node = globalThis.process?.getBuiltinModule?.("node:module");
  if (node === undefined) return "native libraries need Node";
  let koffi: typeof Koffi;
  try {
    koffi = node.createRequire(import.meta.url)("koffi") as typeof Koffi;
  } catch (error) {
    return `koffi, which calls the library, does not load (${reason(error)}); install it again without omitting optional dependencies`;
  }
  const { files, install } = PLATFORMS[process.platform] ?? ELSEWHERE;
  const named = process.env["CHAINRULE_BLAS"];
  const failures: string[] = [];
  for (const file of named ? [named] : files) {
    try {
      return libraryOf(file, koffi.load(file));
    } catch (error) {
      failures.push(reason(error));
    }
  }
  return named
    ? `CHAINRULE_BLAS is ${named}, which does not serve (${failures[0]})`
    : `no library found (tried ${files.join(", ")}); ${install}, or set CHAINRULE_BLAS to the path of a library with CBLAS functions`;
}
const reason = (error: unknown): string => String((error as Error).message).split("\n")[0]!;

function libraryOf(file: string, loaded: Loaded): Library {
  const gemm = (name: string, real: string): Native =>
    loaded.func(name, "void", [
      "int", "int", "int", "int", "int", "int", real, "void *", "int", "void *", "int", real, "void *", "int",
    ]) as Native; // prettier-ignore
  const dot = (name: string, real: string): Native =>
    loaded.func(name, real, ["int", "void *", "int", "void *", "int"]) as Native;
  const axpy = (name: string, real: string): Native =>
    loaded.func(name, "void", ["int", real, "void *", "int", "void *", "int"]) as Native;
  const scal = (name: string, real: string): Native =>
    loaded.func(name, "void", ["int", real, "void *", "int"]) as Native;
  const ger = (name: string, real: string): Native =>
    loaded.func(name, "void", ["int", "int", "int", real, "void *", "int", "void *", "int", "void *", "int"]) as Native;
  const gemv = (name: string, real: string): Native =>
    loaded.func(name, "void", [
      "int", "int", "int", "int", real, "void *", "int", "void *", "int", real, "void *", "int",
    ]) as Native; // prettier-ignore
  const functions = {
    sgemm: gemm("cblas_sgemm", "float"),
    dgemm: gemm("cblas_dgemm", "double"),
    sdot: dot("cblas_sdot", "float"),
    ddot: dot("cblas_ddot", "double"),
    saxpy: axpy("cblas_saxpy", "float"),
    daxpy: axpy("cblas_daxpy", "double"),
    sscal: scal("cblas_sscal", "float"),
    dscal: scal("cblas_dscal", "double"),
    sger: ger("cblas_sger", "float"),
    dger: ger("cblas_dger", "double"),
    sgemv: gemv("cblas_sgemv", "float"),
  };
  const kind = KINDS.find(({ setThreads }) => has(loaded, setThreads));
  if (kind === undefined) return { file, version: "CBLAS", threads: null, ...functions };
  const theirs = kind.variables.some((variable) => process.env[variable]);
  if (!theirs) loaded.func(kind.setThreads, "void", [kind.count])(1);
  const version = String(loaded.func(kind.version, "str", [])());
  return {
    file,
    version: version.startsWith(kind.name) ? version : `${kind.name} ${version}`,
    threads: theirs ? null : 1,
    ...functions,
  };
}

function has(loaded: Loaded, name: string): boolean {
  try {
    loaded.symbol(name);
    return true;
  } catch {
    return false;
  }
}
