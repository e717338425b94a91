import { setKernels } from "../sets.ts";
import { wasmKernels } from "./index.ts";

setKernels([wasmKernels]);
