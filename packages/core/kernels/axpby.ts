/** y ← α·x + β·y over `bytes` bytes, a multiple of 64. */
export function axpby(single: bool, alpha: f64, x: usize, beta: f64, y: usize, bytes: usize): void {
  if (single) run<f32>(<f32>alpha, x, <f32>beta, y, bytes);
  else run<f64>(alpha, x, beta, y, bytes);
}

function run<T>(alpha: T, x: usize, beta: T, y: usize, bytes: usize): void {
  const a = v128.splat<T>(alpha);
  const b = v128.splat<T>(beta);
  for (const end = y + bytes; y < end; x += 16, y += 16) {
    v128.store(y, v128.add<T>(v128.mul<T>(a, v128.load(x)), v128.mul<T>(b, v128.load(y))));
  }
}
