// Type tests of layers one after the other, of which the compiler knows more or less, run by the compiler.
import { type ShapeArg, type Tensor } from "@chainrule/core";
import {
  AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveMaxPool2d, AvgPool1d, Conv1d, Conv2d, ConvTranspose1d, ConvTranspose2d, Dropout, Flatten, Linear,
  MaxPool2d, ReLU, sequential,
} from "@chainrule/nn"; // prettier-ignore

// The compiler takes [...number[], 1] and [...number[], 2] for identical, but not for assignable.
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? ([A, B] extends [B, A] ? true : false) : false;
function has<const S extends ShapeArg>(): <T extends Tensor>(
  x: T,
  same: Same<T["shape"], { -readonly [I in keyof S]: S[I] }>,
) => void {
  return () => {};
}
declare const unknown: Tensor;
declare const endsIn7: Tensor<[...number[], 7]>;
declare const images: Tensor<[...number[], 1, 28, 28]>;
declare const features: number;

// Never called: only the compiler reads it.
export function windows(): void {
  has<[...number[], 8, number]>()(new Conv1d(1, 8, 3).forward(unknown), true);
  has<[...number[], 8, number, 5]>()(new Conv2d(1, 8, [1, 3]).forward(endsIn7), true);
  has<[...number[], 8, 26, 26]>()(new Conv2d(1, 8, 3).forward(images), true);
  has<[...number[], 1, 14, 14]>()(new MaxPool2d(2).forward(images), true);
  has<[...number[], number, 3]>()(new AvgPool1d(2).forward(endsIn7), true);
  has<[...number[], 8, 2, 1]>()(sequential(new Conv2d(1, 8, 3), new AdaptiveAvgPool2d([2, 1])).forward(unknown), true);
  has<[...number[], number, 2, 7]>()(new AdaptiveMaxPool2d([2, null]).forward(endsIn7), true);
  sequential(
    new Conv2d(1, 8, 3),
    new ReLU(),
    new MaxPool2d(2),
    new Dropout(0.2),
    new Conv2d(8, 4, 3),
    new Flatten(),
    new Linear(64, 10),
  );
  sequential(new Conv1d(1, features, 3), new ReLU(), new Conv1d(4, 8, 3));
  sequential((x) => x.mul(2), new Conv2d(4, 8, 3));
  // @ts-expect-error Conv2d(4, 8, 3): input [...,8,?,?] has 8 channels, expected 4
  sequential(new Conv2d(1, 8, 3), new Conv2d(4, 8, 3));
  // @ts-expect-error Conv2d(4, 8, 3): input [...,8,?,?] has 8 channels, expected 4
  sequential(new Conv2d(1, 8, 3), new ReLU(), new MaxPool2d(2), new Dropout(0.2), new Conv2d(4, 8, 3));
  // @ts-expect-error Conv1d(4, 8, 3): input [...,8,?] has 8 channels, expected 4
  sequential(new ConvTranspose1d(1, 8, 3), new AvgPool1d(2), new Conv1d(4, 8, 3));
  // @ts-expect-error ConvTranspose2d(4, 8, 3): input [...,8,2,2] has 8 channels, expected 4
  sequential(new Conv2d(1, 8, 3), new AdaptiveMaxPool2d(2), new ConvTranspose2d(4, 8, 3));
  // @ts-expect-error conv2d: kernel [3,3] is larger than the padded input [2,2]; pad more, or use a smaller kernel
  sequential(new AdaptiveAvgPool2d(2), new Conv2d(1, 8, 3));
  // @ts-expect-error Linear(8, 3): input [...,?,2] ends in 2, expected 8
  sequential(new AdaptiveAvgPool1d(2), new Linear(8, 3));
}
