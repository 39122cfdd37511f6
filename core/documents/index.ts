// Every declared document type.
export { account } from './account.ts';
export { callRecording } from './call_recording.ts';
export { callflow } from './callflow.ts';
export { cdr } from './cdr.ts';
export { connectivity } from './connectivity.ts';
export { device } from './device.ts';
export { group } from './group.ts';
export { limits } from './limits.ts';
export { media } from './media.ts';
export { menu } from './menu.ts';
export { number } from './number.ts';
export { resource } from './resource.ts';
export { user } from './user.ts';
