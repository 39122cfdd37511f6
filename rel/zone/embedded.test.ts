// The embedded SIP server listens where the settings say.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { expect } from 'chai';
import { WebSocket } from 'ws';
import { loadSettings } from '../../core/config/index.ts';
import { freePorts } from '../../test/e2e/ports.ts';
import { makeCertificate } from '../../test/edge/certificate.ts';
import { type EmbeddedParts, startEmbedded } from './embedded.ts';

describe('the embedded SIP server', () => {
  let folder: string;
  let parts: EmbeddedParts | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mirliton-sip-'));
  });
  afterEach(async () => {
    await parts?.stop();
    parts = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (sip: Record<string, unknown>): Promise<void> => {
    const edge = { kind: 'drachtio', port: 0 };
    parts = await startEmbedded(loadSettings({ overrides: { data: folder, edge, sip } }), ['sip']);
  };

  it('takes TLS, WebSocket and both, when they have ports and a certificate', async () => {
    const [port, tls, ws, wss] = (await freePorts(4)) as [number, number, number, number];
    await start({ port, tls, ws, wss, ...makeCertificate(folder) });
    const secure = connect({ host: '127.0.0.1', port: tls, rejectUnauthorized: false });
    await once(secure, 'secureConnect');
    expect(secure.getPeerCertificate().subject.CN).to.equal('edge');
    secure.destroy();
    for (const url of [`ws://127.0.0.1:${ws}`, `wss://127.0.0.1:${wss}`]) {
      const socket = new WebSocket(url, 'sip', { rejectUnauthorized: false });
      await once(socket, 'open');
      expect(socket.protocol, url).to.equal('sip');
      socket.terminate();
    }
  });

  it('says what is missing for TLS, and which of its ports is taken', async () => {
    const refused = async (sip: Record<string, unknown>): Promise<string> =>
      start(sip).then(
        () => 'it started',
        (error: Error) => error.message,
      );
    const [port, tls] = (await freePorts(2)) as [number, number];
    expect(await refused({ port, tls })).to.include('sip.tls needs sip.certificate and sip.key');
    expect(await refused({ port, tls, certificate: join(folder, 'none.pem'), key: 'none' })).to.match(
      new RegExp(`127.0.0.1:${port}, ${tls} \\(tls\\): ENOENT.*none.pem`),
    );
  });
});
