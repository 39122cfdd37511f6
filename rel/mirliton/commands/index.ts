// Every command of `mirliton`, in the order in which the help lists them.
import type { Command } from '../command.ts';
import {
  accountsAllowNumbersCommand,
  accountsDemoteCommand,
  accountsDenyNumbersCommand,
  accountsDisableCommand,
  accountsEnableCommand,
  accountsMoveCommand,
  accountsPromoteCommand,
  accountsRecountCommand,
} from './accounts-change.ts';
import { accountsCreateCommand } from './accounts-create.ts';
import { accountsListCommand, accountsShowCommand } from './accounts-list.ts';
import { aclsListCommand, aclsTestCommand } from './acls.ts';
import { appsInitCommand } from './apps-init.ts';
import { cachesFlushCommand } from './caches-flush.ts';
import { callCommand } from './call.ts';
import { callsCommand } from './calls.ts';
import { callsHangupCommand } from './calls-hangup.ts';
import { carriersListCommand } from './carriers-list.ts';
import { configGetCommand } from './config-get.ts';
import { configListCommand } from './config-list.ts';
import { configSetCommand, configUnsetCommand } from './config-set.ts';
import { conflictsCommand } from './conflicts.ts';
import {
  deadLettersDropCommand,
  deadLettersListCommand,
  deadLettersReplayCommand,
  deadLettersShowCommand,
} from './dead-letters.ts';
import { doctorCommand } from './doctor.ts';
import { fsAddCommand, fsRemoveCommand } from './fs-add.ts';
import { aclsReloadCommand, fsApiCommand, fsSyncCommand, gatewaysReloadCommand } from './fs-command.ts';
import { fsListCommand } from './fs-list.ts';
import { fsPauseCommand, fsResumeCommand } from './fs-pause.ts';
import { logLevelCommand } from './log-level.ts';
import { mediaImportCommand } from './media-import.ts';
import { numbersLookupCommand } from './numbers-lookup.ts';
import { numbersReconcileCommand } from './numbers-reconcile.ts';
import { phonesCheckSyncCommand } from './phones-notify.ts';
import { registrationsCommand } from './registrations.ts';
import { startCommand } from './start.ts';
import { statsCommand } from './stats.ts';
import { statusCommand } from './status.ts';
import { storeJoinCommand, storeReplicateCommand } from './store.ts';
import { versionCommand } from './version.ts';
import { viewsRefreshCommand } from './views-refresh.ts';
import { writeFreeswitchCommand, writeKamailioCommand } from './write.ts';

export const commands: readonly Command[] = [
  startCommand,
  statusCommand,
  doctorCommand,
  callsCommand,
  callCommand,
  callsHangupCommand,
  registrationsCommand,
  phonesCheckSyncCommand,
  fsListCommand,
  fsAddCommand,
  fsPauseCommand,
  fsResumeCommand,
  fsRemoveCommand,
  fsSyncCommand,
  fsApiCommand,
  aclsListCommand,
  aclsTestCommand,
  aclsReloadCommand,
  gatewaysReloadCommand,
  configListCommand,
  configGetCommand,
  configSetCommand,
  configUnsetCommand,
  logLevelCommand,
  statsCommand,
  cachesFlushCommand,
  deadLettersListCommand,
  deadLettersShowCommand,
  deadLettersReplayCommand,
  deadLettersDropCommand,
  storeJoinCommand,
  storeReplicateCommand,
  viewsRefreshCommand,
  conflictsCommand,
  accountsListCommand,
  accountsShowCommand,
  accountsCreateCommand,
  accountsPromoteCommand,
  accountsDemoteCommand,
  accountsEnableCommand,
  accountsDisableCommand,
  accountsAllowNumbersCommand,
  accountsDenyNumbersCommand,
  accountsMoveCommand,
  accountsRecountCommand,
  numbersLookupCommand,
  numbersReconcileCommand,
  carriersListCommand,
  mediaImportCommand,
  appsInitCommand,
  writeFreeswitchCommand,
  writeKamailioCommand,
  versionCommand,
];
