import path from 'node:path';
import type { IServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import type { IDeployment } from 'kubernetes-models/apps/v1';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import type { IJob } from 'kubernetes-models/batch/v1';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1';
import type { IConfigMap, ISecret, IService } from 'kubernetes-models/v1';
import { describe, expect, it } from 'vitest';
import { yamlFile } from './kit/files.js';
import { configOf, isSecret, isSetting } from './kit/known-settings.js';
import { unknownFields, validate, type Manifest } from './kit/kubernetes.js';
import { files, kustomizations, manifestsIn, one as oneIn, type Kustomization } from './kit/manifests.js';

/** Of PostgreSQL's 100 connections 3 are its superusers', and commands and people need some. */
const CONNECTIONS_FOR_PODS = 80;

const manifests = manifestsIn(files);
/** Without what a component adds. */
const one = <T>(kind: string): T => oneIn<T>(kind, 'k8s', 'k8s/monitoring');

const deployment = one<IDeployment>('Deployment').spec!;
const job = one<IJob>('Job').spec!;
const service = one<IService>('Service');
const settings = one<IConfigMap>('ConfigMap').data!;
const secrets = one<ISecret>('Secret').stringData!;
const config = configOf({ ...settings, ...secrets });

const [server] = deployment.template.spec!.containers;
const podLabels = deployment.template.metadata!.labels!;
const portOf = (name: string | number) => server.ports!.find((port) => port.name === name)?.containerPort;

describe('Kubernetes: schemas', () => {
  it.each(
    manifests.map((manifest): [string, string, Manifest] => [
      manifest.kind,
      manifest.metadata.name,
      manifest,
    ]),
  )('%s %s is valid', async (_kind, _name, manifest) => {
    await expect(validate(manifest)).resolves.toBeUndefined();
  });

  it('has no field that the API does not know', () => {
    const misspelt = { ...one<Manifest>('Deployment'), spec: { ...deployment, replicsa: 2 } };
    expect(unknownFields([...manifests, misspelt])).toEqual([expect.stringContaining('replicsa')]);
  });

  it('finds a wrong value', async () => {
    const wrong = { ...one<Manifest>('Deployment'), spec: { ...deployment, replicas: 'two' } };
    await expect(validate(wrong)).rejects.toThrow('replicas must be integer');
    await expect(validate({ ...one<Manifest>('Job'), apiVersion: 'batch/v0' })).rejects.toThrow(
      'batch/v0/Job',
    );
  });
});

describe('Kubernetes: kustomize', () => {
  it('has every file but the example of secrets in one kustomization', () => {
    const listed = kustomizations.flatMap((file) => {
      const { resources, patches = [] } = yamlFile<Kustomization>(file);
      return [...resources, ...patches.map((patch) => patch.path)].map((name) =>
        path.join(path.dirname(file), name),
      );
    });
    expect([...listed, 'k8s/secret.example.yaml'].sort()).toEqual([...files].sort());
  });

  it('puts all into one namespace, that of the example too', () => {
    const namespaces = kustomizations.map((file) => yamlFile<Kustomization>(file).namespace);
    const made = one<Manifest>('Namespace').metadata.name;
    expect(new Set([...namespaces, one<Manifest>('Secret').metadata.namespace])).toEqual(new Set([made]));
  });

  it('says of every image which version it is', () => {
    const { images = [] } = yamlFile<Kustomization>('k8s/kustomization.yaml');
    const used = [server, ...job.template.spec!.containers].map(({ image }) => image);
    expect(used.filter((image) => !images.some(({ name }) => name === image))).toEqual([]);
    expect(images.filter(({ newTag }) => !/^\d+\.\d+\.\d+$/.test(newTag))).toEqual([]);
  });
});

describe('Kubernetes: settings and ports', () => {
  it('sets what the server knows, secrets in the Secret', () => {
    expect(Object.keys({ ...settings, ...secrets }).filter((name) => !isSetting(name))).toEqual([]);
    expect(Object.keys(settings).filter(isSecret)).toEqual([]);
    expect(Object.keys(secrets).filter((name) => !isSecret(name))).toEqual([]);
    const [names] = [server, ...job.template.spec!.containers].map(({ envFrom = [] }) =>
      envFrom.map(({ configMapRef, secretRef }) => configMapRef?.name ?? secretRef?.name),
    );
    expect(names).toEqual([one<Manifest>('ConfigMap').metadata.name, one<Manifest>('Secret').metadata.name]);
  });

  it('names the ports that are served', () => {
    expect(server.ports!.map(({ containerPort }) => containerPort)).toEqual([
      config.port,
      config.metricsPort,
    ]);
    const targets = service.spec!.ports!.map(({ targetPort }) => portOf(targetPort!));
    expect(targets).toEqual([config.port, config.metricsPort]);
    const open = one<INetworkPolicy>('NetworkPolicy').spec!.ingress!.flatMap(({ ports = [] }) => ports);
    expect(open.map(({ port }) => portOf(port!))).toEqual([config.port, config.metricsPort]);
  });

  it('lets out to the databases of the settings', () => {
    const out = one<INetworkPolicy>('NetworkPolicy').spec!.egress!.flatMap(({ ports = [] }) => ports);
    const redisPort = Number(new URL(config.redisUrl).port);
    expect(out.map(({ port }) => port)).toEqual(expect.arrayContaining([53, config.dbPort, redisPort]));
  });

  it('probes the main port, and does not restart what only waits for its database', () => {
    const { startupProbe, readinessProbe, livenessProbe } = server;
    const probes = [startupProbe, readinessProbe, livenessProbe].map((probe) => probe!.httpGet!);
    expect(probes.map(({ path }) => path)).toEqual(['/liveness', '/readiness', '/liveness']);
    expect(probes.map(({ port }) => portOf(port))).toEqual([config.port, config.port, config.port]);
  });

  it('is scraped at the metrics port and path', () => {
    const { endpoints, selector, jobLabel } = one<IServiceMonitor>('ServiceMonitor').spec;
    expect(service.metadata!.labels).toMatchObject(selector.matchLabels!);
    expect(service.metadata!.labels![jobLabel!]).toBe('sightline');
    const scraped = endpoints.map((endpoint) => {
      const { targetPort } = service.spec!.ports!.find(({ name }) => name === endpoint.port)!;
      return [portOf(targetPort!), endpoint.path];
    });
    expect(scraped).toEqual([[config.metricsPort, config.metricsPath]]);
  });
});

describe('Kubernetes: pods', () => {
  it('selects its own pods, and not those of the Job', () => {
    const selectors = [
      deployment.selector.matchLabels,
      service.spec!.selector,
      one<IPodDisruptionBudget>('PodDisruptionBudget').spec!.selector!.matchLabels,
      ...deployment.template.spec!.topologySpreadConstraints!.map(
        (spread) => spread.labelSelector!.matchLabels,
      ),
    ];
    for (const selector of selectors) {
      expect(podLabels).toMatchObject(selector!);
      expect(job.template.metadata!.labels).not.toMatchObject(selector!);
    }
  });

  it('runs them as nobody in particular, on a root that cannot be written', () => {
    for (const pod of [deployment.template.spec!, job.template.spec!]) {
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      });
      for (const { securityContext, resources, volumeMounts } of pod.containers) {
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect([resources!.requests!.memory, resources!.limits!.memory]).toEqual([
          expect.any(String),
          expect.any(String),
        ]);
        const mounted = volumeMounts!.map(({ name }) => name);
        expect(mounted).toEqual(pod.volumes!.map(({ name }) => name));
      }
    }
  });

  it('gives a stop the time that it takes', () => {
    const graceS = deployment.template.spec!.terminationGracePeriodSeconds!;
    expect(graceS).toBeGreaterThan(config.shutdownDelayS + config.shutdownTimeoutS + 5);
    // Longer than the readiness probe takes to notice.
    const { periodSeconds, failureThreshold } = server.readinessProbe!;
    expect(config.shutdownDelayS).toBeGreaterThan(periodSeconds! * failureThreshold!);
  });

  it('scales to no more than the database has connections for', () => {
    const { maxReplicas, minReplicas, scaleTargetRef } =
      one<IHorizontalPodAutoscaler>('HorizontalPodAutoscaler').spec;
    const { maxSurge } = deployment.strategy!.rollingUpdate!;
    expect((maxReplicas + Number(maxSurge)) * config.dbMaxConnections).toBeLessThanOrEqual(
      CONNECTIONS_FOR_PODS,
    );
    expect(minReplicas).toBeGreaterThan(1);
    expect(deployment.replicas).toBeUndefined();
    expect(scaleTargetRef.name).toBe(one<Manifest>('Deployment').metadata.name);
  });
});
