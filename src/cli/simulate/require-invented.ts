// Invented people never get among a lender's customers by accident: they go only where it can be seen that the
// installation was made for them, or where somebody says in so many words that they may.
import type { Installation } from '../../ingest/index.ts';
import { EcsError } from '../../lib/errors.ts';

export interface InventedPlace {
  /** `fresh`: nobody has used it yet; `unseen`: its database is out of sight. */
  readonly installation: Installation | 'fresh' | 'unseen';
  /** --yes-invented. */
  readonly allowed: boolean;
}

export function requireInvented({ installation, allowed }: InventedPlace): void {
  if (allowed || installation === 'fresh') return;
  if (installation !== 'unseen' && installation.demo) return;
  const why =
    installation === 'unseen'
      ? 'It cannot be seen from here whether the installation was made for invented people'
      : 'This installation was not made for invented people';
  throw new EcsError(
    'ECS_CONFIG_INVALID',
    `${why}, and they must not get among real customers. Use another data folder (ECS_DATA_DIR) or database, or say --yes-invented.`,
  );
}
