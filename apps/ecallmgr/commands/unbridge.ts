// unbridge: parts the two legs and parks them.
import { unit } from './unit.ts';

const legs = { A: '', B: '-bleg ', Both: '-both ' } as const;

export const unbridge = unit({
  name: 'unbridge',
  run: async (call, { Leg = 'Both' }) => {
    await call.api('uuid_transfer', `${legs[Leg]}park: inline`);
    return {};
  },
});
