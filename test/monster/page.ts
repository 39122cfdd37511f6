// Monster UI in a browser: logs in as a person does, and asks through the UI's own client for what the shipped apps have no page of.
import { existsSync } from 'node:fs';
import { chromium, type Page, type Request, type Response } from 'playwright-core';
import type { Login } from '../e2e/rest.ts';

/** A request to the API that the page made, and its answer. */
export interface Exchange {
  readonly method: string;
  /** Below the version, without the parameter that defeats caches. */
  readonly path: string;
  /** `blocked` when the browser did not let the page see an answer. */
  readonly status: number;
  /** What was sent; empty with a GET. */
  readonly sent: string;
}

export interface Ui {
  readonly page: Page;
  /** In the order of the answers. */
  readonly exchanges: readonly Exchange[];
  logIn(login: Login): Promise<void>;
  /** Asks through the UI's client, e.g. `user.list`; resolves to `data` of the answer. Rejects with what the API said. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  ask(resource: string, data?: object): Promise<any>;
  /** Shows one of its apps, as a click on its icon does. */
  open(app: string): Promise<void>;
  /** Loads the page anew and shows an app, acting for the account: whatever was open before is gone. */
  enter(app: string, accountId: string): Promise<void>;
  /** Takes an option of a select that the page hides behind a list of its own. */
  choose(select: string, value: string): Promise<void>;
  /**
   * Does `act`, which makes the page write, and waits for the answers to these requests, e.g. `PUT users`, `POST users/*`: the path
   * is below the account, each id is `*`. Resolves to `data` of the answers; rejects when one is an error or does not come.
   */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  writes(act: () => Promise<unknown>, ...requests: readonly string[]): Promise<any[]>;
  stop(): Promise<void>;
}

/** Status of a request that the browser refused to send or whose answer it kept from the page, as other origins do that forbid it. */
export const blocked = 0;

/** Milliseconds: drawing an app takes ten seconds of a machine that does nothing else. */
const patience = 60_000;

const candidates = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser of this machine; undefined when there is none. */
export const findBrowser = (): string | undefined => candidates.find((path) => existsSync(path));

/** Opens the UI at `site`, whose requests to `api` are recorded. */
export async function openUi(site: string, api: string, executablePath: string): Promise<Ui> {
  const browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-dev-shm-usage',
      // Fonts of the internet and the like: it must need nothing but the zone. Not by routes of the page, which stop each of its
      // requests: it waits for its templates with its thread, and a page that is left meanwhile would wait for ever.
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });
  const page = await browser.newPage({ viewport: { width: 1300, height: 900 } });
  page.setDefaultTimeout(patience);
  const ui = drive(page, api);
  await page.goto(site);
  await page.waitForSelector('input#login');
  return { ...ui, stop: () => browser.close() };
}

/** Drags as the mouse does it, in steps: what is dragged follows its moves. Both are selectors; the first of each is meant. */
export async function drag(page: Page, from: string, to: string): Promise<void> {
  await page.locator(from).first().hover();
  await page.mouse.down();
  const box = await page.locator(to).first().boundingBox();
  if (box === null) throw new Error(`${to} is not on the page`);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 12 });
  await page.mouse.up();
}

/** Records what a page asks of `api`, and acts in it. */
export function drive(page: Page, api: string): Omit<Ui, 'stop'> {
  const exchanges: Exchange[] = [];
  const record = (request: Request, status: number): void => {
    const path = pathOf(request.url(), api);
    if (path === undefined) return;
    exchanges.push({ method: request.method(), path, status, sent: request.postData() ?? '' });
  };
  page.on('response', (response) => record(response.request(), response.status()));
  page.on('requestfailed', (request) => {
    if (request.failure()?.errorText === 'net::ERR_FAILED') record(request, blocked);
  });
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
    open: async (app) => {
      const active = `window.monster.apps.getActiveApp() === '${app}'`;
      // A click on the app that is shown loads the whole page anew.
      if (await page.evaluate(active)) return;
      const icon = `#apploader .app-list [data-name="${app}"]`;
      // After a login it shows its launcher or an app by itself; a click before that would be lost.
      await page.locator('#apploader .app-list:visible, #monster_content > *:visible').first().waitFor();
      if (!(await page.isVisible(icon))) await page.click('#main_topbar_apploader_link');
      await page.click(icon);
      await page.waitForFunction(active);
    },
    enter: async (app, accountId) => {
      const { origin } = new URL(page.url());
      // Another hash alone would not load it.
      await page.goto('about:blank');
      await page.goto(`${origin}/#/apps/${app}?m=${accountId}`);
      await page.waitForFunction(
        `window.monster?.apps?.getActiveApp?.() === '${app}' && window.monster.apps[window.monster.apps.getActiveApp()]?.accountId === '${accountId}'`,
      );
      await page.waitForSelector('#monster_content > *');
    },
    choose: async (select, value) => {
      await page.waitForSelector(select, { state: 'attached' });
      await page.evaluate(`$('${select}').val('${value}').trigger('chosen:updated').change()`);
    },
    writes: async (act, ...requests) => {
      const answers = Promise.all(
        requests.map((wanted) =>
          page.waitForResponse((response) => nameOf(response.request(), api) === wanted, {
            timeout: patience,
          }),
        ),
      );
      await Promise.all([act(), answers]);
      return Promise.all((await answers).map(dataOf));
    },
  };
}

/** `PUT users/*`, of a request below an account; otherwise with the whole path below the version. */
function nameOf(request: Request, api: string): string {
  const [path = ''] = pathOf(request.url(), api)?.split('?') ?? [];
  const below = path.replace(/^accounts\/[0-9a-f]{32}\/?/, '').replace(/\/$/, '');
  return `${request.method()} ${below.replace(/(\d{6}-)?[0-9a-f]{32}|%2B\d+/g, '*')}`.trim();
}

async function dataOf(response: Response): Promise<unknown> {
  const text = await response.text();
  if (!response.ok())
    throw new Error(`${response.request().method()} ${response.url()}: ${response.status()} ${text}`);
  return (JSON.parse(text) as { data: unknown }).data;
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

const pathOf = (url: string, api: string): string | undefined =>
  url.startsWith(`${api}/`) ? url.slice(api.length + 1).replace(/[?&]_=\d+/, '') : undefined;
