import "./methods.ts";

export * from "./lean.ts";
