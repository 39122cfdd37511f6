// connect_leg: joins the call to another one, as `call_pickup` does.
import { outcomeOf, pickUp } from './call_pickup.ts';
import { unit } from './unit.ts';

export const connectLeg = unit({
  name: 'connect_leg',
  run: pickUp,
  completion: (event) => ({ 'Application-Response': outcomeOf(event) }),
});
