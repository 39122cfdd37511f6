// What slows clients down, and one-time passwords: over a clock of their own.
import { expect } from 'chai';
import { Secret, TOTP } from 'otpauth';
import type { Bus } from '../../../core/amqp/index.ts';
import type { ConfigValues, SystemConfig } from '../../../core/config/index.ts';
import { hasCode } from '../../../core/errors/index.ts';
import { fakeBus, silentLog } from '../../../core/testing/index.ts';
import { buckets } from '../engine/buckets.ts';
import { type Guessed, guessedFrom, lockout } from './lockout.ts';
import { hearFailures, tellFailure } from './shared-failures.ts';
import { afterCode, newEnrolment, newRecoveryCodes, setupOf } from './totp.ts';

const valuesOf =
  (values: Readonly<Record<string, unknown>>): ConfigValues =>
  <T>(path: string, fallback: T) =>
    (values[path] ?? fallback) as T;

const settings = (values: Readonly<Record<string, unknown>>): SystemConfig => ({
  get: async (_category, path, fallback) => valuesOf(values)(path, fallback),
  values: async () => valuesOf(values),
  held: () => valuesOf(values),
  set: async () => undefined,
});

function refusal(work: () => unknown): number | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (!hasCode(error, 'too_many_requests')) throw error;
    return Number(error.details['retry_after']);
  }
}

describe('lock-out', () => {
  it('makes an address wait longer with each failure, and nobody elsewhere', async () => {
    let now = 0;
    const guard = lockout(settings({ 'auth.lockout.failures': 3 }), () => now);
    const here = guessedFrom('192.0.2.1', 'acme');
    for (let n = 0; n < 2; n++) await guard.failed(here);
    expect(refusal(() => guard.check(here))).to.equal(undefined);
    await guard.failed(here);
    expect(refusal(() => guard.check(here))).to.equal(10);
    expect(refusal(() => guard.check(guessedFrom('192.0.2.2', 'acme')))).to.equal(undefined);
    expect(refusal(() => guard.check(guessedFrom('192.0.2.1', 'other')))).to.equal(undefined);
    now = 10_000;
    expect(refusal(() => guard.check(here))).to.equal(undefined);
    await guard.failed(here);
    expect(refusal(() => guard.check(here))).to.equal(20);
    for (let n = 0; n < 9; n++) await guard.failed(here);
    expect(refusal(() => guard.check(here))).to.equal(900);
    now += 4_000_000;
    await guard.failed(here);
    expect(refusal(() => guard.check(here))).to.equal(undefined);
  });

  it('ends the trying of one address over many accounts too', async () => {
    const guard = lockout(settings({ 'auth.lockout.failures': 2 }), () => 0);
    for (let n = 0; n < 20; n++) await guard.failed(guessedFrom('192.0.2.1', `account ${n}`));
    expect(refusal(() => guard.check(guessedFrom('192.0.2.1', 'another')))).to.be.greaterThan(0);
  });
});

describe('two crossbars', () => {
  /** A crossbar as the failures of others reach it. */
  const crossbarOn = async (bus: Bus, failures = 4) => {
    const tell = (guessed: readonly Guessed[]) => tellFailure({ bus, log: silentLog() }, guessed);
    const guard = lockout(settings({ 'auth.lockout.failures': failures }), () => 0, tell);
    const heard = await hearFailures({ bus, lockout: guard });
    return { ...guard, stop: heard.stop };
  };
  const here = guessedFrom('192.0.2.1', 'acme');

  it('give nobody more tries than one', async () => {
    const bus = fakeBus({ node: 'crossbar@a' });
    const [one, two] = [await crossbarOn(bus), await crossbarOn(bus.peer('crossbar@b'))];
    for (const guard of [one, two, one]) await guard.failed(here);
    await bus.settled();
    for (const guard of [one, two]) expect(refusal(() => guard.check(here))).to.equal(undefined);
    await two.failed(here);
    await bus.settled();
    for (const guard of [one, two]) {
      expect(refusal(() => guard.check(here))).to.equal(10);
      expect(refusal(() => guard.check(guessedFrom('192.0.2.2', 'acme')))).to.equal(undefined);
      await guard.stop();
    }
    await bus.close();
  });

  it('each count what they saw while the broker is away', async () => {
    const bus = fakeBus({ node: 'crossbar@a' });
    const one = await crossbarOn(bus, 1);
    await bus.close();
    await one.failed(here);
    expect(refusal(() => one.check(here))).to.equal(10);
  });
});

describe('rate limits', () => {
  it('take what an operation costs, and fill again', () => {
    let now = 0;
    const { consume } = buckets(() => now);
    const config = valuesOf({ 'rate_limits.capacity': 40, 'rate_limits.tokens_per_second': 5 });
    const login = { setting: 'user_auth_tokens', tokens: 35 };
    expect(consume(config, '192.0.2.1', 'a', login)).to.deep.equal({ consumed: 35, remaining: 5 });
    expect(refusal(() => consume(config, '192.0.2.1', 'a', login))).to.equal(6);
    expect(consume(config, '192.0.2.1', 'b', undefined)).to.deep.equal({ consumed: 1, remaining: 39 });
    expect(consume(config, '192.0.2.2', 'a', undefined)).to.deep.equal({ consumed: 1, remaining: 39 });
    now = 6_000;
    expect(consume(config, '192.0.2.1', 'a', login)).to.deep.equal({ consumed: 35, remaining: 0 });
  });

  it('are off without a capacity', () => {
    const config = valuesOf({ 'rate_limits.capacity': 0 });
    expect(buckets().consume(config, '192.0.2.1', undefined, undefined)).to.equal(undefined);
  });
});

describe('one-time passwords', () => {
  const secret = Buffer.alloc(32, 7);
  const at = 1_700_000_000_000;

  it('are good once, also that of the period before, and none after a later one', async () => {
    const enrolment = newEnrolment(secret);
    const setup = await setupOf(secret, enrolment, { issuer: 'acme', label: 'bob' });
    expect(JSON.stringify(enrolment)).not.to.include(setup.secret);
    expect(setup.uri).to.match(/^otpauth:\/\/totp\/acme:bob\?/);
    expect(setup.qr_code).to.match(/^data:image\/png;base64,/);
    const codes = new TOTP({ secret: Secret.fromBase32(setup.secret) });
    const code = (timestamp: number) => codes.generate({ timestamp });
    const before = afterCode(secret, enrolment, code(at - 30_000), at);
    expect(before?.last_step).to.equal(Math.floor(at / 30_000) - 1);
    const used = before && afterCode(secret, before, code(at), at);
    expect(used?.last_step).to.equal(Math.floor(at / 30_000));
    expect(used && afterCode(secret, used, code(at), at)).to.equal(undefined);
    expect(used && afterCode(secret, used, code(at - 30_000), at)).to.equal(undefined);
    expect(used && afterCode(secret, used, code(at + 90_000), at)).to.equal(undefined);
  });

  it('have recovery codes, each good once, when they are confirmed', () => {
    const { codes, recovery } = newRecoveryCodes(secret);
    const [first = ''] = codes;
    const pending = { ...newEnrolment(secret), recovery };
    expect(afterCode(secret, pending, first)).to.equal(undefined);
    const used = afterCode(secret, { ...pending, confirmed: true }, first.toUpperCase());
    expect(used?.recovery).to.have.length(9);
    expect(used && afterCode(secret, used, first)).to.equal(undefined);
  });
});
