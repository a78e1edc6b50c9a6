// A mood of one moment, as a phone would report it.
export interface Mood {
  readonly valence: number;
  readonly arousal: number;
  readonly stress: number;
}
