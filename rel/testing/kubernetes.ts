// What the API of Kubernetes 1.29 calls the fields that our manifests use, and whether a manifest says anything else.

/** `name` for a plain value, `name:Type` for an object, `name:Type[]` for a list of them; a type that ends with * takes any keys. */
const types: Readonly<Record<string, string>> = {
  Namespace: 'metadata:Meta',
  Service: 'metadata:Meta spec:ServiceSpec',
  ServiceSpec: 'clusterIP publishNotReadyAddresses selector:Map ports:ServicePort[]',
  ServicePort: 'name port targetPort protocol',
  Deployment: 'metadata:Meta spec:DeploymentSpec',
  DeploymentSpec: 'replicas selector:Selector strategy:Update template:Template',
  StatefulSet: 'metadata:Meta spec:StatefulSetSpec',
  StatefulSetSpec:
    'serviceName replicas podManagementPolicy selector:Selector template:Template volumeClaimTemplates:Claim[]',
  DaemonSet: 'metadata:Meta spec:DaemonSetSpec',
  DaemonSetSpec: 'minReadySeconds selector:Selector updateStrategy:Update template:Template',
  Update: 'type rollingUpdate:Rolling',
  Rolling: 'maxUnavailable maxSurge',
  Job: 'metadata:Meta spec:JobSpec',
  JobSpec: 'backoffLimit template:Template',
  PodDisruptionBudget: 'metadata:Meta spec:BudgetSpec',
  BudgetSpec: 'maxUnavailable selector:Selector',
  HorizontalPodAutoscaler: 'metadata:Meta spec:ScalerSpec',
  ScalerSpec: 'scaleTargetRef:ObjectRef minReplicas maxReplicas metrics:Metric[] behavior:Behaviour',
  ObjectRef: 'apiVersion kind name',
  Metric: 'type resource:ResourceMetric',
  ResourceMetric: 'name target:MetricTarget',
  MetricTarget: 'type averageUtilization',
  Behaviour: 'scaleDown:Scaling',
  Scaling: 'stabilizationWindowSeconds policies:ScalingPolicy[]',
  ScalingPolicy: 'type value periodSeconds',
  NetworkPolicy: 'metadata:Meta spec:PolicySpec',
  PolicySpec: 'podSelector:Selector policyTypes ingress:Ingress[]',
  Ingress: 'from:Peer[] ports:PolicyPort[]',
  Peer: 'podSelector:Selector namespaceSelector:Selector ipBlock:IpBlock',
  IpBlock: 'cidr',
  PolicyPort: 'port endPort protocol',
  Meta: 'name labels:Map annotations:Map',
  Map: '*',
  Selector: 'matchLabels:Map matchExpressions:Expression[]',
  Expression: 'key operator values',
  Claim: 'metadata:Meta spec:ClaimSpec',
  ClaimSpec: 'accessModes resources:Resources',
  Template: 'metadata:Meta spec:PodSpec',
  PodSpec: `terminationGracePeriodSeconds automountServiceAccountToken enableServiceLinks hostNetwork dnsPolicy restartPolicy
    nodeSelector:Map tolerations:Toleration[] affinity:Affinity topologySpreadConstraints:Spread[] securityContext:PodSecurity
    initContainers:Container[] containers:Container[] volumes:Volume[]`,
  Toleration: 'key operator',
  Affinity: 'podAntiAffinity:AntiAffinity',
  AntiAffinity: 'requiredDuringSchedulingIgnoredDuringExecution:AffinityTerm[]',
  AffinityTerm: 'labelSelector:Selector topologyKey',
  Spread: 'maxSkew topologyKey whenUnsatisfiable labelSelector:Selector matchLabelKeys',
  PodSecurity: 'runAsNonRoot runAsUser runAsGroup fsGroup seccompProfile:Seccomp',
  Seccomp: 'type',
  Container: `name image command args env:Env[] envFrom:EnvFrom[] ports:ContainerPort[] readinessProbe:Probe livenessProbe:Probe
    startupProbe:Probe lifecycle:Lifecycle resources:Resources securityContext:Security volumeMounts:Mount[]`,
  Env: 'name value valueFrom:EnvSource',
  EnvSource: 'fieldRef:FieldRef secretKeyRef:KeyRef',
  FieldRef: 'fieldPath',
  KeyRef: 'name key',
  EnvFrom: 'configMapRef:NameRef secretRef:NameRef',
  NameRef: 'name',
  ContainerPort: 'name containerPort protocol',
  Probe:
    'httpGet:HttpGet tcpSocket:Tcp exec:Exec initialDelaySeconds periodSeconds timeoutSeconds failureThreshold',
  HttpGet: 'path port',
  Tcp: 'port',
  Exec: 'command',
  Lifecycle: 'preStop:Hook',
  Hook: 'exec:Exec',
  Resources: 'requests:Map limits:Map',
  Security: 'allowPrivilegeEscalation readOnlyRootFilesystem runAsUser capabilities:Capabilities',
  Capabilities: 'add drop',
  Mount: 'name mountPath subPath readOnly',
  Volume: 'name configMap:NameRef emptyDir:EmptyDir hostPath:HostPath',
  EmptyDir: 'medium',
  HostPath: 'path type',
};

/** The group and version of each kind. */
export const versions: Readonly<Record<string, string>> = {
  Namespace: 'v1',
  Service: 'v1',
  Deployment: 'apps/v1',
  StatefulSet: 'apps/v1',
  DaemonSet: 'apps/v1',
  Job: 'batch/v1',
  PodDisruptionBudget: 'policy/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  NetworkPolicy: 'networking.k8s.io/v1',
};

/** Paths of a manifest that the API does not know, or that have the wrong shape. */
export function unknownFields(manifest: Readonly<Record<string, unknown>>): string[] {
  const { apiVersion, kind, ...rest } = manifest;
  if (typeof kind !== 'string' || versions[kind] !== apiVersion)
    return [`${String(apiVersion)} ${String(kind)}`];
  return walk(rest, kind, kind);
}

function walk(value: unknown, type: string, path: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path} is no object`];
  const known = types[type] ?? '';
  if (known === '*') return [];
  const fields = new Map(known.split(/\s+/).map((field) => field.split(':') as [string, string | undefined]));
  return Object.entries(value).flatMap(([name, child]) => {
    const at = `${path}.${name}`;
    if (!fields.has(name)) return [at];
    const of = fields.get(name);
    if (of === undefined)
      return typeof child === 'object' && !isListOfPlain(child) ? [`${at} is an object`] : [];
    if (!of.endsWith('[]')) return walk(child, of, at);
    if (!Array.isArray(child)) return [`${at} is no list`];
    return child.flatMap((it, index) => walk(it, of.slice(0, -2), `${at}.${index}`));
  });
}

const isListOfPlain = (value: unknown): boolean =>
  Array.isArray(value) && value.every((it) => typeof it !== 'object');
