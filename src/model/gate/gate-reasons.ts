// Why a gate is shut, in words a risk officer can act on. Codes are never reused.

export const GATE_REASONS = {
  no_outcomes: 'There are no outcomes yet.',
  no_group_labels: 'No group labels were given, so nobody can see whether a group is harmed.',
  too_many_unlabelled: 'Too many customers carry no group label to see whether a group is harmed.',
  one_group_only: 'All rows carry the same group label, so there is nobody to compare with.',
  learning: 'The earliest months only teach the base score its level at this lender.',
  too_few_defaults: 'There are too few defaults among customers the block speaks of.',
  evidence_below_boundary: 'The evidence has not reached the boundary.',
  no_gain_as_used: 'Used as it stands, the block does not lower the log-loss.',
  auc_lift_too_small: 'The block ranks customers too little better to be worth having.',
  group_too_small: 'A group has too few defaults to tell whether it is harmed.',
  group_offset: 'The block moves a group against everybody else of the same risk.',
  group_spread: 'The block spreads wider or narrower in a group: its sensor is not the same there.',
  group_calibration: 'With the block, what is expected of a group misses what happened.',
  group_loses: 'Inside a group the block makes the prediction worse.',
  evidence_lost: 'Since it opened, more evidence was lost than an open gate may lose.',
  no_recent_gain: 'The latest months show no gain.',
  expired: 'The year is over and the outcomes since it opened have not earned another.',
} as const;

export type GateReason = keyof typeof GATE_REASONS;
