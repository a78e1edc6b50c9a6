// People put into each world, counted: what the events of `ecs simulate --scenario` can tell is what the world says of them.
import { createSeededRandom } from '../../../lib/seeded-random.ts';
import { EMOTION_BLOCK } from '../../../model/index.ts';
import type { Discipline } from '../discipline.ts';
import { createNormal } from './draw-normal.ts';
import { drawTruth, type PersonTruth } from './draw-truth.ts';
import { createFeelingDraw, type Feeling } from './feeling.ts';
import { SCENARIO_NAMES, SCENARIOS, type ScenarioName } from './scenario.ts';

const PEOPLE = 20_000;

function drawPeople(name: ScenarioName, discipline: Discipline = 'late'): PersonTruth[] {
  const uniform = createSeededRandom(31);
  const dice = { uniform, normal: createNormal(uniform) };
  return Array.from({ length: PEOPLE }, () => drawTruth(SCENARIOS[name], discipline, dice));
}

/** What the block makes of a usual feeling, in the unit that distress is measured in. */
const wordOf = ({ valence, stress }: Feeling) =>
  EMOTION_BLOCK.valenceWeight * -valence + (EMOTION_BLOCK.stressWeight * stress) / EMOTION_BLOCK.stressNeutral;
const STEP = (() => {
  const draw = createFeelingDraw(EMOTION_BLOCK);
  const at = (distress: number) => {
    const feeling = { valence: 0, stress: 0 };
    draw(distress, 0, feeling);
    return wordOf(feeling);
  };
  return at(0.5) - at(-0.5);
})();

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const shareOf = (people: readonly PersonTruth[], is: (person: PersonTruth) => boolean) =>
  meanOf(people.map((person) => (is(person) ? 1 : 0)));
const distressOf = (people: readonly PersonTruth[], when: 'past' | 'now' = 'past') =>
  meanOf(people.map((person) => wordOf(person[when]))) / STEP;
const apart = (people: readonly PersonTruth[], when?: 'past' | 'now') =>
  distressOf(
    people.filter(({ defaults }) => defaults),
    when,
  ) -
  distressOf(
    people.filter(({ defaults }) => !defaults),
    when,
  );

/** Four standard errors of a difference between a quarter of them and the rest. */
const NEAR = 0.07;

test.each(SCENARIO_NAMES)(
  '%s: who defaults feels as much worse as the world says, before and after it turns',
  (name) => {
    const { separation, flipsAtMonth } = SCENARIOS[name];
    const people = drawPeople(name);
    expect(Math.abs(apart(people) - separation)).toBeLessThan(NEAR);
    expect(Math.abs(apart(people, 'now') - (flipsAtMonth === null ? separation : -separation))).toBeLessThan(NEAR);
  },
);

test.each(SCENARIO_NAMES)(
  '%s: being late weighs on people in a world where cause and effect are reversed, else not',
  (name) => {
    const heavier =
      distressOf(drawPeople(name, 'late').filter(({ defaults }) => !defaults)) -
      distressOf(drawPeople(name, 'full').filter(({ defaults }) => !defaults));
    expect(Math.abs(heavier - (name === 'reverse' ? 0.5 : 0))).toBeLessThan(NEAR);
  },
);

test.each(SCENARIO_NAMES)('%s: a sensor that is off in group b, in a world with such a sensor', (name) => {
  const people = drawPeople(name);
  const inGroup = (wanted: PersonTruth['group']) => people.filter(({ group }) => group === wanted);
  expect(Math.abs(inGroup('b').length / PEOPLE - 0.3)).toBeLessThan(0.02);
  const offset = distressOf(inGroup('b')) - distressOf(inGroup('a'));
  expect(Math.abs(offset - (name === 'biased-sensor' ? 0.5 : 0))).toBeLessThan(NEAR);
});

test.each(SCENARIO_NAMES)('%s: happy events and silence, where the world has them', (name) => {
  const people = drawPeople(name);
  expect(shareOf(people, ({ games }) => games)).toBeCloseTo(name === 'gaming' ? 0.4 : 0, 1);
  const silent = people.filter(({ shares }) => !shares);
  if (name !== 'selective-consent') expect(silent).toEqual([]);
  else expect(distressOf(silent) - distressOf(people.filter(({ shares }) => shares))).toBeGreaterThan(1);
});

test.each<[Discipline, number]>([
  ['full', 0.02],
  ['minimum', 0.05],
  ['late', 0.25],
])('of those who pay %s, %d default', (discipline, share) => {
  expect(Math.abs(shareOf(drawPeople('null', discipline), ({ defaults }) => defaults) - share)).toBeLessThan(0.013);
});
