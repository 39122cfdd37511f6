// Monster UI in a browser: logs in as a person does, and asks through the UI's own client for what the shipped apps have no page of.
import { existsSync } from 'node:fs';
import { chromium, type Page, type Response } from 'playwright-core';
import type { Login } from '../e2e/rest.ts';

/** A request to the API that the page made, and its answer. */
export interface Exchange {
  readonly method: string;
  /** Below the version, without the parameter that defeats caches. */
  readonly path: string;
  readonly status: number;
}

export interface Ui {
  readonly page: Page;
  /** In the order of the answers. */
  readonly exchanges: readonly Exchange[];
  logIn(login: Login): Promise<void>;
  /** Asks through the UI's client, e.g. `user.list`; resolves to `data` of the answer. Rejects with what the API said. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  ask(resource: string, data?: object): Promise<any>;
  stop(): Promise<void>;
}

const candidates = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser of this machine; undefined when there is none. */
export const findBrowser = (): string | undefined => candidates.find((path) => existsSync(path));

/** Opens the UI at `site`, whose requests to `api` are recorded. */
export async function openUi(site: string, api: string, executablePath: string): Promise<Ui> {
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  const page = await browser.newPage({ viewport: { width: 1300, height: 900 } });
  const exchanges: Exchange[] = [];
  // Fonts of the internet and the like: it must need nothing but the zone.
  await page.route(
    ({ hostname }) => hostname !== '127.0.0.1',
    (route) => route.abort(),
  );
  page.on('response', (response) => {
    const exchange = exchangeOf(response, api);
    if (exchange) exchanges.push(exchange);
  });
  await page.goto(site);
  await page.waitForSelector('input#login');
  return {
    page,
    exchanges,
    logIn: async ({ username, password, account_name }) => {
      await page.fill('input#login', username);
      await page.fill('input#password', password);
      await page.fill('input#account_name', account_name);
      await page.click('button.login');
      await page.waitForFunction('window.monster?.apps?.auth?.appsStore !== undefined');
    },
    ask: (resource, data = {}) => page.evaluate(askInPage(resource, data)),
    stop: () => browser.close(),
  };
}

/** What the page runs. Text, because a compiled function refers to what only this side has. */
const askInPage = (resource: string, data: object): string => `new Promise((resolve, reject) => {
  const { auth } = window.monster.apps;
  auth.callApi({
    resource: ${JSON.stringify(resource)},
    data: { accountId: auth.accountId, generateError: false, ...${JSON.stringify(data)} },
    success: (answer) => resolve(answer.data),
    error: (answer) => reject(new Error(${JSON.stringify(resource)} + ': ' + JSON.stringify(answer))),
  });
})`;

function exchangeOf(response: Response, api: string): Exchange | undefined {
  const url = response.url();
  if (!url.startsWith(`${api}/`)) return undefined;
  const path = url.slice(api.length + 1).replace(/[?&]_=\d+/, '');
  return { method: response.request().method(), path, status: response.status() };
}
