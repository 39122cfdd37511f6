// The actions that the callflows app of Monster UI offers, each as it is dragged into a callflow, with what its dialog is given.
import type { Ui } from '../page.ts';
import { dragAction } from './callflows.ts';

export interface Action {
  readonly category: string;
  /** As its tile is called. */
  readonly name: string;
  /** What its dialog is given, by selector; `undefined` when it has none. */
  readonly fields?: Readonly<Record<string, string>>;
  /** What ends the dialog, when it is not its button to add. */
  readonly button?: string;
  /** What is stored of it: the data of its node, or part of that. */
  readonly stored?: object;
}

/** Those without a dialog: by what they do. */
const simple: Readonly<Record<string, readonly string[]>> = {
  Advanced: ['conference[]', 'voicemail[action=check]', 'offnet[]'],
  Hotdesking: ['hotdesk[action=login]', 'hotdesk[action=logout]', 'hotdesk[action=toggle]'],
  'Do Not Disturb': [
    'do_not_disturb[action=activate]',
    'do_not_disturb[action=deactivate]',
    'do_not_disturb[action=toggle]',
  ],
  'Caller-ID': ['dynamic_cid[]', 'prepend_cid[action=reset]'],
  'Call Recording': ['record_call[action=stop]'],
  'Call Forwarding': [
    'call_forward[action=activate]',
    'call_forward[action=deactivate]',
    'call_forward[action=update]',
  ],
};

/** Those whose dialog takes what it offers first. */
const offered: Readonly<Record<string, readonly string[]>> = {
  Basic: ['play[id=*]', 'conference[id=*]', 'voicemail[id=*]', 'menu[id=*]'],
  Advanced: [
    'device[id=*]',
    'callflow[id=*]',
    'group_pickup[]',
    'receive_fax[]',
    'faxbox[id=*]',
    'directory[id=*]',
  ],
  'Time of Day': [
    'temporal_route[]',
    'temporal_route[action=disable]',
    'temporal_route[action=enable]',
    'temporal_route[action=reset]',
  ],
  'Ring Group Toggle': ['ring_group_toggle[action=login]', 'ring_group_toggle[action=logout]'],
};

const named = (names: Readonly<Record<string, readonly string[]>>, more: object): readonly Action[] =>
  Object.entries(names).flatMap(([category, all]) => all.map((name) => ({ category, name, ...more })));

const page = 'http://pivot.mirliton.test/calls';

/** Those whose dialog wants to know something. */
const filled: readonly Action[] = [
  {
    category: 'Advanced',
    name: 'set_variables[]',
    fields: { '.cav-key': 'shop', '.cav-value': 'corner' },
    button: '#save_cav_variables',
    stored: { custom_application_vars: { shop: 'corner' } },
  },
  {
    category: 'Advanced',
    name: 'missed_call_alert[]',
    fields: { '#emails': 'ann@shop.mirliton.test' },
    button: '#save_missed_call_alerts',
    stored: { recipients: [{ type: 'email', id: 'ann@shop.mirliton.test' }] },
  },
  {
    category: 'Advanced',
    name: 'pivot[]',
    fields: { '#pivot_voiceurl_input': page },
    stored: { voice_url: page, method: 'GET' },
  },
  {
    category: 'Advanced',
    name: 'branch_variable[]',
    fields: { '#variable': 'caller_id.internal.name' },
    button: '#save',
    stored: { variable: ['caller_id', 'internal', 'name'], scope: 'custom_channel_vars' },
  },
  {
    category: 'Advanced',
    name: 'set_alert_info[]',
    fields: { '#alert_info': 'ring2' },
    stored: { alert_info: 'ring2' },
  },
  {
    category: 'Advanced',
    name: 'manual_presence[]',
    fields: { '#presence_id_input': '2100' },
    stored: { presence_id: '2100', status: 'busy' },
  },
  { category: 'Advanced', name: 'tts[]', fields: { '#tts_text_input': 'Hello' }, stored: { text: 'Hello' } },
  {
    category: 'Advanced',
    name: 'sleep[]',
    fields: { '#sleep_duration_input': '3' },
    stored: { duration: 3, unit: 's' },
  },
  {
    category: 'Advanced',
    name: 'language[]',
    fields: { '#language_id_input': 'fr-fr' },
    stored: { language: 'fr-fr' },
  },
  {
    category: 'Advanced',
    name: 'collect_dtmf[]',
    fields: { '#collect_dtmf_max_digits_input': '4' },
    stored: { max_digits: 4, terminator: '#' },
  },
  {
    category: 'Advanced',
    name: 'disa[]',
    fields: { '#disa_pin_input': '4711' },
    stored: { pin: '4711', use_account_caller_id: true },
  },
  {
    category: 'Advanced',
    name: 'response[]',
    fields: { '#response_code_input': '486' },
    stored: { code: 486 },
  },
  {
    category: 'Advanced',
    name: 'webhook[]',
    fields: { '#uri': page },
    stored: { uri: page, http_verb: 'get' },
  },
  {
    category: 'Caller-ID',
    name: 'prepend_cid[action=prepend]',
    fields: { '#cid_name_prefix': 'VIP ' },
    stored: { action: 'prepend', caller_id_name_prefix: 'VIP ' },
  },
  {
    category: 'Call Recording',
    name: 'record_call[action=start]',
    fields: { '#url': 'http://records.mirliton.test/' },
    stored: { action: 'start', format: 'mp3', time_limit: 600 },
  },
];

/**
 * Nearly all: carriers of the account (`resources[]`) want one to be there, and the dialogs for groups to be rung or paged fail in
 * the app itself, whatever the API: it writes its list's widget into the callflow.
 */
export const actions: readonly Action[] = [
  ...named(simple, {}),
  ...named(offered, { fields: {} }),
  ...filled,
];

/** Draws a callflow for an extension that does only this; resolves to its document. */
export async function drawAction(ui: Ui, extension: string, action: Action) {
  const { page, writes } = ui;
  await page.click('.callflow-edition .list-add');
  await page.click('.number_column.empty');
  await page.check('#number_type_2');
  await page.fill('#add_number_text', extension);
  await page.click('.add_number_popup .add_number');
  await page.waitForSelector('.ui-dialog', { state: 'detached' });
  await dragAction(ui, action.category, action.name, '#ws_cf_flow .node[name="root"]');
  if (action.fields !== undefined) await fillDialog(ui, action);
  const [callflow] = await writes(() => page.click('#ws_callflow .buttons .save'), 'PUT callflows');
  return callflow;
}

async function fillDialog({ page }: Ui, { fields = {}, button = '#add' }: Action): Promise<void> {
  const dialog = '.ui-dialog:visible';
  await page.waitForSelector(`${dialog} ${button}`);
  for (const [field, text] of Object.entries(fields)) await page.fill(`${dialog} ${field}`, text);
  await page.click(`${dialog} ${button}`);
  await page.waitForSelector(dialog, { state: 'detached' });
}

/** Shows a callflow of the list; resolves to the names of its actions, as they are drawn. */
export async function openCallflow({ page }: Ui, id: string): Promise<readonly (string | null)[]> {
  await page.click('.callflow-element');
  await page.click(`.callflow-edition .list-element[data-id="${id}"]`);
  await page.waitForSelector('#ws_cf_flow .node:not([name="root"])');
  const nodes = page.locator('#ws_cf_flow .node:not([name="root"])');
  return nodes.evaluateAll((all) => all.map((node) => node.getAttribute('name')));
}
