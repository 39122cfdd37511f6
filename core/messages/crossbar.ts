// What the REST servers tell each other. Ours beside Kazoo's.
import { message, Type } from '../contract/index.ts';

/** A password or a code was wrong: every server counts it, so that nobody has more tries where there are more servers. */
export const loginFailed = message({
  category: 'crossbar',
  name: 'login_failed',
  exchange: 'sysconf',
  key: () => 'crossbar.login_failed',
  summary: 'A password or a code was wrong',
  fields: {
    /** What the failure is counted for; `Slack` times as many of it are let pass. */
    Guessed: Type.Array(Type.Object({ Key: Type.String(), Slack: Type.Optional(Type.Number()) })),
  },
});
