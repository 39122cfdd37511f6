// What clocks show somewhere: times in the zones of the IANA database, without a library.

/** What clocks of a zone show at a time, `YYYY-MM-DD HH:MM:SS`; undefined when there is no such zone. */
export function zoneClock(timeZone: string): ((at: number | Date) => string) | undefined {
  let format: Intl.DateTimeFormat;
  try {
    // Of all languages Swedish writes times the way they sort.
    format = new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  } catch {
    return undefined;
  }
  return (at) => format.format(at);
}

/** When clocks of a zone show `YYYY-MM-DD HH:MM`; undefined when there is no such zone or time. */
export function timeInZone(timeZone: string, shown: string): Date | undefined {
  const clock = zoneClock(timeZone);
  const wanted = Date.parse(`${shown.replace(' ', 'T')}:00Z`);
  if (!clock || Number.isNaN(wanted)) return undefined;
  const offset = (at: number): number => Date.parse(`${clock(at).replace(' ', 'T')}Z`) - at;
  // Where clocks were changed between the two, the first guess is an hour beside.
  return new Date(wanted - offset(wanted - offset(wanted)));
}
