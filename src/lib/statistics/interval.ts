// An estimate with the interval it lies in, and the confidence that all intervals of ECS are given with.
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** Two-sided 95 %. */
export const Z_95 = 1.959963984540054;
