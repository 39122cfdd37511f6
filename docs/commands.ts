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

/** What Kazoo's `sup` did, by module, and which command does it here (contract: the commands an operator meets most). */
const sup: readonly (readonly [string, string])[] = [
  [
    'kz_nodes status, kz_nodes_maintenance, ecallmgr_maintenance node_summary, node_details',
    'status, fs list',
  ],
  ['ecallmgr_maintenance add_fs_node, remove_fs_node, list_fs_nodes', 'fs add, fs remove, fs list'],
  ['ecallmgr_maintenance channel_summary, channel_details, show_channels, show_calls', 'calls, call'],
  ['ecallmgr_maintenance sync_channels, flush_node_channels', 'fs sync'],
  [
    'ecallmgr_maintenance hangup_long_running_channels, limit_channel_uptime',
    'calls hangup --longer TIME; as a standing limit by a timer (cron, systemd) that runs it',
  ],
  ['ecallmgr_maintenance carrier_acls, acl_summary, resource_acls', 'acls list'],
  ['ecallmgr_maintenance test_carrier_ip, registrar_maintenance device_by_ip', 'acls test'],
  [
    'ecallmgr_maintenance allow_carrier, deny_carrier, remove_acl',
    'the documents of carriers, PBXs and devices over REST: acls follow them',
  ],
  [
    'ecallmgr_maintenance sbc_acls, allow_sbc, deny_sbc, test_sbc_ip',
    'edges tell of themselves (status); which addresses may reach a FreeSWITCH: write freeswitch --edges',
  ],
  ['ecallmgr_maintenance reload_acls, flush_acls', 'acls reload'],
  ['ecallmgr_maintenance check_sync', 'phones check-sync'],
  [
    'ecallmgr_maintenance registrar_summary, registrar_details, registrar_sync; registrar_maintenance local_summary',
    'registrations',
  ],
  [
    'ecallmgr_maintenance flush_registrar, flush_authn; registrar_maintenance flush',
    'registrations --flush, registrations --flush --cache',
  ],
  [
    'crossbar_maintenance create_account, promote_account, demote_account',
    'accounts create, accounts promote, accounts demote',
  ],
  ['crossbar_maintenance enable_account, disable_account', 'accounts enable, accounts disable'],
  [
    'crossbar_maintenance allow_account_number_additions, disallow_account_number_additions',
    'accounts allow-numbers, accounts deny-numbers',
  ],
  [
    'crossbar_maintenance find_account_by_id, find_account_by_name, find_account_by_number, find_account_by_realm',
    'accounts show',
  ],
  ['crossbar_maintenance move_account', 'accounts move'],
  ['crossbar_maintenance descendants_count', 'accounts recount'],
  [
    'crossbar_maintenance update_schemas, db_init; kapps_maintenance migrate',
    'nothing: done when the apps start',
  ],
  [
    'kapps_maintenance refresh, refresh_account, register_views',
    'views refresh, views refresh --account ACCOUNT',
  ],
  [
    'kapps_maintenance flush_getby_cache, kapps_config flush, stepswitch_maintenance flush, ecallmgr_maintenance flush_util',
    'caches flush',
  ],
  ['kapps_maintenance call_id_status', 'call'],
  ['kapps_config get, set_default', 'config get, config set'],
  ['kapps_controller running_apps', 'status'],
  [
    'kapps_controller start_app, stop_app, restart_app',
    'start --apps APP in one more process; SIGTERM ends one and its calls go on elsewhere',
  ],
  ['kazoo_media_maintenance import_prompts', 'media import'],
  ['kazoo_media_maintenance refresh', 'views refresh system_media'],
  ['kazoo_maintenance syslog_level', 'log level'],
  ['stepswitch_maintenance lookup_number, process_number', 'numbers lookup'],
  ['stepswitch_maintenance reverse_lookup', 'acls test'],
  ['stepswitch_maintenance number_tree', 'accounts show NUMBER'],
  ['stepswitch_maintenance resources', 'carriers list'],
  [
    'stepswitch_maintenance reload_resources',
    'nothing: carriers are followed; gateways reload for those of the switch',
  ],
  ['kazoo_numbers_maintenance fix, reconcile', 'numbers reconcile --fix'],
];

/** What has no command here, and why. */
const withoutCommand: readonly (readonly [string, string])[] = [
  [
    'ecallmgr_maintenance conference_summary, conference_details, sync_conferences',
    'no app of ours holds conferences; fs api NAME conference list asks a switch',
  ],
  [
    'ecallmgr_maintenance enable_authz, disable_authz; jonny5',
    'calls are not authorised by an account’s limits yet',
  ],
  ['crossbar_maintenance start_module, stop_module, running_modules', 'every resource is always served'],
  [
    'crossbar_maintenance init_apps, init_app, refresh_apps, apps, set_app_*',
    'there is no store of web apps yet',
  ],
  [
    'kapps_maintenance ensure_aggregates, ensure_tree_accounts',
    'accounts recount counts; a copy in accounts that is missing is not made anew',
  ],
  [
    'kapps_maintenance rebuild_db, purge_doc_type, cleanup_*, migrate_modbs',
    'CouchDB’s own tools; nothing here deletes documents in bulk',
  ],
  [
    'maintenance modules of hotornot, webhooks, teletype, fax, tasks, omnipresence, blackhole, services, modb, voicemail',
    'as far as these apps are here they follow their documents; there is nothing to order',
  ],
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
    'What has no command:',
    table(
      ['Kazoo', 'why'],
      withoutCommand.map(([kazoo, why]) => [kazoo, why]),
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
