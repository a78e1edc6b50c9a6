// Names that no other test of this or another run uses: for topics, groups and databases on shared servers.

import { randomBytes } from 'node:crypto';

export function uniqueName(prefix: string): string {
  return `${prefix}-${process.pid}-${randomBytes(5).toString('hex')}`;
}
