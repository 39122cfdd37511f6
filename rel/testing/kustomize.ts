// A kustomization as far as ours go: resources with their patches merged in, generated maps and secrets, images with their tags.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

export interface EnvEntry {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef?: { name: string; key: string }; readonly fieldRef?: object };
}
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly command?: readonly string[];
  readonly env?: readonly EnvEntry[];
  readonly envFrom?: readonly { configMapRef?: { name: string }; secretRef?: { name: string } }[];
  readonly ports?: readonly { name: string }[];
  readonly volumeMounts?: readonly { name: string }[];
  readonly resources?: { requests?: object; limits?: { memory?: string } };
  readonly lifecycle?: { preStop?: { exec: { command: readonly string[] } } };
  readonly [probe: `${string}Probe`]: object | undefined;
}
export type Labels = Readonly<Record<string, string>>;
export interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] }[];
}
export interface PodSpec {
  readonly terminationGracePeriodSeconds?: number;
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes?: readonly { name: string; configMap?: { name: string } }[];
}
export interface Spec {
  readonly selector?: Selector & Labels;
  readonly podSelector?: Selector;
  readonly template?: { readonly metadata: { readonly labels: Labels }; readonly spec: PodSpec };
  readonly serviceName?: string;
  readonly ports?: readonly { port: number; targetPort?: string }[];
  readonly ingress?: readonly { ports?: readonly { port: number | string }[] }[];
  readonly scaleTargetRef?: { readonly kind: string; readonly name: string };
  readonly minReplicas?: number;
  readonly replicas?: number;
  readonly volumeClaimTemplates?: readonly { metadata: { name: string } }[];
}
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Labels };
  readonly spec?: Spec;
}
export interface Kustomization {
  readonly namespace: string;
  readonly resources: readonly string[];
  readonly images?: readonly { name: string; newTag: string }[];
  readonly patches?: readonly { path: string; target: { kind: string; labelSelector: string } }[];
  readonly configMapGenerator: readonly { name: string; envs?: string[]; files?: string[] }[];
  readonly secretGenerator: readonly { name: string; envs: string[] }[];
}

/** Objects by key, lists of named things by name: enough of a strategic merge for what our patch does. */
export function merged(into: unknown, patch: unknown): unknown {
  if (Array.isArray(into) && Array.isArray(patch)) {
    const named = (list: readonly unknown[]) => list as readonly { name?: string }[];
    const known = new Set(named(into).map(({ name }) => name));
    return [
      ...named(into).map((it) => merged(it, named(patch).find(({ name }) => name === it.name) ?? {})),
      ...named(patch).filter(({ name }) => !known.has(name)),
    ];
  }
  if (typeof into !== 'object' || typeof patch !== 'object' || into === null || patch === null) return patch;
  const [a, b] = [into as Record<string, unknown>, patch as Record<string, unknown>];
  return Object.fromEntries(
    [...new Set([...Object.keys(a), ...Object.keys(b)])].map((key) => [
      key,
      key in a && key in b ? merged(a[key], b[key]) : (a[key] ?? b[key]),
    ]),
  );
}

const variablesOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split('\n')
      .filter((line) => /^\w+=/.test(line))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1) || 'secret']),
  );

/** Secrets are taken from the example beside them; what is empty there is `secret`. */
export function loadKustomization(folder: string) {
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  const kustomization = parse(read('kustomization.yaml')) as Kustomization;
  const { images = [], patches = [] } = kustomization;
  const manifests = kustomization.resources
    .flatMap((file) => parseAllDocuments(read(file)).map((it) => it.toJS({ maxAliasCount: -1 }) as Manifest))
    .map((manifest) => {
      const patch = patches.find(
        ({ target }) =>
          target.kind === manifest.kind && manifest.metadata.labels?.[target.labelSelector] !== undefined,
      );
      const { spec } = patch ? (parse(read(patch.path)) as Manifest) : {};
      return spec ? (merged(manifest, { spec }) as Manifest) : manifest;
    });
  const generated = new Map<string, Record<string, string>>();
  for (const { name: map, envs = [], files = [] } of kustomization.configMapGenerator)
    generated.set(map, {
      ...Object.assign({}, ...envs.map((file) => variablesOf(read(file)))),
      ...Object.fromEntries(files.map((it) => [it.split('=')[0] ?? '', read(it.split('=').at(-1) ?? '')])),
    });
  for (const { name: secret, envs } of kustomization.secretGenerator)
    generated.set(
      secret,
      Object.assign({}, ...envs.map((it) => variablesOf(read(it.replace('.env', '.example.env'))))),
    );
  const imageOf = ({ image }: Container): string => {
    const tag = images.find((it) => it.name === image)?.newTag;
    return tag ? `${image}:${tag}` : image;
  };
  return { kustomization, manifests, generated, imageOf };
}

/** The environment of a container, with what only the cluster knows filled in. */
export function environmentOf(
  { env = [], envFrom = [] }: Container,
  generated: ReadonlyMap<string, Record<string, string>>,
) {
  const all: Record<string, string> = {};
  for (const { configMapRef, secretRef } of envFrom)
    Object.assign(all, generated.get((configMapRef ?? secretRef)?.name ?? ''));
  for (const { name, value, valueFrom } of env) {
    const { secretKeyRef, fieldRef } = valueFrom ?? {};
    const secret = secretKeyRef && generated.get(secretKeyRef.name)?.[secretKeyRef.key];
    all[name] = fieldRef
      ? '10.0.0.21'
      : (secret ?? value ?? '').replace(/\$\((\w+)\)/g, (_, key: string) => all[key] ?? '?');
  }
  return all;
}

/** Whether a selector takes these labels. */
export const has = (selector: Selector, labels: Labels): boolean =>
  Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
  (selector.matchExpressions ?? []).every(({ key, values }) =>
    values ? values.includes(labels[key] ?? '') : key in labels,
  );
