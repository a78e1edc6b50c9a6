// Hand's H-measure: what a score saves of the least loss without it, over all costs of the two mistakes, weighted by
// Beta(1 + share of bads, 1 + share of goods), the weight proposed by Hand and Anagnostopoulos (2014).
const { exp, log } = Math;

const STEPS = 4_000;

interface Block {
  rows: number;
  bads: number;
}

/** `order` lists rows by rising score. */
export function computeHMeasure(logOdds: Float64Array, target: Uint8Array, order: Uint32Array): number {
  const blocks = poolBlocks(logOdds, target, order);
  const rows = target.length;
  const bads = blocks.reduce((sum, block) => sum + block.bads, 0);
  const shareBad = bads / rows;
  let loss = 0;
  let lossWithout = 0;
  let place = 0;
  let badsBelow = 0;
  let goodsAbove = rows - bads;
  for (let step = 0; step < STEPS; step += 1) {
    const cost = (step + 0.5) / STEPS;
    // At cost c of turning a good away, everybody in a block with a bad rate above c is turned away.
    for (let block = blocks[place]; block !== undefined && block.bads / block.rows <= cost; block = blocks[place]) {
      badsBelow += block.bads;
      goodsAbove -= block.rows - block.bads;
      place += 1;
    }
    const weight = exp(shareBad * log(cost) + (1 - shareBad) * log(1 - cost));
    loss += weight * (cost * goodsAbove + (1 - cost) * badsBelow);
    lossWithout += weight * Math.min(cost * (rows - bads), (1 - cost) * bads);
  }
  return 1 - loss / lossWithout;
}

/** The convex hull of the ROC curve: neighbouring scores pooled until bad rates rise. */
function poolBlocks(logOdds: Float64Array, target: Uint8Array, order: Uint32Array): Block[] {
  const blocks: Block[] = [];
  for (let place = 0; place < order.length; place += 1) {
    const row = order[place] as number;
    const tied = place > 0 && logOdds[row] === logOdds[order[place - 1] as number];
    const last = blocks.at(-1);
    if (tied && last !== undefined) {
      last.rows += 1;
      last.bads += target[row] as number;
    } else {
      blocks.push({ rows: 1, bads: target[row] as number });
    }
    if (place + 1 < order.length && logOdds[row] === logOdds[order[place + 1] as number]) continue;
    poolLast(blocks);
  }
  return blocks;
}

function poolLast(blocks: Block[]): void {
  for (;;) {
    const last = blocks.at(-1);
    const before = blocks.at(-2);
    if (last === undefined || before === undefined || before.bads * last.rows < last.bads * before.rows) return;
    before.rows += last.rows;
    before.bads += last.bads;
    blocks.pop();
  }
}
