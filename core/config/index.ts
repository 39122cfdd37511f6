// Configuration: settings of a process (file, environment) and runtime values (`system_config`).
export { loadSettings } from './load.ts';
export { type Settings, settingsSchema } from './settings.ts';
export { certificateOf, furtherWays } from './sip-ways.ts';
export { type ConfigValues, type SystemConfig, systemConfig } from './system-config.ts';
