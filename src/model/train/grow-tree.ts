// Grows one tree level by level on the histograms of its rows: the smaller child of a node is counted, the larger is what
// is left of the parent. A split that would break a feature's direction, or join features that may not share a table, is
// never made.
import type { Bounds, Split, SplitSettings } from './find-split.ts';
import { findSplit, REST_RIGHT, UNBOUNDED } from './find-split.ts';
import type { OrderedBins } from './ordered-bins.ts';
import { SIDES, type Trees } from './trees.ts';

export interface GrowSettings extends SplitSettings {
  readonly learningRate: number;
}

/** What growing needs and keeps from one tree to the next. */
export interface Grower {
  readonly depth: number;
  readonly settings: GrowSettings;
  readonly bins: readonly OrderedBins[];
  /** Per feature, the bin of every row. */
  readonly rowBins: readonly Uint8Array[];
  /** 1 at `one * features + other` where the two may share a tree; null: any. */
  readonly pairs: Uint8Array | null;
  /** Gradient and curvature of every row, in turn. */
  readonly moments: Float64Array;
  /** The rows of the tree, parted among its nodes. */
  readonly order: Uint32Array;
  readonly scratch: Uint32Array;
  readonly gathered: Float64Array;
  /** Per place in a level and feature. */
  readonly histograms: readonly (readonly Float64Array[])[];
}

export function makeGrower(
  base: Pick<Grower, 'depth' | 'settings' | 'bins' | 'rowBins' | 'pairs'>,
  rows: number,
): Grower {
  return {
    ...base,
    moments: new Float64Array(2 * rows),
    order: new Uint32Array(rows),
    scratch: new Uint32Array(rows),
    gathered: new Float64Array(2 * rows),
    histograms: Array.from({ length: 1 << (base.depth - 1) }, () =>
      base.bins.map(({ count }) => new Float64Array(2 * count)),
    ),
  };
}

interface Node {
  readonly place: number;
  readonly start: number;
  readonly end: number;
  readonly slot: number;
  readonly bounds: Bounds;
  readonly value: number;
  /** Features divided by on the way here. */
  readonly path: readonly number[];
}

interface Found {
  readonly feature: number;
  readonly split: Split;
}

/** Grows tree `round` on the first `rows` of `order`; false where no split is worth anything. */
export function growTree(grower: Grower, trees: Trees, round: number, rows: number, candidates: Uint32Array): boolean {
  const { depth } = grower;
  gatherMoments(grower, 0, rows);
  for (const feature of candidates) countInto(grower, 0, feature, 0, rows);
  let level: Node[] = [{ place: 0, start: 0, end: rows, slot: 0, bounds: UNBOUNDED, value: 0, path: [] }];
  for (let at = 0; at < depth; at += 1) {
    const next: Node[] = [];
    for (const node of level) {
      const found = findBest(grower, node, candidates);
      if (found === null) {
        if (node.path.length === 0) return false;
        writeValue(grower, trees, round, node.place, at, node.value);
        continue;
      }
      next.push(...divide(grower, trees, round, node, found, candidates, at + 1 < depth));
    }
    level = next;
  }
  for (const node of level) writeValue(grower, trees, round, node.place, depth, node.value);
  return true;
}

function findBest(grower: Grower, node: Node, candidates: Uint32Array): Found | null {
  let best: Found | null = null;
  const histograms = grower.histograms[node.slot] as readonly Float64Array[];
  for (const feature of candidates) {
    if (!mayFollow(grower, node.path, feature)) continue;
    const split = findSplit(
      histograms[feature] as Float64Array,
      grower.bins[feature] as OrderedBins,
      grower.settings,
      node.bounds,
    );
    if (split !== null && (best === null || split.gain > best.split.gain)) best = { feature, split };
  }
  return best;
}

function mayFollow({ pairs, bins }: Grower, path: readonly number[], feature: number): boolean {
  if (pairs === null) return true;
  return path.every((one) => one === feature || pairs[one * bins.length + feature] === 1);
}

/** The two children of a node; the last level's need no rows. */
function divide(
  grower: Grower,
  trees: Trees,
  round: number,
  node: Node,
  found: Found,
  candidates: Uint32Array,
  goesOn: boolean,
): [Node, Node] {
  const { feature, split } = found;
  const bins = grower.bins[feature] as OrderedBins;
  const nodes = (1 << grower.depth) - 1;
  const side = writeSide(trees, nodes * round + node.place, found, bins);
  const middle = (split.left + split.right) / 2;
  const directed = isDirected(found, bins);
  if (node.path.length === 0) trees.middles[round] = directed ? middle * grower.settings.learningRate : 0;
  const [left, right] = boundSides(node.bounds, middle, directed ? bins.direction : 0);
  const path = [...node.path, feature];
  const border = goesOn ? part(grower, node, feature, side) : node.end;
  const children: [Node, Node] = [
    { place: 2 * node.place + 1, start: node.start, end: border, slot: 0, bounds: left, value: split.left, path },
    { place: 2 * node.place + 2, start: border, end: node.end, slot: 0, bounds: right, value: split.right, path },
  ];
  if (!goesOn) return children;
  return countChildren(grower, node, children, candidates);
}

/** The children take the parent's slot and a fresh one. */
function countChildren(
  grower: Grower,
  parent: Node,
  [left, right]: [Node, Node],
  candidates: Uint32Array,
): [Node, Node] {
  const fresh = parent.slot + (grower.histograms.length >> left.path.length);
  const leftIsSmall = left.end - left.start <= right.end - right.start;
  const small = leftIsSmall ? left : right;
  gatherMoments(grower, small.start, small.end);
  for (const feature of candidates) {
    if (!mayFollow(grower, small.path, feature)) continue;
    countInto(grower, fresh, feature, small.start, small.end);
    const whole = grower.histograms[parent.slot]?.[feature] as Float64Array;
    const less = grower.histograms[fresh]?.[feature] as Float64Array;
    for (let place = 0; place < whole.length; place += 1)
      whole[place] = (whole[place] as number) - (less[place] as number);
  }
  return [
    { ...left, slot: leftIsSmall ? fresh : parent.slot },
    { ...right, slot: leftIsSmall ? parent.slot : fresh },
  ];
}

function gatherMoments({ order, moments, gathered }: Grower, start: number, end: number): void {
  for (let place = start; place < end; place += 1) {
    const row = order[place] as number;
    gathered[2 * place] = moments[2 * row] as number;
    gathered[2 * place + 1] = moments[2 * row + 1] as number;
  }
}

function countInto(grower: Grower, slot: number, feature: number, start: number, end: number): void {
  const histogram = grower.histograms[slot]?.[feature] as Float64Array;
  const bins = grower.rowBins[feature] as Uint8Array;
  const { order, gathered } = grower;
  histogram.fill(0);
  for (let place = start; place < end; place += 1) {
    const at = 2 * (bins[order[place] as number] as number);
    histogram[at] = (histogram[at] as number) + (gathered[2 * place] as number);
    histogram[at + 1] = (histogram[at + 1] as number) + (gathered[2 * place + 1] as number);
  }
}

/** Rows that go left first, each side in its old order; where the right side begins. */
function part({ order, scratch, rowBins }: Grower, node: Node, feature: number, side: Uint8Array): number {
  const bins = rowBins[feature] as Uint8Array;
  let left = node.start;
  let right = 0;
  for (let place = node.start; place < node.end; place += 1) {
    const row = order[place] as number;
    if (side[bins[row] as number] === 1) {
      scratch[right] = row;
      right += 1;
    } else {
      order[left] = row;
      left += 1;
    }
  }
  order.set(scratch.subarray(0, right), left);
  return left;
}

function writeSide(trees: Trees, node: number, { feature, split }: Found, bins: OrderedBins): Uint8Array {
  trees.features[node] = feature;
  const side = trees.sides.subarray(node * SIDES, (node + 1) * SIDES);
  for (let bin = 0; bin < bins.count; bin += 1) {
    if (split.special >= 0) side[bin] = bin === bins.ordered + split.special ? 1 : 0;
    else if (bin < bins.ordered) side[bin] = bin >= split.cut ? 1 : 0;
    else side[bin] = split.special === REST_RIGHT ? 1 : 0;
  }
  return side;
}

function isDirected({ split }: Found, bins: OrderedBins): boolean {
  return bins.direction !== 0 && split.special < 0 && split.cut >= bins.directedFrom;
}

/** What both sides of a directed split must stay on their own side of; taken out of the tables, they keep the direction. */
function boundSides(bounds: Bounds, middle: number, direction: number): [Bounds, Bounds] {
  if (direction === 0) return [bounds, bounds];
  const below: Bounds = { low: bounds.low, high: middle };
  const above: Bounds = { low: middle, high: bounds.high };
  return direction > 0 ? [below, above] : [above, below];
}

/** Every leaf below the node takes its value. */
function writeValue(grower: Grower, trees: Trees, round: number, place: number, level: number, value: number): void {
  const leaves = 1 << grower.depth;
  const below = 1 << (grower.depth - level);
  const first = (place - ((1 << level) - 1)) * below;
  trees.leaves.fill(value * grower.settings.learningRate, leaves * round + first, leaves * round + first + below);
}
