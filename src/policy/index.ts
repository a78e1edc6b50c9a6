// The face of the policy room: documents, packs, reasons, and the pure evaluation of one half of a decision.
import type { PackName, Policies } from './policy-document.ts';

export {
  CREDIT_TYPES,
  type CreditType,
  type CurrencyAmounts,
  EMOTION_MODES,
  type EmotionMode,
  PACK_NAMES,
  type PackName,
  type Policies,
  type Policy,
  type PolicyDocument,
  policyDocumentSchema,
  type RiskBand,
} from './policy-document.ts';

/** Reads `base.json` and `packs/*.json` of `dir` (the shipped documents where absent); throws ECS_POLICY_INVALID. */
export declare function loadPolicies(options?: {
  readonly dir?: string;
  readonly defaultPack?: PackName;
}): Promise<Policies>;

/** The pack of a country's rules; the default pack where no pack is made for it. */
export declare function packOf(jurisdiction: string | null, defaultPack: PackName): PackName;
