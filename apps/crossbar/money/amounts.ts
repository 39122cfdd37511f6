// Money: clients speak of dollars, documents hold whole units of a ten-thousandth of one, as Kazoo's do.

const unitsInDollar = 10_000;

export const unitsOf = (dollars: number): number => Math.round(dollars * unitsInDollar);

export const dollarsOf = (units: unknown): number => (typeof units === 'number' ? units / unitsInDollar : 0);

/** A sum of dollars without what binary fractions add to it. */
export const rounded = (dollars: number): number => dollarsOf(unitsOf(dollars));
