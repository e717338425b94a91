export { type ArgumentOf, type ArgumentsOf, checkGradients, type CheckOptions } from "./check.ts";
export type { Verdict } from "./reading.ts";
export { GradientCheckError, type GradientEntry, GradientReport } from "./report.ts";
