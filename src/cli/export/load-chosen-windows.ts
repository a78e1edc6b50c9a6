// The outcome windows that count, page by page: those of which everything has been told, none of a customer twice at a time.
import type { Queryable } from '../../db/index.ts';
import { DAY_MS } from '../../lib/clock.ts';
import { loadWindowRows, TELLING_DAYS, type WindowRow } from '../../monitoring/index.ts';
import { type ChosenBy, createWindowChooser } from './create-window-chooser.ts';

const PAGE = 5_000;

export interface ChosenPage {
  readonly chosen: readonly WindowRow[];
  /** Windows that overlap one that was chosen. */
  readonly leftOut: number;
}

export async function* loadChosenWindows(
  db: Queryable,
  by: ChosenBy & { readonly nowMs: number },
): AsyncGenerator<ChosenPage> {
  const isChosen = createWindowChooser(by);
  let after: WindowRow | null = null;
  do {
    const page: WindowRow[] = await loadWindowRows(db, {
      windowMonths: by.windowMonths,
      // Defaults are told as they are seen, all others later: before that the windows would look worse than they are.
      endedByMs: by.nowMs - TELLING_DAYS * DAY_MS,
      after,
      count: PAGE,
    });
    const chosen = page.filter(isChosen);
    yield { chosen, leftOut: page.length - chosen.length };
    after = page.length < PAGE ? null : (page.at(-1) ?? null);
  } while (after !== null);
}
