// One setting at a time in system_config: sections, nesting, and what is taken away.
import { expect } from 'chai';
import type { Store } from '../../core/couch/index.ts';
import { AppError } from '../../core/errors/index.ts';
import { memoryStore } from '../../core/testing/index.ts';
import { findKnown, knownSettings, readValue } from './known-settings.ts';
import {
  changeSection,
  checkCategory,
  effectiveSetting,
  removeFrom,
  setIn,
  storedSettings,
} from './system-config.ts';

describe('settings in the database', () => {
  let store: Store;
  beforeEach(async () => {
    store = memoryStore();
    await store.ensure('system_config', 'system_config');
  });
  const set = (section: string, path: string, value: unknown) =>
    changeSection(store, 'edge', section, setIn(path, value));

  it('of a node count before those of its zone, and those before the default', async () => {
    await set('default', 'dispatcher.choice', 'hash');
    await set('west', 'dispatcher.choice', 'weight');
    await set('edge@a', 'dispatcher.choice', 'active');
    const read = async (...sections: string[]) =>
      (await effectiveSetting(store, 'edge', 'dispatcher.choice', sections))?.value;
    expect(await read('edge@a', 'west', 'default')).to.equal('active');
    expect(await read('edge@b', 'west', 'default')).to.equal('weight');
    expect(await read('edge@b', 'east', 'default')).to.equal('hash');
    expect(await read('nobody')).to.equal(undefined);
  });

  it('keep what stands beside them, and are listed one by one', async () => {
    await set('default', 'dispatcher.choice', 'hash');
    await set('default', 'dispatcher.weights', { 'fs@10.0.0.1': 5 });
    const listed = (await storedSettings(store, 'edge')).map(({ path, value }) => [path, value]);
    expect(listed).to.deep.equal([
      ['dispatcher.choice', 'hash'],
      ['dispatcher.weights.fs@10%2E0%2E0%2E1', 5],
    ]);
    expect(await storedSettings(store, 'callflow')).to.deep.equal([]);
  });

  it('that are taken away leave nothing empty behind', async () => {
    await set('default', 'dispatcher.choice', 'hash');
    await set('default', 'request_size', 9);
    await changeSection(store, 'edge', 'default', removeFrom('dispatcher.choice'));
    expect((await store.database('system_config').get('edge'))['default']).to.deep.equal({ request_size: 9 });
    const again = changeSection(store, 'edge', 'default', removeFrom('dispatcher.choice'));
    expect(await again.catch((error: AppError) => error.code)).to.equal('not_found');
  });

  it('have categories that can be a document id', () => {
    expect(() => checkCategory('number_manager')).not.to.throw();
    for (const name of ['', '_design/x', 'a/b', '../x']) expect(() => checkCategory(name)).to.throw(AppError);
  });
});

describe('settings that apps read', () => {
  it('take values of their type only', () => {
    expect(readValue('callflow', 'max_branch_count', '7')).to.equal(7);
    expect(readValue('media', 'default_language', '7')).to.equal('7');
    expect(readValue('edge', 'dispatcher.weights.a', '7')).to.equal(7);
    expect(readValue('edge', 'scanners', '["x"]')).to.deep.equal(['x']);
    expect(() => readValue('callflow', 'max_branch_count', 'x')).to.throw(/must be a number/);
    expect(() => readValue('edge', 'scanners', '{}')).to.throw(/must be a list/);
  });

  it('are named when somebody sets another one, unless forced', () => {
    expect(() => readValue('callflow', 'max_branch', '7')).to.throw(/max_branch_count/);
    expect(() => readValue('nobody', 'x', '7')).to.throw(/callflow, crossbar/);
    expect(readValue('nobody', 'x', '7', true)).to.equal(7);
  });

  it('are found below one that is an object', () => {
    expect(findKnown('ecallmgr', 'switches')?.type).to.equal('object');
    expect(findKnown('number_manager', 'classifiers.x.regex')).not.to.equal(undefined);
    expect(findKnown('callflow', 'bucket')).to.equal(undefined);
    expect(Object.keys(knownSettings)).to.include('stepswitch');
  });
});
