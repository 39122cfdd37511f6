// branch_variable: how the variable is named.
import { expect } from 'chai';
import { accountId, node, withBench } from '../testing/bench.ts';

describe('callflow: branch_variable', () => {
  const bench = withBench();

  it('takes the path into a document whole or in parts', async () => {
    const caller_id = { internal: { name: 'Sales' } };
    await bench.database.update(accountId, (account) => ({ ...account, caller_id }));
    for (const variable of ['caller_id.internal.name', ['caller_id', 'internal', 'name']]) {
      const children = { Sales: node('response', { code: 480 }) };
      const routed = await bench.call(node('branch_variable', { variable, scope: 'account' }, children));
      expect((await routed.next('respond'))['Response-Code']).to.equal(480);
    }
  });
});
