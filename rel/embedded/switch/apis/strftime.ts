// `strftime [@EPOCH ]FORMAT`: the time of the machine.

import type { Api } from '../calls/contract.ts';
import { localDate } from '../eventsocket/index.ts';

export const strftime: Api = (_core, args) => {
  const [, epoch, format = ''] = /^(?:@?(\d+)\s+)?(.*)$/s.exec(args.trim()) ?? [];
  const date = epoch ? new Date(Number(epoch) * 1000) : new Date();
  const [day = '', time = ''] = localDate(date).split(' ');
  const [year = '', month = '', monthDay = ''] = day.split('-');
  const [hour = '', minute = '', second = ''] = time.split(':');
  const parts: Record<string, string> = {
    Y: year,
    m: month,
    d: monthDay,
    H: hour,
    M: minute,
    S: second,
    s: String(Math.floor(date.getTime() / 1000)),
    F: day,
    T: time,
    '%': '%',
  };
  return format
    ? format.replace(/%([YmdHMSsFT%])/g, (_all, code: string) => parts[code] ?? '')
    : localDate(date);
};
