// The figures of one stored result, held to their names: what the page asks for and the result does not have, or has as
// anything but a number, is refused by name. A page with a gap reads like a bench that was never run. Pure.

export function guardFigures({ name, figures }) {
  const refuse = (figure) => {
    throw new Error(`the bench ${name} has no figure ${figure}: run it again with --record`);
  };
  for (const [figure, value] of Object.entries(figures)) if (!Number.isFinite(value)) refuse(figure);
  return new Proxy(figures, {
    get: (own, figure) => (typeof figure === 'symbol' || Object.hasOwn(own, figure) ? own[figure] : refuse(figure)),
  });
}
