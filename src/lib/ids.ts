// Ids made by ECS are UUIDv7: unique without coordination, and in time order so that indexes stay compact.
import { v7 } from 'uuid';

export type MakeId = () => string;

export const makeId: MakeId = () => v7();
