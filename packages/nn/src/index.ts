import "@chainrule/core"; // tensors have their methods
import { Module } from "./module.ts";

Object.defineProperty(Module.prototype, Symbol.for("nodejs.util.inspect.custom"), {
  value(this: Module) {
    return this.toString();
  },
});

export * from "./lean.ts";
