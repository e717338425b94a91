// @ts-check
// The compiled packages, by path: they are measured as published, without being installed here.
export * as core from "../../../packages/core/dist/index.js";
export * as nn from "../../../packages/nn/dist/index.js";
export * as optim from "../../../packages/optim/dist/index.js";
