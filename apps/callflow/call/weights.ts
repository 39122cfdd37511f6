// A random order in which a member with twice the weight comes first twice as often.

/** `random` gives numbers in [0, 1). A member without weight counts 20, as a middle value of Kazoo's 1 to 100. */
export function inWeightedOrder<T extends { readonly weight?: number }>(
  members: readonly T[],
  random: () => number,
): T[] {
  const rest = [...members];
  const ordered: T[] = [];
  while (rest.length > 0) {
    const total = rest.reduce((sum, { weight = 20 }) => sum + weight, 0);
    let point = random() * total;
    const chosen = rest.findIndex(({ weight = 20 }) => {
      point -= weight;
      return point < 0;
    });
    ordered.push(...rest.splice(Math.max(chosen, 0), 1));
  }
  return ordered;
}
