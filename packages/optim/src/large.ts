/** Elements from which on the kernels of a set are faster than a loop. */
export const LARGE = 256;
