import "./kernels/wasm/install.ts";
import "./methods.ts";

export * from "./lean.ts";
