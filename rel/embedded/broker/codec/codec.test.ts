// Frames, methods, tables and properties: there and back, and everything that is cut short.
import { expect } from 'chai';
import fc from 'fast-check';
import { ProtocolError } from '../protocol-error.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import {
  checkTable,
  decodeValue,
  encodeValue,
  type FieldTable,
  type FieldValue,
  joinTable,
  readTable,
  splitTable,
  writeTable,
} from './fields.ts';
import { FRAME_METHOD, type Frame, FrameReader } from './frames.ts';
import { readMethod, writeMethod } from './methods.ts';
import { encodeShortString, joinProperties, readActive, splitProperties } from './properties.ts';

const latin1 = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) });
const { value: fieldValue } = fc.letrec<{ value: FieldValue; table: FieldTable }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    latin1,
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true }).filter((number) => !Object.is(number, -0)),
    fc.constant(null),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.integer({ min: 0, max: 4e9 }).map((seconds) => new Date(seconds * 1000)),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('table'),
  ),
  table: fc
    .dictionary(
      latin1.filter((key) => key.length < 256),
      tie('value'),
      { maxKeys: 4 },
    )
    .map((table) => Object.assign(Object.create(null), table)),
}));

function encodeTable(table: FieldTable): Buffer {
  const writer = new ByteWriter(1);
  writeTable(writer, table);
  return writer.take();
}

describe('field tables', () => {
  it('come back as they went', () => {
    fc.assert(
      fc.property(fieldValue, (value) => {
        expect(decodeValue(encodeValue(value))).to.deep.equal(value);
      }),
    );
  });

  it('can be split and joined byte for byte', () => {
    fc.assert(
      fc.property(fc.dictionary(latin1, fieldValue), (table) => {
        const encoded = encodeTable(table);
        expect(joinTable(splitTable(encoded)).equals(encoded)).to.equal(true);
      }),
    );
  });

  it('whatever the bytes, end in a table or a ProtocolError; check and read agree', () => {
    const outcome = (act: () => unknown) => {
      try {
        act();
        return 'fine';
      } catch (error) {
        expect(error).to.be.instanceOf(ProtocolError);
        return 'refused';
      }
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const encoded = Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
        const read = outcome(() => readTable(new ByteReader(encoded)));
        expect(outcome(() => checkTable(new ByteReader(encoded)))).to.equal(read);
      }),
      { numRuns: 2000 },
    );
  });

  it('refuse endless nesting', () => {
    let value: FieldValue = 1;
    for (let depth = 0; depth < 100; depth++) value = [value];
    const encoded = encodeTable({ deep: value });
    expect(() => readTable(new ByteReader(encoded))).to.throw(ProtocolError, /nested/);
    expect(() => checkTable(new ByteReader(encoded))).to.throw(ProtocolError, /nested/);
  });
});

describe('methods', () => {
  it('pack bits and come back', () => {
    const args = {
      ticket: 0,
      queue: 'q',
      passive: false,
      durable: true,
      exclusive: false,
      autoDelete: true,
      noWait: false,
      arguments: { 'x-expires': 5 },
    };
    const writer = new ByteWriter();
    writeMethod(writer, 'queue.declare', args);
    const method = readMethod(new ByteReader(writer.take()));
    expect(method.name).to.equal('queue.declare');
    expect({ ...method.args, arguments: { 'x-expires': 5 } }).to.deep.equal(args);
  });

  it('are refused when unknown, cut, or too long', () => {
    const writer = new ByteWriter();
    writeMethod(writer, 'basic.ack', { deliveryTag: 2 ** 40 + 1, multiple: true });
    const whole = writer.take();
    expect(readMethod(new ByteReader(whole)).args).to.deep.equal({
      deliveryTag: 2 ** 40 + 1,
      multiple: true,
    });
    expect(() => readMethod(new ByteReader(whole.subarray(0, -1)))).to.throw(ProtocolError, /FRAME_ERROR/);
    expect(() => readMethod(new ByteReader(Buffer.concat([whole, whole])))).to.throw(
      ProtocolError,
      /FRAME_ERROR/,
    );
    expect(() => readMethod(new ByteReader(Buffer.from([0, 60, 0, 99])))).to.throw(
      ProtocolError,
      /NOT_IMPLEMENTED/,
    );
  });
});

describe('properties', () => {
  const encoded = joinProperties(
    new Map([
      ['expiration', encodeShortString('500')],
      ['deliveryMode', Buffer.from([2])],
      ['priority', Buffer.from([7])],
      ['replyTo', encodeShortString('me')],
      ['headers', encodeTable({ a: 1 })],
    ]),
  );

  it('tell the broker what it acts on', () => {
    expect(readActive(encoded)).to.deep.equal({
      persistent: true,
      priority: 7,
      replyTo: 'me',
      expiration: '500',
    });
  });

  it('can be changed one by one', () => {
    const parts = splitProperties(encoded);
    parts.delete('expiration');
    const changed = joinProperties(parts.set('replyTo', encodeShortString('you')));
    expect(readActive(changed)).to.deep.equal({ persistent: true, priority: 7, replyTo: 'you' });
  });

  it('are refused at any cut, and with bytes behind them', () => {
    for (let length = 0; length < encoded.length; length++) {
      expect(() => readActive(encoded.subarray(0, length)), String(length)).to.throw(ProtocolError);
    }
    expect(() => readActive(Buffer.concat([encoded, Buffer.of(0)]))).to.throw(ProtocolError);
  });
});

describe('FrameReader', () => {
  const frame = Buffer.from([FRAME_METHOD, 0, 1, 0, 0, 0, 2, 7, 8, 0xce]);

  it('finds the same frames however the stream is cut', () => {
    const stream = Buffer.concat([frame, frame, frame]);
    for (let size = 1; size <= stream.length; size++) {
      const reader = new FrameReader(4096);
      const found: Frame[] = [];
      for (let at = 0; at < stream.length; at += size) {
        reader.push(stream.subarray(at, at + size), (each) => found.push(each) > 0);
      }
      expect(found.map(({ payload }) => [...payload])).to.deep.equal([
        [7, 8],
        [7, 8],
        [7, 8],
      ]);
    }
  });

  it('refuses a frame that is too big, has no end, or an unknown type', () => {
    const push = (bytes: Buffer) => () => new FrameReader(4096).push(bytes, () => true);
    expect(push(Buffer.from([1, 0, 1, 0, 1, 0, 0]))).to.throw(ProtocolError, /limit is 4096/);
    expect(push(Buffer.concat([frame.subarray(0, -1), Buffer.of(0)]))).to.throw(ProtocolError, /end octet/);
    expect(push(Buffer.concat([Buffer.of(5), frame.subarray(1)]))).to.throw(ProtocolError, /type 5/);
  });
});

describe('ByteWriter', () => {
  it('keeps what was taken while it goes on', () => {
    const writer = new ByteWriter(8);
    writer.longString('abc');
    const first = writer.take();
    writer.longString('a string longer than the buffer');
    expect(first.toString('latin1', 4)).to.equal('abc');
    expect(writer.take().toString('latin1', 4)).to.equal('a string longer than the buffer');
  });
});
