import "@chainrule/core"; // tensors have their methods

export * from "./lean.ts";
