// Keeps the two reports at hand for whoever asks: worked out at most once in a while, by one at a time, however many ask.
import type { Queryable } from '../db/index.ts';
import { type Clock, MINUTE_MS } from '../lib/clock.ts';
import type { LoadedScorecard } from '../model/index.ts';
import type { DriftReport } from './drift-report.ts';
import { loadDriftReport } from './load-drift-report.ts';
import { loadPerformanceReport } from './load-performance-report.ts';
import type { PerformanceReport } from './performance-report.ts';

export interface MonitoringReport {
  readonly computedAt: string;
  readonly drift: DriftReport;
  readonly performance: PerformanceReport;
}

export interface Monitor {
  /** The newest report, worked out first where there is none, or the last is old or of another champion. */
  report(): Promise<MonitoringReport>;
  /** What is at hand, perhaps old, or null; starts the next one where it is time or another champion decides. Never waits. */
  peek(): MonitoringReport | null;
  /** Resolves when nothing is being worked out any more. */
  stop(): Promise<void>;
}

export interface MonitorOptions {
  readonly pool: Queryable;
  readonly loadChampion: () => Promise<LoadedScorecard>;
  readonly clock: Clock;
  /** Told why a report that nobody waits for could not be made. */
  readonly onTrouble: (error: unknown) => void;
  readonly freshForMs?: number;
}

const FRESH_FOR_MS = 15 * MINUTE_MS;

export function createMonitor(options: MonitorOptions): Monitor {
  const { clock, freshForMs = FRESH_FOR_MS } = options;
  let latest: MonitoringReport | null = null;
  let triedMs = Number.NEGATIVE_INFINITY;
  let underWay: Promise<MonitoringReport> | undefined;
  let following: Promise<void> | undefined;
  let askedFor: string | undefined;
  let stopped = false;
  const isFresh = (atMs: number) => clock() - atMs < freshForMs;

  function begin(): Promise<MonitoringReport> {
    triedMs = clock();
    underWay ??= compute(options, triedMs)
      .then((report) => {
        latest = report;
        askedFor = undefined;
        return report;
      })
      .finally(() => {
        underWay = undefined;
      });
    return underWay;
  }

  /** Once for each champion: a report that fails is not tried again at every scrape. */
  async function followChampion(known: MonitoringReport): Promise<void> {
    // A database that does not answer is told of by the next report, not by every scrape.
    const version = await options.loadChampion().then(
      (champion) => champion.modelVersion,
      () => null,
    );
    if (stopped || version === null || version === known.drift.modelVersion || version === askedFor) return;
    askedFor = version;
    await begin();
  }

  function startWhereDue(): void {
    if (stopped || underWay !== undefined) return;
    // A failure is not tried again at every scrape either.
    if (!isFresh(triedMs)) begin().catch(options.onTrouble);
    else if (latest !== null && following === undefined) {
      following = followChampion(latest)
        .catch(options.onTrouble)
        .finally(() => {
          following = undefined;
        });
    }
  }

  return {
    report: async () => {
      const known = latest;
      if (known === null || !isFresh(Date.parse(known.computedAt))) return begin();
      const champion = await options.loadChampion();
      return champion.modelVersion === known.drift.modelVersion ? known : begin();
    },
    peek: () => {
      startWhereDue();
      return latest;
    },
    stop: async () => {
      stopped = true;
      await following;
      // What went wrong is told to whoever asked.
      await underWay?.catch(() => {});
    },
  };
}

async function compute({ pool, loadChampion }: MonitorOptions, nowMs: number): Promise<MonitoringReport> {
  const model = await loadChampion();
  const drift = await loadDriftReport(pool, model, nowMs);
  const performance = await loadPerformanceReport(pool, model, nowMs);
  return { computedAt: new Date(nowMs).toISOString(), drift, performance };
}
