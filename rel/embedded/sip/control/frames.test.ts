// Frames and commands of the control protocol.

import { expect } from 'chai';
import { parseCommand } from './commands.ts';
import { FrameReader, frame } from './frames.ts';

describe('drachtio control frames', () => {
  it('survive any cut of the stream, counted in bytes', () => {
    const texts = ['a|ping', 'b|sip|t|d\r\nSIP/2.0 200 OK\r\nSubject: Grüße 🎺\r\n\r\n#1#'];
    const stream = Buffer.concat(texts.map(frame));
    for (let cut = 1; cut < stream.length; cut++) {
      const reader = new FrameReader();
      expect([...reader.push(stream.subarray(0, cut)), ...reader.push(stream.subarray(cut))]).to.deep.equal(
        texts,
      );
    }
  });

  it('refuse what has no length', () => {
    for (const text of ['hello world', '#', 'x#', '99999999999#', '-1#a']) {
      expect(() => new FrameReader().push(Buffer.from(text)), text).to.throw();
    }
  });

  it('are taken apart, without what only the server may set', () => {
    const command = parseCommand(
      'id|proxy|t|||x\r\nINVITE sip:a SIP/2.0\r\nVia: no\r\nX-Any: 1\r\nbad line\r\n\r\nbody\r\n\r\nmore',
    );
    expect(command).to.include({ id: 'id', verb: 'proxy' });
    expect(command.args).to.deep.equal(['t', '', '', 'x']);
    expect(command.sip.start).to.equal('INVITE sip:a SIP/2.0');
    expect([...command.sip.headers]).to.deep.equal([['X-Any', '1']]);
    expect(command.sip.body).to.equal('body\r\n\r\nmore');
  });
});
