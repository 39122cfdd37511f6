// A drachtio-srf application for one test, with the types that its own declarations get wrong or leave out.

import type { EventEmitter } from 'node:events';
import Srf from 'drachtio-srf';
import { serverUnderTest } from './server.ts';

type Fields = Record<string, string>;

export interface Message {
  headers: Fields;
  body: string;
  get(name: string): string;
  has(name: string): boolean;
  getParsedHeader(name: string): { uri: string; params: Fields };
}

export interface Request extends Message, EventEmitter {
  method: string;
  uri: string;
  source_address: string;
  source_port: number;
  protocol: string;
  stackDialogId: string;
  receivedOn: string;
  cancel(options?: object, callback?: (error: unknown) => void): void;
}

export interface Response extends Message {
  status: number;
  reason: string;
  send(status: number, options?: object, callback?: (error: unknown, sent: Message) => void): void;
}

export interface CallDialog extends EventEmitter {
  id: string;
  sip: { callId: string; localTag: string; remoteTag: string };
  local: { sdp: string };
  remote: { sdp: string };
  destroy(): Promise<Request>;
  modify(sdp: string): Promise<string>;
  request(options: { method: string; headers?: Fields; body?: string }): Promise<Response>;
}

export interface ProxyResult {
  connected: boolean;
  finalStatus: number;
  responses: { msgs: { status: number }[] }[];
}

type Handler = (request: Request, response: Response) => void;

export interface Application extends EventEmitter {
  connect(options: object): void;
  disconnect(): void;
  use(method: string, handler: Handler): void;
  register(handler: Handler): void;
  invite(handler: Handler): void;
  options(handler: Handler): void;
  message(handler: Handler): void;
  subscribe(handler: Handler): void;
  unregisterForMessages(method: string): void;
  createUAS(request: Request, response: Response, options: object): Promise<CallDialog>;
  createUAC(uri: string, options: object, callbacks?: object): Promise<CallDialog>;
  createB2BUA(
    request: Request,
    response: Response,
    uri: string,
    options: object,
  ): Promise<{ uas: CallDialog; uac: CallDialog }>;
  proxyRequest(request: Request, destination: string | string[], options?: object): Promise<ProxyResult>;
  request(uri: string, options: object): Promise<Request>;
}

/** A promise with its two ends. */
export function newDeferred<T>(): {
  promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
} {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

const connected = new Set<Application>();

/** A new application that is not connected yet; `setUp` names its handlers. */
export function newApplication(setUp: (application: Application) => void = () => undefined): Application {
  const application = new Srf() as unknown as Application;
  setUp(application);
  return application;
}

/** A connected application, which the server knows all routes of. */
export async function connect(setUp?: (application: Application) => void): Promise<Application> {
  const application = newApplication(setUp);
  const { control } = await serverUnderTest();
  await new Promise<void>((resolve, reject) => {
    application.on('error', reject);
    application.on('connect', (error: unknown) => (error ? reject(error) : resolve()));
    application.connect(control);
  });
  connected.add(application);
  await routesAreKnown();
  return application;
}

/** Resolves when the connection is closed. */
export async function disconnect(application: Application): Promise<void> {
  connected.delete(application);
  const closed = new Promise((resolve) => application.on('close', resolve));
  application.disconnect();
  await closed;
}

/** Disconnects every application of the test. */
export async function disconnectAll(): Promise<void> {
  for (const application of [...connected]) await disconnect(application);
  await routesAreKnown();
}

/** The server reads each connection in order but not one connection before another: give it a turn. */
function routesAreKnown(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 25));
}
