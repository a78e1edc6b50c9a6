// The colours of a model's pictures: from blue (safer) over white (0) to red (riskier), in steps, so that cells of nearly
// the same value share a colour and a shape.
const RISKIER = [178, 24, 43];
const SAFER = [33, 102, 172];
const STEPS = 20;

/** Of a strength from -1 to 1; what lies beyond has the full colour. */
export function colourOf(strength: number): string {
  const full = strength > 0 ? RISKIER : SAFER;
  const share = Math.round(Math.min(Math.abs(strength), 1) * STEPS) / STEPS;
  return `rgb(${full.map((channel) => Math.round(255 - share * (255 - channel))).join(',')})`;
}
