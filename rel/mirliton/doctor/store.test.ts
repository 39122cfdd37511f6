// Whether enough database nodes are up for what the settings demand.
import { expect } from 'chai';
import { quorumFindings } from './store.ts';

const cluster = (members: number, up: number) => {
  const names = Array.from({ length: members }, (_, index) => `couchdb@n${index}`);
  return names.slice(0, up).map((_, index) => ({
    url: `http://n${index}`,
    up: true,
    version: '3.4.3',
    members: names,
    seen: names.slice(0, up),
  }));
};
const states = (members: number, up: number, quorum = {}) =>
  quorumFindings(cluster(members, up), quorum).map(({ what, state }) => `${what}: ${state}`);

describe('the quorum of the database', () => {
  it('is a majority of three copies, or of the nodes when there are fewer', () => {
    expect(states(1, 1)).to.deep.equal(['quorum of all databases: ok']);
    expect(states(3, 2)).to.deep.equal(['quorum of all databases: ok']);
    expect(states(3, 1)).to.deep.equal(['quorum of all databases: failed']);
    expect(states(5, 2)).to.deep.equal(['quorum of all databases: ok']);
  });

  it('may be more for a class of databases', () => {
    expect(states(3, 2, { numbers: { w: 3 } })).to.deep.equal([
      'quorum of all databases: ok',
      'quorum of numbers: failed',
    ]);
  });

  it('says nothing when no node answers: that is said of the nodes', () => {
    expect(states(3, 0)).to.deep.equal([]);
  });
});
