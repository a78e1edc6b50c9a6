// Who does something to the registry, as its history keeps it.

export interface Actor {
  /** `key:<id>`, `cli` or `ecs`. */
  readonly name: string;
  /** The same for a key, its successors and the keys made with it: whoever must be a second person is compared by this. */
  readonly holder: string;
}

/** ECS itself, at the first start. */
export const ECS_ACTOR: Actor = { name: 'ecs', holder: 'ecs' };
