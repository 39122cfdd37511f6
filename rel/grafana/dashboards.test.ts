// The dashboards and alerts ask only for metrics that the apps have, by labels that these have.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../..');

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}

/** Every name that a source file gives to a metric. */
function declared(): Set<string> {
  const files = ['core', 'apps', 'rel'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => join(root, folder, file)),
  );
  const making = /(?:counter|gauge|histogram|byContract)\(\s*'([a-z_]+)'/g;
  return new Set(
    files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(making)].map(([, name]) => name ?? '')),
  );
}

/** The names of metrics in a PromQL expression: whatever is followed by a selector, a range or a comparison. */
function metricsOf(expression: string): string[] {
  return [...expression.matchAll(/\b([a-z]+(?:_[a-z0-9]+)+)\b(?!\s*\()/g)]
    .map(([, name = '']) => name)
    .filter(
      (name) => !['histogram_quantile', 'rate_interval', '__rate_interval', 'label_values'].includes(name),
    )
    .map((name) => name.replace(/_(bucket|count|sum)$/, ''));
}

/** What prom-client measures of every process. */
const standard = /^(process|nodejs)_/;

const dashboards = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.json'));
const names = declared();
const unknown = (expressions: readonly string[]): string[] =>
  expressions.flatMap(metricsOf).filter((name) => !names.has(name) && !standard.test(name));

describe('dashboards', () => {
  it('are found, and so are the metrics', () => {
    expect(dashboards).to.have.length.greaterThan(2);
    expect([...names]).to.include.members(['ecallmgr_sessions', 'bus_request_seconds', 'bus_returned_total']);
    expect(unknown(['sum(rate(made_up_total{a="b"}[1m]))'])).to.deep.equal(['made_up_total']);
  });

  for (const file of dashboards)
    it(`${file} asks for what there is, each panel in a place of its own`, () => {
      const { panels, uid } = JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8')) as {
        panels: readonly Panel[];
        uid: string;
      };
      expect(uid).to.match(/^mirliton-/);
      expect(new Set(panels.map(({ id }) => id)).size).to.equal(panels.length);
      expect(new Set(panels.map(({ gridPos: { x, y } }) => `${x} ${y}`)).size).to.equal(panels.length);
      for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).to.be.at.most(24);
      const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
      expect(expressions).to.have.length.greaterThan(5);
      expect(unknown(expressions)).to.deep.equal([]);
    });
});

describe('alerts', () => {
  const { groups } = parse(readFileSync(join(root, 'rel/prometheus/alerts.yaml'), 'utf8')) as {
    groups: readonly {
      rules: readonly { alert: string; expr: string; annotations: { summary: string } }[];
    }[];
  };
  for (const { alert, expr, annotations } of groups.flatMap(({ rules }) => rules))
    it(`${alert} asks for what there is, and says what it means`, () => {
      expect(unknown([expr])).to.deep.equal([]);
      expect(annotations.summary).to.be.a('string').that.is.not.empty;
    });
});
