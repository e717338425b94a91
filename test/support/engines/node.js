// `node node.js [plain]` prints what the programs compute, as JSON.
import { setKernels } from "@chainrule/core";
import { run } from "./programs.js";

if (process.argv[2] === "plain") setKernels([]);
console.log(JSON.stringify(run()));
