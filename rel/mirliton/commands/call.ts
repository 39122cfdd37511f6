// mirliton call: the story of one call: its route, messages, commands, checkpoints and events.
import type { Bus } from '../../../core/amqp/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { callStoryReq } from '../../../core/messages/maintenance.ts';
import { type Channel, liveChannels } from '../channels.ts';
import { patience } from '../cluster.ts';
import { command, flag, one } from '../command.ts';
import { duration, renderTable } from '../output.ts';

interface Line {
  readonly at: string;
  readonly call: string;
  readonly way: string;
  readonly what: string;
  readonly node: string;
  readonly details: Readonly<Record<string, unknown>>;
}

interface Story {
  readonly call: string;
  readonly ended: boolean;
  readonly channel?: Channel;
  /** Lines that were left out in the middle. */
  readonly dropped: number;
  readonly lines: readonly Line[];
}

export const callCommand = command({
  name: 'call',
  summary: 'the story of a call: its route, messages, commands, checkpoints and events',
  details:
    'ecallmgr keeps the beginning and the newest lines of every live call, and of the last calls for ten minutes after ' +
    'their end. sent: told by ecallmgr; got: a command for it; answer: to what it asked (route_resp). The records of ' +
    'older calls are CDRs, and the logs bear the call id.',
  args: { id: one('the id of a leg, from mirliton calls or a phone (Call-ID)') },
  options: { legs: flag('with the lines of the legs that it was joined with') },
  run: async ({ args: { id }, options: { legs } }, cli) => {
    const bus = await cli.bus();
    const live = await liveChannels(bus);
    const story = await storyOf(bus, id, live);
    if (!story)
      throw new AppError('not_found', {
        message: `no ecallmgr knows the call ${id}: it is over for more than ten minutes, or never was here`,
      });
    const others = legs ? otherLegs(story).filter((other) => other !== id) : [];
    const stories = await Promise.all(others.map((other) => storyOf(bus, other, live)));
    const all = [story, ...stories.flatMap((it) => (it ? [it] : []))];
    const lines = all.flatMap((it) => it.lines).sort((a, b) => a.at.localeCompare(b.at));
    cli.show({ ...story, lines }, () => render({ ...story, lines }, all.length > 1));
  },
});

/** Several ecallmgr may each know a part of it, when one has taken over from another. */
async function storyOf(bus: Bus, id: string, live: readonly Channel[]): Promise<Story | undefined> {
  const answers = await bus.collect(callStoryReq, { 'Call-ID': id }, { timeout: patience });
  if (answers.length === 0) return undefined;
  const channel = live.find(({ uuid }) => uuid === id);
  const lines = answers.flatMap(({ Entries, Node }) =>
    Entries.map((entry) => ({
      at: new Date(Number(entry['At'])).toISOString(),
      call: id,
      way: String(entry['Way']),
      what: String(entry['What']),
      node: String(entry['Node'] ?? Node ?? '?'),
      details: (entry['Details'] ?? {}) as Line['details'],
    })),
  );
  return {
    call: id,
    ended: answers.every(({ Ended }) => Ended),
    ...(channel ? { channel } : {}),
    dropped: answers.reduce((sum, { Dropped }) => sum + Dropped, 0),
    lines: lines.sort((a, b) => a.at.localeCompare(b.at)),
  };
}

function otherLegs({ lines, channel }: Story): string[] {
  const told = lines.map(({ details }) => details['Other-Leg-Call-ID']);
  return [...new Set([...told, channel?.other_leg])].filter((it): it is string => typeof it === 'string');
}

function render({ call, ended, channel, dropped, lines }: Story, several: boolean): string {
  const state = ended ? 'is over' : `goes on${channel ? ` for ${duration(channel.elapsed_s ?? 0)}` : ''}`;
  const place = channel?.node ? ` on ${channel.node}` : '';
  const table = renderTable(lines, {
    time: ({ at }) => at.slice(11, 23),
    ...(several ? { call: ({ call: leg }: Line) => leg } : {}),
    way: ({ way }) => way,
    what: ({ what }) => what,
    node: ({ node }) => node,
    details: ({ details }) =>
      Object.entries(details)
        .map(([name, value]) => `${name}=${String(value)}`)
        .join(' '),
  });
  return [
    `The call ${call} ${state}${place}.`,
    '',
    table,
    ...(dropped > 0 ? ['', `${dropped} lines in the middle were left out.`] : []),
  ].join('\n');
}
