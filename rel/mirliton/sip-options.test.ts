// An OPTIONS is answered, not answered, or nobody is there.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect } from 'chai';
import { sipOptions } from './sip-options.ts';

describe('OPTIONS', () => {
  it('gives the status line of whoever answers, also when the first packet is lost', async () => {
    const server = createSocket('udp4');
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    let packets = 0;
    server.on('message', (packet, { port, address }) => {
      packets += 1;
      const callId = /Call-ID: (\S+)/.exec(packet.toString())?.[1];
      server.send(`SIP/2.0 200 OK\r\nCall-ID: stranger\r\n\r\n`, port, address);
      if (packets > 1) server.send(`SIP/2.0 405 Not Here\r\nCall-ID: ${callId}\r\n\r\n`, port, address);
    });
    expect(await sipOptions({ host: '127.0.0.1', port: server.address().port })).to.equal('405 Not Here');
    server.close();
  });

  it('is undefined where nobody listens', async () => {
    const server = createSocket('udp4');
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address();
    server.close();
    await once(server, 'close');
    expect(await sipOptions({ host: '127.0.0.1', port })).to.equal(undefined);
  });
});
