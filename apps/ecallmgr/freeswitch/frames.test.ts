// Frames: cut anywhere, decoded safely, and what cannot be understood ends in a clear error.
import { expect } from 'chai';
import fc from 'fast-check';
import { parseEvent, variablesUnder } from './event.ts';
import { type Frame, frameReader } from './frames.ts';

const json = (body: string): string =>
  `Content-Length: ${Buffer.byteLength(body)}\nContent-Type: text/event-json\n\n${body}`;

function read(...chunks: (string | Buffer)[]): Frame[] {
  const frames: Frame[] = [];
  const reader = frameReader((frame) => frames.push(frame));
  for (const chunk of chunks) reader.read(Buffer.from(chunk));
  return frames;
}

describe('event socket frames', () => {
  it('come out the same wherever the stream is cut', () => {
    const body = JSON.stringify({ 'Event-Name': 'DTMF', name: 'Zoë ☎' });
    const stream = Buffer.from(
      `Content-Type: command/reply\nReply-Text: +OK%20accepted\n\n${json(body)}${json('{}')}`,
    );
    fc.assert(
      fc.property(fc.nat(stream.length), fc.nat(stream.length), (a, b) => {
        const [first, second] = [Math.min(a, b), Math.max(a, b)];
        const frames = read(
          stream.subarray(0, first),
          stream.subarray(first, second),
          stream.subarray(second),
        );
        expect(frames.map((frame) => frame.body)).to.deep.equal(['', body, '{}']);
        expect(frames[0]?.headers['Reply-Text']).to.equal('+OK accepted');
      }),
    );
  });

  it('survive a bad percent sequence in a header (node-esl 59)', () => {
    const [frame] = read('Content-Type: command/reply\nReply-Text: -ERR 100% of %zz\n\n');
    expect(frame?.headers['Reply-Text']).to.equal('-ERR 100% of %zz');
  });

  for (const length of ['-5', '1e9', '99999999999', 'many', '']) {
    it(`refuse a Content-Length of ${JSON.stringify(length)}`, () => {
      expect(() => read(`Content-Type: text/event-json\nContent-Length: ${length}\n\nx`)).to.throw(/body of/);
    });
  }

  it('refuse headers that never end', () => {
    expect(() => read('x'.repeat(70_000))).to.throw(/without an end/);
  });

  it('never do more than throw a clear error, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 60 })), (chunks) => {
        try {
          read(...chunks);
        } catch (error) {
          expect(error).to.have.property('code', 'invalid_message');
        }
      }),
    );
  });
});

describe('events of the switch', () => {
  it('keep the last of a repeated key and flatten lists', () => {
    const event = parseEvent(
      '{"Event-Name":"A","Event-Name":"CODEC","variable_x":["1001","1002"],"n":5,"e":null}',
    );
    expect(event).to.deep.equal({ 'Event-Name': 'CODEC', variable_x: 'ARRAY::1001|:1002', n: '5', e: '' });
  });

  it('are undefined when they are no object with a name', () => {
    for (const body of ['', 'x', 'null', '5', '"DTMF"', '[]', '{}', '{"Event-Name":1}', '{"Event-Name":'])
      expect(parseEvent(body), body).to.equal(undefined);
  });

  it('give variables by prefix, without empty ones', () => {
    const event = {
      'Event-Name': 'X',
      variable_ecallmgr_A: '1',
      variable_ecallmgr_B: '',
      variable_cav_C: '3',
    };
    expect(variablesUnder(event, 'ecallmgr_')).to.deep.equal({ A: '1' });
  });
});
