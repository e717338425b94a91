// @ts-check
import { arrays } from "./arrays.js";
import { fresh, pages } from "./fresh.js";
import { networks } from "./networks.js";

export const ROWS = [...networks, ...arrays, ...fresh, ...pages];
