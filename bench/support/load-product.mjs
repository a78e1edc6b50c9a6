// The built product, for benches that call it in their own process: what runs in production, from dist/.

import { build, isBuilt } from '../../scripts/build.mjs';

export async function loadProduct(...paths) {
  if (!isBuilt()) build();
  const modules = await Promise.all(paths.map((path) => import(new URL(`../../dist/${path}`, import.meta.url).href)));
  return Object.assign({}, ...modules);
}
