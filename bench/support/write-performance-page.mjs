// `npm run bench:page`: renders docs/performance.md from the results that are stored, without measuring anything.

import { writePerformancePage } from './record-bench.mjs';

writePerformancePage();
