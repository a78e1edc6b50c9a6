// How invented people pay their card.
/** How a person pays the card: always in full, the minimum and more, or now and then not at all. */
export type Discipline = 'full' | 'minimum' | 'late';
