// The types of render-performance-page.mjs for the tests, which are TypeScript.

export interface BenchResult {
  readonly name: string;
  readonly command: string;
  readonly recordedAt: string;
  readonly machine: Readonly<Record<string, string | number | null>>;
  readonly figures: Readonly<Record<string, number | null>>;
  readonly markdown: string;
}

export function renderPerformancePage(results: readonly BenchResult[]): string;
