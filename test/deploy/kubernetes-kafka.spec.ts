import { readFileSync } from 'node:fs';
import type { IScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1';
import type { IServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import type { IDeployment } from 'kubernetes-models/apps/v1';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1';
import type { IConfigMap, ISecret, IService } from 'kubernetes-models/v1';
import { describe, expect, it } from 'vitest';
import { yamlFile } from './kit/files.js';
import { configOf, isSecret, isSetting } from './kit/known-settings.js';
import { one } from './kit/manifests.js';

/** Of PostgreSQL's 100 connections 3 are its superusers', and commands and people need some. */
const CONNECTIONS_FOR_PODS = 80;

const base = <T>(kind: string): T => one<T>(kind, 'k8s');
const ours = <T>(kind: string): T => one<T>(kind, 'k8s/kafka');

const settings = { ...base<IConfigMap>('ConfigMap').data!, ...ours<IConfigMap>('ConfigMap').data! };
const config = configOf({ ...settings, ...base<ISecret>('Secret').stringData! });
const server = base<IDeployment>('Deployment').spec!;
const deployment = ours<IDeployment>('Deployment').spec!;
const service = ours<IService>('Service');
const scaled = ours<IScaledObject>('ScaledObject').spec;
const [worker] = deployment.template.spec!.containers;
const podLabels = deployment.template.metadata!.labels!;

describe('Kubernetes: Kafka', () => {
  it('is a component that a line of the kustomization turns on', () => {
    expect(yamlFile<{ kind: string }>('k8s/kafka/kustomization.yaml').kind).toBe('Component');
    expect(readFileSync('k8s/kustomization.yaml', 'utf8')).toContain('# components: [kafka]');
  });

  it('sets what the server and the worker know, and nothing secret', () => {
    const names = Object.keys(ours<IConfigMap>('ConfigMap').data!);
    expect(names.filter((name) => !isSetting(name) || isSecret(name))).toEqual([]);
    expect(config.ingestMode).toBe('kafka');
    expect(worker.args).toEqual(['worker']);
    expect(worker.envFrom).toEqual(server.template.spec!.containers[0].envFrom);
  });

  it('acknowledges what is on two disks, also while a broker is away', () => {
    expect(config.kafkaMinInsyncReplicas).toBeGreaterThanOrEqual(2);
    expect(config.kafkaReplicationFactor).toBeGreaterThan(config.kafkaMinInsyncReplicas);
  });

  it('lets out to the brokers', () => {
    const changes = yamlFile<{ op: string; path: string; value: { ports: { port: number }[] } }[]>(
      'k8s/kafka/networkpolicy-patch.yaml',
    );
    expect(changes.map(({ op, path }) => [op, path])).toEqual([['add', '/spec/egress/-']]);
    const ports = changes[0].value.ports.map(({ port }) => port);
    expect(ports).toEqual(expect.arrayContaining(config.kafkaBrokers.map((it) => Number(it.split(':')[1]))));
  });

  it('has workers that nobody sends to, in groups of their own', () => {
    const selectors = [
      deployment.selector.matchLabels,
      service.spec!.selector,
      ours<IPodDisruptionBudget>('PodDisruptionBudget').spec!.selector!.matchLabels,
      ...deployment.template.spec!.topologySpreadConstraints!.map((it) => it.labelSelector!.matchLabels),
    ];
    for (const selector of selectors) {
      expect(podLabels).toMatchObject(selector!);
      expect(server.template.metadata!.labels).not.toMatchObject(selector!);
    }
    expect(podLabels).not.toMatchObject(base<IService>('Service').spec!.selector!);
    expect(podLabels).not.toMatchObject(server.selector.matchLabels!);
  });

  it('probes and scrapes the one port that a worker has', () => {
    expect(worker.ports).toEqual([{ name: 'metrics', containerPort: config.workerPort }]);
    const { startupProbe, readinessProbe, livenessProbe } = worker;
    const probes = [startupProbe, readinessProbe, livenessProbe].map((probe) => probe!.httpGet!);
    expect(probes).toEqual([
      { path: '/liveness', port: 'metrics' },
      { path: '/readiness', port: 'metrics' },
      { path: '/liveness', port: 'metrics' },
    ]);
    const { endpoints, selector } = one<IServiceMonitor>('ServiceMonitor', 'k8s/monitoring').spec;
    expect(service.metadata!.labels).toMatchObject(selector.matchLabels!);
    const [{ key, values }] = selector.matchExpressions!;
    for (const { metadata } of [service, base<IService>('Service')])
      expect(values).toContain(metadata!.labels![key]);
    expect(endpoints.map(({ port }) => port)).toEqual(service.spec!.ports!.map(({ name }) => name));
    // Also of one that is not ready: that is when its metrics are wanted.
    expect(service.spec).toMatchObject({ publishNotReadyAddresses: true, clusterIP: 'None' });
  });

  it('runs as the server does: nobody in particular, on a root that cannot be written', () => {
    const pod = deployment.template.spec!;
    const like = server.template.spec!;
    expect(pod.securityContext).toEqual(like.securityContext);
    expect(worker.securityContext).toEqual(like.containers[0].securityContext);
    expect(worker.resources).toEqual(like.containers[0].resources);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(
      config.shutdownDelayS + config.shutdownTimeoutS + 5,
    );
    expect(worker.volumeMounts!.map(({ name }) => name)).toEqual(pod.volumes!.map(({ name }) => name));
  });

  it('is scaled by the lag of its group, to what has a partition each', () => {
    expect(scaled.scaleTargetRef.name).toBe(ours<{ metadata: { name: string } }>('Deployment').metadata.name);
    expect(deployment.replicas).toBeUndefined();
    const { type, metadata } = scaled.triggers[0];
    expect([scaled.triggers.length, type]).toEqual([1, 'kafka']);
    const named = Object.entries(metadata).flatMap(([key, name]) => (key.endsWith('FromEnv') ? [name] : []));
    expect(named).toEqual(['KAFKA_BROKERS', 'KAFKA_GROUP']);
    expect(named.filter((name) => !(name in settings))).toEqual([]);
    expect(scaled.minReplicaCount).toBeGreaterThan(1);
    expect(scaled.maxReplicaCount).toBe(config.kafkaPartitions);
  });

  it('has connections for all servers and all workers', () => {
    const servers = base<IHorizontalPodAutoscaler>('HorizontalPodAutoscaler').spec.maxReplicas;
    const pods = servers + 1 + scaled.maxReplicaCount! + 1;
    expect(pods * config.dbMaxConnections).toBeLessThanOrEqual(CONNECTIONS_FOR_PODS);
  });
});
