// What of a message goes on to the other side of a call, and how a dialog is named there.
import { expect } from 'chai';
import type { RawDialog } from '../drachtio.ts';
import { contactLike, passedFields, withoutTag } from './fields.ts';
import { type Pair, referToBeyond, replacesBeyond } from './replaces.ts';

describe('b2bua: header fields', () => {
  it('of one side stay there', () => {
    const headers = {
      via: 'x',
      'call-id': 'x',
      contact: 'x',
      cseq: '1 INVITE',
      subject: 'kept',
      'X-Any': 'kept',
      'X-Own': 'x',
      supported: 'timer, 100rel, replaces',
      require: '100rel',
    };
    expect(passedFields({ headers }, (name) => name === 'x-own')).to.deep.equal({
      subject: 'kept',
      'X-Any': 'kept',
      supported: 'timer, replaces',
    });
  });

  it('lose their tag, and nothing else', () => {
    for (const [field, bare] of [
      ['<sip:a@b>;tag=1', '<sip:a@b>'],
      ['"A;tag=2" <sip:a@b;tag=3>;x=y;tag=1;z', '"A;tag=2" <sip:a@b;tag=3>;x=y;z'],
      ['sip:a@b;tag=1', 'sip:a@b'],
      ['<sip:a@b>', '<sip:a@b>'],
    ] as const)
      expect(withoutTag(field)).to.equal(bare);
  });

  it('Contact keeps the user of the other side', () => {
    expect(contactLike('"A" <sip:1001@10.0.0.1:5060;ob>;x', 'udp')).to.equal('<sip:1001@localhost>');
    expect(contactLike('<sip:1001@10.0.0.1>', 'tcp')).to.equal('<sip:1001@localhost;transport=tcp>');
    expect(contactLike(undefined, 'udp')).to.equal('<sip:edge@localhost>');
  });
});

describe('b2bua: Replaces', () => {
  const dialog = (localTag: string, remoteTag: string): RawDialog =>
    ({ sip: { callId: 'c@1', localTag, remoteTag } }) as unknown as RawDialog;
  const pairs: Pair[] = [{ caller: dialog('edge-a', 'alice'), callee: dialog('edge-b', 'bob') }];

  it('names the dialog as it is called beyond', () => {
    for (const [here, there] of [
      ['c@1;to-tag=edge-a;from-tag=alice', 'c@1;to-tag=bob;from-tag=edge-b'],
      ['c@1;from-tag=edge-b;to-tag=bob;early-only', 'c@1;to-tag=edge-a;from-tag=alice;early-only'],
      ['c@1;to-tag=edge-b;from-tag=bob', 'c@1;to-tag=alice;from-tag=edge-a'],
      ['c@1;to-tag=other;from-tag=alice', 'c@1;to-tag=other;from-tag=alice'],
      ['c@2;to-tag=edge-a;from-tag=alice', 'c@2;to-tag=edge-a;from-tag=alice'],
      ['', ''],
    ] as const)
      expect(replacesBeyond(here, pairs)).to.equal(there);
  });

  it('is found in a Refer-To', () => {
    const refer = (value: string): string => `"B" <sip:b@x?X=1&Replaces=${value}&Y=2>;z`;
    expect(referToBeyond(refer('c%401%3Bto-tag%3Dedge-a%3Bfrom-tag%3Dalice'), pairs)).to.equal(
      refer('c%401%3Bto-tag%3Dbob%3Bfrom-tag%3Dedge-b'),
    );
    for (const untouched of ['<sip:b@x>', refer('%E0%A4'), '<sip:b@x?Replaces=>'])
      expect(referToBeyond(untouched, pairs)).to.equal(untouched);
  });
});
