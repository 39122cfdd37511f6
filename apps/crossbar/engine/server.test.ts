// The server as a whole: a store that is away, stopping, a taken port.
import { request as httpRequest } from 'node:http';
import { expect } from 'chai';
import { AppError } from '../../../core/errors/index.ts';
import { memoryStore } from '../../../core/testing/index.ts';
import { startRest } from '../testing/rest.ts';
import type { Services } from './request.ts';

describe('the REST server', () => {
  it('answers 503 in the envelope while the store is away', async () => {
    const store = memoryStore();
    const rest = await startRest({ store });
    const tenant = await rest.account('acme');
    store.database(tenant.id).view = () => Promise.reject(new AppError('datastore_unreachable'));
    const { status, body, headers } = await tenant.send('GET', 'menus');
    expect([status, body.message, body.error]).to.deep.equal([503, 'datastore_unreachable', '503']);
    expect(headers.get('retry-after')).to.equal('1');
    store.database(tenant.id).view = () => Promise.reject(new Error('secret detail'));
    const failed = await tenant.send('GET', 'menus');
    expect([failed.status, failed.body.message]).to.deep.equal([500, 'unspecified_fault']);
    expect(failed.text).not.to.include('secret detail');
    await rest.stop();
  });

  it('finishes what runs when it is stopped, and takes no more', async () => {
    const store = memoryStore();
    const rest = await startRest({ store });
    const tenant = await rest.account('acme');
    let answer = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      store.database(tenant.id).view = () => {
        resolve();
        return new Promise((done) => {
          answer = () => done([]);
        });
      };
    });
    const running = tenant.send('GET', 'menus');
    await asked;
    const stopped = rest.stop();
    answer();
    expect((await running).status).to.equal(200);
    await stopped;
    const refused = await new Promise((resolve) => httpRequest(rest.url).once('error', resolve).end());
    expect((refused as NodeJS.ErrnoException).code).to.equal('ECONNREFUSED');
  });

  it('says which port is taken', async () => {
    const rest = await startRest();
    const { startServer } = await import('./server.ts');
    const port = Number(new URL(rest.url).port);
    const services = rest.context as Services;
    const again = startServer(services, [], { host: '127.0.0.1', port });
    expect(await again.catch((error: AppError) => error.message)).to.include(String(port));
    await rest.stop();
  });
});
