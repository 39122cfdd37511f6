// The media engine of the embedded switch: RTP, SDP, sources, recording, mixing and one `MediaLeg` per call.
export type * from './contract.ts';
export { CED, CNG, ToneMeter } from './detect.ts';
export { MediaError, type MediaErrorCode } from './errors.ts';
export { newFrame } from './frame.ts';
export { decodeInto, G711 } from './g711.ts';
export { openLeg } from './leg.ts';
export { createMixer } from './mixer.ts';
export { openSource } from './sources.ts';
export { openSpeech } from './speech.ts';
export { wavHeader } from './wavFile.ts';
