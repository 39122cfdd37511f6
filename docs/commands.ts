// The pages of the `mirliton` command and of the settings that it changes at run time.
import { type Command, optionWords, usage } from '../rel/mirliton/command.ts';
import { commands } from '../rel/mirliton/commands/index.ts';
import { exitCodes } from '../rel/mirliton/exit-codes.ts';
import { knownSettings } from '../rel/mirliton/known-settings.ts';
import { globalOptions } from '../rel/mirliton/parse.ts';

type Table = (head: readonly string[], rows: readonly (readonly string[])[]) => string;

const options = (declared: Command['options']): string[][] =>
  Object.entries(declared).map(([name, { value, summary }]) => [`\`${optionWords(name, value)}\``, summary]);

function section(command: Command, table: Table): string {
  const { name, summary, details, examples = [], args } = command;
  const rows = [
    ...Object.entries(args).map(([word, { summary: meaning }]) => [`\`${word.toUpperCase()}\``, meaning]),
    ...options(command.options),
  ];
  return [
    `## ${name}`,
    `\`${usage(command)}\``,
    `${summary[0]?.toUpperCase()}${summary.slice(1)}.${details === undefined ? '' : ` ${details.replaceAll('\n', ' ')}`}`,
    ...(rows.length > 0 ? [table(['word', 'meaning'], rows)] : []),
    ...(examples.length > 0 ? [`\`\`\`\n${examples.join('\n')}\n\`\`\``] : []),
  ].join('\n\n');
}

/** What Kazoo's `sup` did, and which command does it here (contract: the commands an operator meets most). */
const sup: readonly (readonly [string, string])[] = [
  ['kz_nodes status, ecallmgr_maintenance node_summary', 'status, fs list'],
  ['ecallmgr_maintenance add_fs_node, remove_fs_node, list_fs_nodes', 'fs add, fs remove, fs list'],
  ['ecallmgr_maintenance channel_summary, channel_details, show_channels, show_calls', 'calls, call'],
  ['ecallmgr_maintenance sync_channels', 'fs sync'],
  ['ecallmgr_maintenance limit_channel_uptime, hangup_long_running_channels', 'calls hangup --longer TIME'],
  ['ecallmgr_maintenance carrier_acls, sbc_acls, acl_summary', 'acls list'],
  ['ecallmgr_maintenance test_carrier_ip, test_sbc_ip', 'acls test'],
  [
    'ecallmgr_maintenance allow_carrier, deny_carrier',
    'the documents of carriers and PBXs over REST: acls follow them',
  ],
  ['ecallmgr_maintenance reload_acls', 'acls reload'],
  ['ecallmgr_maintenance check_sync', 'phones check-sync'],
  ['ecallmgr_maintenance registrar_summary, registrar_details', 'registrations'],
  [
    'ecallmgr_maintenance flush_registrar, flush_authn',
    'registrations --flush, registrations --flush --cache',
  ],
  ['crossbar_maintenance create_account, promote_account', 'accounts create, accounts promote'],
  ['crossbar_maintenance enable_account, disable_account', 'accounts enable, accounts disable'],
  ['crossbar_maintenance allow_account_number_additions', 'accounts allow-numbers'],
  ['crossbar_maintenance find_account_by_*', 'accounts show'],
  ['crossbar_maintenance descendants_count', 'accounts recount'],
  ['crossbar_maintenance move_account', 'POST /v2/accounts/ID/move'],
  ['kapps_maintenance refresh, register_views', 'views refresh'],
  ['kapps_maintenance flush_getby_cache, kapps_config flush, stepswitch_maintenance flush', 'caches flush'],
  ['kapps_maintenance call_id_status', 'call'],
  ['kapps_config get, set_default', 'config get, config set'],
  ['kapps_controller start_app, running_apps', 'start --apps, status'],
  ['kazoo_media_maintenance import_prompts', 'media import'],
  ['kazoo_maintenance syslog_level', 'log level'],
  ['stepswitch_maintenance lookup_number, process_number, reverse_lookup', 'numbers lookup, acls test'],
  [
    'stepswitch_maintenance reload_resources',
    'nothing: carriers are followed; gateways reload for those of the switch',
  ],
  ['kazoo_numbers_maintenance fix, reconcile', 'numbers reconcile --fix'],
];

/** docs/operations/mirliton-command.md */
export function commandsPage(note: string, table: Table): string {
  const list = commands.map(({ name, summary }) => [`[${name}](#${name.replaceAll(' ', '-')})`, summary]);
  const codes = Object.entries(exitCodes).map(([code, meaning]) => [code, meaning]);
  return `${[
    '# The mirliton command',
    note,
    '`npx mirliton …` in the repository, or `node rel/mirliton.mjs …`; in a container or under systemd `node dist/rel/mirliton/bin.js …`. It finds the zone by the same settings as `npm start`: `mirliton.json` in the current folder, the file in `MIRLITON_CONFIG`, the environment. Addresses of embedded parts are read from `zone.json` in the data folder while a zone runs there (it holds passwords: only its owner can read it).',
    'Tables are for people; `--json` is for scripts, and so are the exit codes. Progress and errors go to stderr.',
    table(['exit code', 'meaning'], codes),
    table(['command', 'what it does'], list),
    'Every command takes:',
    table(['option', 'meaning'], options(globalOptions)),
    ...commands.map((command) => section(command, table)),
    '## Coming from sup',
    table(
      ['Kazoo', 'here'],
      sup.map(([kazoo, here]) => [kazoo, here]),
    ),
  ].join('\n\n')}\n`;
}

/** docs/reference/runtime-settings.md */
export function runtimeSettingsPage(note: string, table: Table): string {
  const sections = Object.entries(knownSettings).map(([category, settings]) => {
    const rows = Object.entries(settings).map(([path, { type, summary = '', default: value }]) => [
      `\`${path}\``,
      type,
      value === undefined ? '' : `\`${JSON.stringify(value)}\``,
      summary,
    ]);
    return `## ${category}\n\n${table(['path', 'type', 'default', 'what'], rows)}`;
  });
  return `# Runtime settings\n\n${note}\n\nDocuments of the database \`system_config\`, one a category: the section of a node counts first, then that of its zone, then \`default\`. Changed by \`mirliton config set\` or over REST (\`system_configs\`) while everything runs. Settings of a process that hold from its start are in [settings](../settings.md).\n\n${sections.join('\n\n')}\n`;
}
