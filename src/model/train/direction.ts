// Which way a feature may move the risk.

/** 1 when risk may only rise with the feature, -1 when it may only fall, 0 when it is free. */
export type Direction = -1 | 0 | 1;
