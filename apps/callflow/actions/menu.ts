// menu: an IVR menu: plays the greeting, collects digits, goes to the child or the callflow they name.

import type { DocumentOf } from '../../../core/contract/index.ts';
import {
  action,
  branch,
  type FlowNode,
  next,
  type Outcome,
  stop,
  Type,
} from '../../../core/contract/index.ts';
import { menu as menuDocument } from '../../../core/documents/index.ts';
import type { Call } from '../call/call.ts';
import { collectDigits } from '../call/collect.ts';
import { ensureAnswered, mediaName, play, prompt } from '../call/media.ts';
import { recordGreeting } from '../call/record-greeting.ts';
import { channelVar } from '../call/state.ts';

type Menu = Partial<DocumentOf<typeof menuDocument>>;

export const menu = action({
  name: 'menu',
  summary: 'An IVR menu',
  data: {
    id: Type.Optional(Type.String()),
    interdigit_timeout: Type.Optional(
      Type.Integer({ minimum: 0, description: 'milliseconds; overrides the menu' }),
    ),
  },
  children: {
    '<digits>': 'what the caller pressed',
    timeout: 'nothing was pressed in time',
    max_retries: 'the retries are used up',
    _: 'the retries are used up and there is no max_retries',
  },
  onResume: 'repeat',
  notes: 'the tries left and the digits so far',
  run: async (call: Call, data, node) => {
    const settings: Menu = (data.id ? await call.findDocument(menuDocument, data.id) : undefined) ?? {};
    await ensureAnswered(call);
    let greeting = settings.media?.greeting
      ? mediaName(call, settings.media.greeting)
      : prompt(call, 'menu-no_prompt');
    const { Retries: left, Digits: pressed = '' } = call.noted;
    let begin: string | undefined = String(pressed);
    for (let retries = Number(left ?? settings.retries ?? 3); retries > 0; retries -= 1) {
      if (begin === undefined) call.note({ Retries: retries, Digits: '' });
      const { digits } = await collectDigits(call, {
        begin: begin ?? '',
        onDigits: (soFar) => call.note({ Retries: retries, Digits: soFar }),
        maxDigits: settings.max_extension_length ?? 4,
        timeout: settings.timeout ?? 10_000,
        interdigitTimeout: data.interdigit_timeout ?? settings.interdigit_timeout ?? 2000,
        media: greeting,
      });
      begin = undefined;
      if (digits === '') {
        if (hasChild(node, 'timeout')) return next('timeout');
        continue;
      }
      const outcome = await route(call, settings, node, digits);
      if (outcome) return outcome;
      if (digits === settings.record_pin && mayRecord(call, settings)) {
        greeting = await recordGreeting(call, settings, greeting);
        retries += 1;
      } else await playUnless(call, settings, 'invalid_media', 'menu-invalid_entry');
    }
    return exhausted(call, settings, node);
  },
});

/** The child of these digits, else the callflow of that number where the menu hunts. */
async function route(
  call: Call,
  settings: Menu,
  node: FlowNode,
  digits: string,
): Promise<Outcome | undefined> {
  if (hasChild(node, digits)) return next(digits);
  if (settings.hunt === false || !allowed(call, settings, digits)) return undefined;
  const found = await call.findFlow(digits);
  if (!found || found.noMatch) return undefined;
  call.dropDigits();
  await playUnless(call, settings, 'transfer_media', 'menu-transferring_call');
  return branch(found.flow);
}

function allowed(call: Call, settings: Menu, digits: string): boolean {
  const allow = settings.hunt_allow ? matches(call, settings.hunt_allow, digits) : true;
  return allow && !(settings.hunt_deny ? matches(call, settings.hunt_deny, digits) : false);
}

function matches(call: Call, pattern: string, digits: string): boolean {
  try {
    return new RegExp(pattern).test(digits);
  } catch {
    call.log.warn('menu has a hunt pattern that is not a regular expression', { pattern });
    return false;
  }
}

function mayRecord(call: Call, settings: Menu): boolean {
  return settings.allow_record_from_offnet === true || channelVar(call.state, 'Inception') === undefined;
}

async function exhausted(call: Call, settings: Menu, node: FlowNode): Promise<Outcome> {
  call.dropDigits();
  await playUnless(call, settings, 'exit_media', 'menu-exit');
  if (hasChild(node, 'max_retries')) return next('max_retries');
  if (!hasChild(node, '_')) {
    await play(call, prompt(call, 'vm-goodbye'));
    return stop();
  }
  await playUnless(call, settings, 'transfer_media', 'menu-transferring_call');
  return next();
}

/** `false` plays nothing, an id plays that media, anything else the system prompt. */
async function playUnless(
  call: Call,
  settings: Menu,
  which: 'exit_media' | 'transfer_media' | 'invalid_media',
  name: string,
): Promise<void> {
  const media = settings.media?.[which];
  if (media === false || settings.suppress_media === true) return;
  await play(call, typeof media === 'string' ? mediaName(call, media) : prompt(call, name));
}

function hasChild(node: FlowNode, key: string): boolean {
  return node.children !== undefined && Object.hasOwn(node.children, key);
}
