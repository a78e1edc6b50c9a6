// Which outcome windows of a customer the evidence gate is told: windows that follow each other, chosen by their dates and
// by the customer's id, never by what became of the customer. Overlapping windows would tell one default many times.
import { sha256 } from '../../lib/canonical-json.ts';
import { monthOf } from '../../model/index.ts';

export interface ChosenBy {
  readonly windowMonths: number;
  /** Each customer's windows begin in a month of their own, so that every month judges a share of all. */
  readonly staggered: boolean;
}

export interface Window {
  readonly customerId: string;
  readonly asOfMs: number;
  readonly endMs: number;
}

/**
 * Asked for one window after the other, customer by customer and in the order of their beginnings. A window that was chosen
 * stays chosen when later ones come in.
 */
export function createWindowChooser({ windowMonths, staggered }: ChosenBy): (window: Window) => boolean {
  let last: Window | null = null;
  return (window) => {
    if (last?.customerId === window.customerId && window.asOfMs < last.endMs) return false;
    if (staggered && monthOf(window.asOfMs) % windowMonths !== turnOf(window.customerId, windowMonths)) return false;
    last = window;
    return true;
  };
}

function turnOf(customerId: string, windowMonths: number): number {
  return sha256(customerId).readUInt32BE(0) % windowMonths;
}
