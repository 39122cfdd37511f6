// Configuration: settings of a process (file, environment) and runtime values (`system_config`).
export { certificateOf } from './certificate.ts';
export { loadSettings } from './load.ts';
export { type Settings, settingsSchema } from './settings.ts';
export { type ConfigValues, type SystemConfig, systemConfig } from './system-config.ts';
