// Where a media name is to be streamed from (contract/kapi.md, kapi_media).
import { message, Type } from '../contract/index.ts';
import { maybeOneOf, maybeText, text } from './fields.ts';

export const mediaResp = message({
  category: 'media',
  name: 'media_resp',
  exchange: 'targeted',
  fields: text('Media-Name Stream-URL'),
});

export const mediaError = message({
  category: 'media',
  name: 'media_error',
  exchange: 'targeted',
  fields: {
    ...text('Media-Name'),
    'Error-Code': Type.Enum(['not_found', 'no_data', 'other']),
    ...maybeText('Error-Msg'),
  },
});

/** Media-Name is `/account/doc`, `/system_media/lang%2Fprompt`, `prompt://account/prompt/lang` or `tts://…`. */
export const mediaReq = message({
  category: 'media',
  name: 'media_req',
  exchange: 'kapps',
  key: () => 'media_req',
  fields: {
    ...text('Media-Name'),
    ...maybeText('Account-ID Call-ID Engine Language Text'),
    'Stream-Type': maybeOneOf('new', 'extant'),
    Voice: maybeOneOf('male', 'female'),
    Format: maybeOneOf('mp3', 'wav'),
    Protocol: maybeOneOf('http', 'https', 'shout', 'vlc'),
  },
  answers: [mediaResp, mediaError],
});
