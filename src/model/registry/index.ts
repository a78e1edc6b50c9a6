// The face of the registry inside the model room; the room's own index hands it on.
export { type Actor, ECS_ACTOR } from './actor.ts';
export { loadAlias, MODEL_ALIASES, type ModelAlias } from './load-aliases.ts';
export { createModelSource, type ModelSource, requireLedgerModel } from './load-champion.ts';
export { type HistoryView, listModelHistory } from './load-history.ts';
export { loadModelVersion } from './load-model-version.ts';
export { getModel, listModels, type RegisteredModel } from './load-models.ts';
export { getProposal, listProposals } from './load-proposals.ts';
export { PROPOSAL_STATES, type Proposal, type ProposalState } from './proposal.ts';
export { installModel, type Registration, registerModel } from './register-model.ts';
export { type ChallengerWish, clearChallenger, setChallenger } from './save-challenger.ts';
export { MODEL_ACTIONS, type ModelAction } from './save-history.ts';
export {
  approveProposal,
  type PromotionWish,
  proposeChampion,
  rejectProposal,
  type Verdict,
} from './save-promotion.ts';
export { type Rollback, rollBack } from './save-rollback.ts';
