// One step of an optimizer that divides by the root of a running square; packages/core/src/kernels/sets.ts has the formula.

/** Places of its numbers. */
const enum Of {
  Sign,
  Penalty,
  Share,
  Keep,
  Add,
  Decay,
  Rate,
  Root,
  Eps,
}

class Numbers {
  @inline static at<T>(numbers: usize, i: i32): v128 {
    return v128.load_splat<T>(numbers + i * sizeof<T>());
  }
}

/** Over `bytes` bytes, a multiple of 64; the numbers are of the dtype. Without a mean, at address 0, the gradient takes its place. */
export function adaptive(single: bool, x: usize, g: usize, m: usize, v: usize, numbers: usize, bytes: usize): void {
  if (single) run<f32>(x, g, m, v, numbers, bytes);
  else run<f64>(x, g, m, v, numbers, bytes);
}

function run<T>(x: usize, g: usize, m: usize, v: usize, numbers: usize, bytes: usize): void {
  const hasMean = m != 0;
  for (const end = x + bytes; x < end; x += 16, g += 16, m += 16, v += 16) {
    const old = v128.load(x);
    const gradient = v128.add<T>(
      v128.mul<T>(Numbers.at<T>(numbers, Of.Sign), v128.load(g)),
      v128.mul<T>(Numbers.at<T>(numbers, Of.Penalty), old),
    );
    let direction = gradient;
    if (hasMean) {
      const mean = v128.load(m);
      direction = v128.add<T>(mean, v128.mul<T>(Numbers.at<T>(numbers, Of.Share), v128.sub<T>(gradient, mean)));
      v128.store(m, direction);
    }
    const square = v128.add<T>(
      v128.mul<T>(Numbers.at<T>(numbers, Of.Keep), v128.load(v)),
      v128.mul<T>(v128.mul<T>(Numbers.at<T>(numbers, Of.Add), gradient), gradient),
    );
    v128.store(v, square);
    const size = v128.div<T>(v128.sqrt<T>(square), Numbers.at<T>(numbers, Of.Root));
    const divisor = v128.add<T>(size, Numbers.at<T>(numbers, Of.Eps));
    const move = v128.div<T>(v128.mul<T>(Numbers.at<T>(numbers, Of.Rate), direction), divisor);
    v128.store(x, v128.sub<T>(v128.mul<T>(Numbers.at<T>(numbers, Of.Decay), old), move));
  }
}
