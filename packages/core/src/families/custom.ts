import type { Op } from "../op.ts";
import type { Case } from "./linear.ts";

/** An operation with derivative rules of its own. Keep these few. */
export interface CustomOp<P> extends Op<P> {
  readonly cases: readonly Case<P>[];
}
