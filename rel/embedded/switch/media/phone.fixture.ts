// A far end for tests: a bare UDP socket that sends what it is told to and keeps what it gets.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { MediaLeg } from './contract.ts';
import { sequenceOf, ssrcOf, timestampOf, typeOf, writeHeader } from './packet.ts';

export interface Heard {
  type: number;
  marker: boolean;
  sequence: number;
  timestamp: number;
  ssrc: number;
  payload: Buffer;
}

/** Speaks PCMU as type 0 and telephone-event as 101. */
export class Phone {
  readonly socket: Socket;
  readonly heard: Heard[] = [];
  sequence = 65_530;
  timestamp = 5000;
  #leg: MediaLeg | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('message', (packet) => {
      const marker = ((packet[1] ?? 0) & 0x80) !== 0;
      const { length } = packet;
      this.heard.push({
        type: typeOf(packet),
        marker,
        sequence: sequenceOf(packet),
        timestamp: timestampOf(packet),
        ssrc: ssrcOf(packet),
        payload: packet.subarray(12, length),
      });
    });
  }

  get port(): number {
    return this.socket.address().port;
  }

  /** Calls a leg: its SDP says `port` (default ours) and `formats`. */
  offerTo(leg: MediaLeg, { formats = '0 101', port = this.port, direction = 'sendrecv' } = {}): string {
    this.#leg = leg;
    return leg.negotiate(
      `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${port} RTP/AVP ${formats}\r\na=rtpmap:101 telephone-event/8000\r\na=${direction}\r\n`,
    );
  }

  /** Sends one packet; its numbers go on by themselves unless given. */
  send(
    payload: Uint8Array,
    header: { type?: number; sequence?: number; timestamp?: number; ssrc?: number } = {},
  ): void {
    const packet = Buffer.concat([Buffer.alloc(12), payload]);
    const { type = 0, sequence = this.sequence, timestamp = this.timestamp, ssrc = 77 } = header;
    writeHeader(packet, {
      type,
      marker: false,
      sequence: sequence & 0xffff,
      timestamp: timestamp >>> 0,
      ssrc,
    });
    this.sendRaw(packet);
    if (header.sequence === undefined) this.sequence++;
    if (header.timestamp === undefined) this.timestamp += payload.length;
  }

  sendRaw(packet: Uint8Array): void {
    this.socket.send(packet, this.#leg?.localPort ?? 0, '127.0.0.1');
  }

  /** Resolves when `count` packets (that pass `wanted`) have come since the phone was opened. */
  async hears(count: number, wanted: (packet: Heard) => boolean = () => true): Promise<Heard[]> {
    for (;;) {
      const packets = this.heard.filter(wanted);
      if (packets.length >= count) return packets;
      await once(this.socket, 'message');
    }
  }
}

export async function openPhone(): Promise<Phone> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return new Phone(socket);
}
