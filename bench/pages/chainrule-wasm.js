// @ts-check
import { setKernels, wasmKernels } from "../../packages/core/dist/lean.js";
import "./chainrule-plain.js";

setKernels([wasmKernels]);
