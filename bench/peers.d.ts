// Untyped, so that the harness is checked without installing what it measures.
declare module "@jax-js/jax";
declare module "@tensorflow/tfjs";
declare module "@tensorflow/tfjs-backend-wasm";
declare module "esbuild";
