// What every file of the suite does around its tests.

import { disconnectAll } from './application.ts';
import { closePhones } from './phone.ts';
import { closeRaw } from './raw.ts';
import { stopServerUnderTest } from './server.ts';

/** Closes the phones and applications of each test, and the server after the last. */
export function cleanUp(): void {
  afterEach(async () => {
    await closePhones();
    closeRaw();
    await disconnectAll();
  });
  after(stopServerUnderTest);
}
