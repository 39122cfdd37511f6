// The manifests as kustomize would put them together: known fields, references that hold, settings and commands that processes know.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { unknownFields } from '../testing/kubernetes.ts';
import { environmentOf, has, loadKustomization, merged } from '../testing/kustomize.ts';
import { appsStartedBy, settingsFrom } from '../testing/words.ts';
import { appsOf } from '../zone/apps.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const folders = ['parts', 'apps'] as const;

describe('the manifests for Kubernetes', () => {
  const loaded = folders.map((name) => ({ name, ...loadKustomization(join(here, name)) }));
  const all = loaded.flatMap(({ manifests, generated, imageOf }) =>
    manifests.map((manifest) => ({ manifest, generated, imageOf })),
  );
  const workloads = all.flatMap(({ manifest, ...rest }) => {
    const { spec, kind, metadata } = manifest;
    return spec?.template
      ? [
          {
            kind,
            name: metadata.name,
            spec,
            labels: spec.template.metadata.labels,
            pod: spec.template.spec,
            ...rest,
          },
        ]
      : [];
  });
  const containers = workloads.flatMap(({ pod, ...rest }) => [
    ...(pod.initContainers ?? []).map((container) => ({ ...rest, pod, container, stays: false })),
    ...pod.containers.map((container) => ({ ...rest, pod, container, stays: rest.kind !== 'Job' })),
  ]);
  const pods = workloads.map(({ labels }) => labels);
  const drain = settingsFrom(loaded[1]!.generated.get('settings')!).drain;

  it('say nothing that the API does not know', () => {
    expect(all.flatMap(({ manifest }) => unknownFields({ ...manifest }))).to.deep.equal([]);
    const wrong = merged(workloads[0], {}) as { spec: object };
    expect(
      unknownFields({ apiVersion: 'apps/v1', kind: 'Deployment', spec: { ...wrong.spec, replica: 1 } }),
    ).to.include('Deployment.spec.replica');
  });

  it('are each in their kustomization, and named once', () => {
    const names = all.map(({ manifest: { kind, metadata } }) => `${kind} ${metadata.name}`);
    expect(new Set(names).size).to.equal(names.length);
  });

  it('select pods that exist', () => {
    for (const { name, spec, labels } of workloads)
      if (spec.selector) expect(has(spec.selector, labels), name).to.equal(true);
    for (const { manifest } of all) {
      const { kind, metadata, spec } = manifest;
      if (kind === 'Service')
        expect(
          pods.some((it) => has({ matchLabels: spec!.selector! }, it)),
          metadata.name,
        ).to.equal(true);
      const selector = kind === 'PodDisruptionBudget' ? spec?.selector : spec?.podSelector;
      if (selector)
        expect(
          pods.some((it) => has(selector, it)),
          `${kind} ${metadata.name}`,
        ).to.equal(true);
    }
    for (const { name, kind, spec } of workloads)
      if (kind === 'StatefulSet')
        expect(
          all.some(
            ({ manifest }) => manifest.kind === 'Service' && manifest.metadata.name === spec.serviceName,
          ),
          name,
        ).to.equal(true);
  });

  it('may lose one of each, and grow what is there', () => {
    const budgets = all.filter(({ manifest }) => manifest.kind === 'PodDisruptionBudget');
    for (const { name, kind, labels } of workloads.filter(
      (it) => it.kind === 'Deployment' || it.kind === 'StatefulSet',
    ))
      expect(
        budgets.filter(({ manifest }) => has(manifest.spec!.selector!, labels)).length,
        `${kind} ${name}`,
      ).to.equal(1);
    for (const { manifest } of all.filter((it) => it.manifest.kind === 'HorizontalPodAutoscaler')) {
      const { scaleTargetRef: { kind, name } = { kind: '', name: '' }, minReplicas } = manifest.spec!;
      const target = workloads.find((it) => it.kind === kind && it.name === name);
      expect(target?.spec.replicas, name).to.equal(minReplicas);
    }
  });

  it('watch and limit every container', () => {
    for (const { name, container, stays } of containers) {
      const { resources, readinessProbe, livenessProbe } = container;
      expect(resources?.requests, name).to.have.keys('cpu', 'memory');
      expect(resources?.limits?.memory, name).to.match(/^\d+[MG]i$/);
      if (stays)
        expect([typeof readinessProbe, typeof livenessProbe], name).to.deep.equal(['object', 'object']);
    }
  });

  it('pin every image', () => {
    for (const { name, container, imageOf } of containers)
      expect(imageOf(container), name).to.match(/:\d+(\.\d+)+(-\w+)?$/);
  });

  it('refer to settings, secrets, volumes and ports that exist', () => {
    for (const { name, container, pod, spec, generated } of containers) {
      for (const { configMapRef, secretRef } of container.envFrom ?? [])
        expect([...generated.keys()], name).to.include((configMapRef ?? secretRef)!.name);
      for (const { valueFrom } of container.env ?? [])
        if (valueFrom?.secretKeyRef)
          expect(generated.get(valueFrom.secretKeyRef.name), name).to.have.property(
            valueFrom.secretKeyRef.key,
          );
      const volumes = [
        ...(pod.volumes ?? []),
        ...(spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata),
      ];
      for (const mount of container.volumeMounts ?? [])
        expect(
          volumes.map((it) => it.name),
          name,
        ).to.include(mount.name);
      const ports = (container.ports ?? []).map((it) => it.name);
      for (const probe of [container.readinessProbe, container.livenessProbe, container.startupProbe]) {
        const port = /"port":"(\w+)"/.exec(JSON.stringify(probe) ?? '')?.[1];
        if (port) expect(ports, name).to.include(port);
      }
    }
    for (const { pod, generated } of workloads)
      for (const { configMap } of pod.volumes ?? [])
        if (configMap) expect([...generated.keys()]).to.include(configMap.name);
    const named = new Set(
      containers.flatMap(({ container }) => (container.ports ?? []).map((it) => it.name)),
    );
    for (const { manifest } of all) {
      const { ports = [], ingress = [] } = manifest.spec ?? {};
      const wanted = [
        ...ports.map((it) => it.targetPort),
        ...ingress.flatMap((it) => (it.ports ?? []).map(({ port }) => port)),
      ];
      for (const port of wanted)
        if (typeof port === 'string') expect([...named], manifest.metadata.name).to.include(port);
    }
  });

  it('give settings and commands that the processes know', () => {
    for (const { name, container, generated, imageOf } of containers.filter((it) =>
      it.container.image.startsWith('mirliton'),
    )) {
      const environment = environmentOf(container, generated);
      const words = (container.args ?? []).map((it) => it.replaceAll('$(HOST_IP)', '10.0.0.21'));
      const full = imageOf(container).startsWith('mirliton-edge')
        ? ['write', 'kamailio', '/folder', ...words]
        : words;
      expect(
        () => settingsFrom(environment) && appsStartedBy(container.command ? ['version'] : full),
        name,
      ).to.not.throw();
    }
  });

  it('run every app that the settings need, each with its drain', () => {
    const started = new Map(
      containers.flatMap(({ container, pod }) =>
        appsStartedBy(container.image === 'mirliton' ? (container.args ?? []) : ['version']).map(
          (app) => [app, { container, pod }] as const,
        ),
      ),
    );
    const settings = settingsFrom(loaded[1]!.generated.get('settings')!);
    expect([...started.keys()].sort()).to.deep.equal([...appsOf(settings)].sort());
    for (const [app, { container, pod }] of started) {
      const pause = Number(container.lifecycle?.preStop?.exec.command[1]);
      expect(pod.terminationGracePeriodSeconds, app).to.be.above(pause + drain + 5);
    }
  });

  it('configure brokers and databases as everywhere', () => {
    const text = (file: string): string => readFileSync(join(here, file), 'utf8');
    expect(text('parts/couchdb.ini')).to.equal(text('../couchdb/zone.ini'));
    const without = (conf: string): string => conf.replaceAll(/rabbit@\S+/g, 'NODE');
    expect(without(text('parts/rabbitmq.conf'))).to.equal(without(text('../rabbitmq/rabbitmq.conf')));
  });

  it('are put together by kustomize, where kubectl is', function () {
    if (!existsSync('/usr/bin/kubectl') && !existsSync('/usr/local/bin/kubectl')) return this.skip();
    const copy = mkdtempSync(join(tmpdir(), 'mirliton-kubernetes-'));
    try {
      for (const { name, manifests, kustomization } of loaded) {
        cpSync(join(here, name), join(copy, name), { recursive: true });
        renameSync(join(copy, name, 'secrets.example.env'), join(copy, name, 'secrets.env'));
        const { stdout, stderr, status } = spawnSync('kubectl', ['kustomize', join(copy, name)], {
          encoding: 'utf8',
        });
        expect(status, stderr).to.equal(0);
        const made = kustomization.configMapGenerator.length + kustomization.secretGenerator.length;
        expect(stdout.match(/^kind: /gm)?.length).to.equal(manifests.length + made);
      }
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });
});
