// Every declared contract against random values made from its own schema: what it says it accepts, it accepts.
import { expect } from 'chai';
import fc from 'fast-check';
import { settingsSchema } from '../config/index.ts';
import { type AnyDocument, type AnyMessage, compact, compile } from '../contract/index.ts';
import * as documents from '../documents/index.ts';
import * as acdc from '../messages/acdc.ts';
import * as authn from '../messages/authn.ts';
import * as call from '../messages/call.ts';
import * as callflow from '../messages/callflow.ts';
import * as cdr from '../messages/cdr.ts';
import * as conference from '../messages/conference.ts';
import * as configuration from '../messages/configuration.ts';
import * as dialplan from '../messages/dialplan.ts';
import * as media from '../messages/media.ts';
import * as metaflow from '../messages/metaflow.ts';
import * as nodes from '../messages/nodes.ts';
import * as notification from '../messages/notification.ts';
import * as presence from '../messages/presence.ts';
import * as registration from '../messages/registration.ts';
import * as resource from '../messages/resource.ts';
import * as route from '../messages/route.ts';
import * as switches from '../messages/switch.ts';
import * as trusted from '../messages/trusted.ts';
import { randomOf } from './random.ts';

const runs = { numRuns: 25 };
const modules = [
  acdc,
  authn,
  call,
  callflow,
  cdr,
  conference,
  configuration,
  dialplan,
  dialplan.commands,
  media,
  metaflow,
  nodes,
  notification,
  presence,
  registration,
  resource,
  route,
  switches,
  trusted,
];
const isMessage = (value: unknown): value is AnyMessage =>
  typeof value === 'object' && value !== null && 'routingKey' in value;
const messages = modules.flatMap((declared) =>
  Object.values(declared as object).filter(isMessage),
) as AnyMessage[];

describe('declared messages', () => {
  it('are all there', () => {
    expect(messages).to.have.length.above(60);
    expect(new Set(messages.map(({ id, exchange }) => `${exchange} ${id}`)).size).to.equal(
      new Set(messages).size,
    );
  });

  for (const contract of new Set(messages)) {
    it(`${contract.exchange} ${contract.id}`, () => {
      fc.assert(
        fc.property(randomOf(contract.schema), (value) => {
          expect(contract.check(value)).to.deep.equal([]);
          expect(contract.matches(value)).to.equal(true);
          expect(contract.unknownKeys(value as object)).to.deep.equal([]);
        }),
        runs,
      );
    });
  }

  it('have valid schemas', () => {
    for (const { schema } of messages) compile(schema, { foreign: true }).check({});
  });

  it('miss a required field when it is dropped', () => {
    for (const contract of messages) {
      const { required = [] } = contract.schema as { required?: string[] };
      const [value] = fc.sample(randomOf(contract.schema), { numRuns: 1, seed: 7 }) as [
        Record<string, unknown>,
      ];
      for (const field of required) {
        const { [field]: _dropped, ...rest } = value;
        expect(contract.check(compact(rest)), `${contract.id} without ${field}`).to.not.deep.equal([]);
      }
    }
  });
});

describe('declared documents', () => {
  it('have valid schemas, as the settings do', () => {
    for (const { schema } of [...Object.values(documents), { schema: settingsSchema }])
      compile(schema, { foreign: true }).check({});
  });

  for (const contract of Object.values(documents) as AnyDocument[]) {
    it(`${contract.schemaName} accepts what it declares, and keeps what it does not name`, () => {
      fc.assert(
        fc.property(randomOf(contract.schema), fc.jsonValue({ maxDepth: 1 }), (value, extra) => {
          expect(contract.check(value)).to.deep.equal([]);
          const plain: unknown = JSON.parse(JSON.stringify(extra));
          const accepted = contract.accept({ ...(value as object), ui_metadata: plain });
          expect(accepted).to.deep.include({ ui_metadata: plain });
        }),
        runs,
      );
    });
  }
});
