/** Sizes of x [batch, channels, height, width] and of how a kernel slides over it; outputs and channels are cut into groups. */
export interface Geometry {
  readonly batch: number;
  readonly channels: number;
  readonly outputs: number;
  readonly groups: number;
  readonly lengths: readonly [number, number];
  /** Zeros in front of x; behind it stand as many as windows reach over it. */
  readonly padding: readonly [number, number];
  readonly size: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly count: readonly [number, number];
}

/** Elements of x that a window sees. */
export const depthOf = ({ channels, groups, size }: Geometry): number => (channels / groups) * size[0] * size[1];
