// `fsctl pause|resume|pause_check|ready_check|sps|max_sessions|hupall|sync_clock`: limits and maintenance.

import { findCause } from '../calls/causes.ts';
import type { Api } from '../calls/contract.ts';

export const fsctl: Api = ({ limits, channels }, args) => {
  const [verb = '', value] = args.trim().split(/\s+/);
  const { paused } = limits;
  switch (verb) {
    case 'pause':
    case 'resume':
      if (value !== 'outbound') paused.inbound = verb === 'pause';
      if (value !== 'inbound') paused.outbound = verb === 'pause';
      return '+OK\n';
    case 'pause_check':
      return String(
        value === 'inbound'
          ? paused.inbound
          : value === 'outbound'
            ? paused.outbound
            : paused.inbound && paused.outbound,
      );
    case 'ready_check':
      return 'true';
    case 'sps':
      if (Number(value) > 0) limits.sessionsPerSecond = Number(value);
      return `+OK sessions per second: ${limits.sessionsPerSecond}\n`;
    case 'max_sessions':
      if (Number(value) > 0) limits.maxSessions = Number(value);
      return `+OK max sessions: ${limits.maxSessions}\n`;
    case 'hupall':
      for (const channel of [...channels.values()]) channel.hangup(findCause(value) ?? 'MANAGER_REQUEST');
      return '+OK\n';
    case 'sync_clock':
    case 'reclaim_mem':
      return '+OK\n';
    default:
      return '-USAGE: [pause|resume [inbound|outbound]|pause_check|ready_check|sps [n]|max_sessions [n]|hupall [cause]|sync_clock]\n';
  }
};
