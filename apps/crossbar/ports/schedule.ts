// When numbers are to come: at a second, or at a time of day somewhere (Kazoo's schema port_requests.to_scheduled).
import { acceptor, type Static, Type } from '../../../core/contract/index.ts';
import { gregorian } from '../../../core/couch/index.ts';
import { timeInZone, zoneClock } from '../../../core/telephony/index.ts';
import { invalid } from '../engine/index.ts';

const when = Type.Object({
  /** Gregorian seconds. */
  scheduled_date: Type.Optional(Type.Integer()),
  schedule_on: Type.Optional(
    Type.Object({
      date_time: Type.String({ pattern: '^2\\d\\d\\d-\\d\\d-\\d\\d \\d\\d:\\d\\d$' }),
      timezone: Type.String(),
    }),
  ),
});
const accept = acceptor(when) as (document: unknown) => Static<typeof when>;

/** The second that a request is scheduled for, Gregorian. Throws `invalid_data` where it says none. */
export function scheduledDate(document: object): number {
  const { scheduled_date, schedule_on } = accept(document);
  if (schedule_on) return secondOf(schedule_on);
  if (scheduled_date !== undefined) return scheduled_date;
  throw invalid('scheduled_date', 'required', 'a request is scheduled for a date, or on a day somewhere');
}

function secondOf({
  timezone,
  date_time,
}: {
  readonly timezone: string;
  readonly date_time: string;
}): number {
  if (!zoneClock(timezone))
    throw invalid('schedule_on.timezone', 'enum', 'there is no such time zone', {
      target: Intl.supportedValuesOf('timeZone'),
      value: timezone,
    });
  const at = timeInZone(timezone, date_time);
  if (at) return gregorian(at);
  throw invalid('schedule_on.date_time', 'pattern', 'there is no such time', { value: date_time });
}
